"""Expectations as they are written → matchers, each fit for its subject."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from harness.matchers import Matcher, Mismatch, paths
from harness.matchers.base import ANY, Reading, Report, brief
from harness.matchers.collections import InOrder
from harness.matchers.structure import Fields
from harness.matchers.table import compile, read
from harness.scenario.carrying import Keeps, Plants
from harness.scenario.judging import Judged
from harness.scenario.same_as import SameAs
from harness.scenario.subjects import SUBJECTS, Subject
from harness.scenario.tool_calls import ToolCalls
from harness.source.place import Diagnostic, Place, Refused, did_you_mean

SPECIAL: Final[Mapping[str, type[Matcher]]] = {
    "tool_calls": ToolCalls,
    "same_as": SameAs,
    "judge": Judged,
    "carry_over/plants": Plants,
    "compaction/keeps": Keeps,
    "stream/order": InOrder,
    "stream/events": Fields,
}
"""Subjects and parts whose value is written in a way of its own."""


class Unbound(Matcher):
    """Stands in an expectation whose variables are still to come."""

    name = "unbound"

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return cls()

    def match(self, value: Any) -> Iterator[Mismatch]:
        raise RuntimeError("an expectation is bound before it is matched: `expectation.bind(bindings)`")


class Demand(Protocol):
    """What of an expectation tells how its matcher is to be read."""

    @property
    def subject(self) -> str: ...
    @property
    def part(self) -> str | None: ...
    @property
    def place(self) -> Place: ...


def compiled(demand: Demand, raw: Any) -> Matcher:
    """The matcher of an expectation for a `raw` in which all variables have their values.

    Raises:
        Refused: with these values it is none; the diagnostics point at the expectation.
    """
    mistakes: list[Diagnostic] = []

    def report(path: tuple[str | int, ...], message: str, hint: str | None, key: bool) -> None:
        mistakes.append(Diagnostic(demand.place, message, hint))

    matcher = matcher_for(demand.subject, demand.part, raw, report)
    if mistakes:
        raise Refused(mistakes)
    return matcher


def matcher_for(subject: str, part: str | None, raw: Any, report: Report, *, draft: bool = False) -> Matcher:
    """The matcher for a subject or a part of it; mistakes go to `report`, with paths into `raw`."""
    known = SUBJECTS[subject]
    kind = kind_of(known, part)
    special = SPECIAL.get(subject if part is None else f"{subject}/{part}")
    if special is not None:
        return special.read(raw, Reading(report, read, kind=kind, draft=draft, name=part or subject))
    if known.values and part is None and isinstance(raw, str) and raw not in known.values:
        meant = did_you_mean(raw, known.values)
        hint = f"did you mean `{meant}`?" if meant else f"one of {', '.join(known.values)}"
        report((), f"no {subject} is {brief(raw)}", hint, False)
    return compile(raw, report, kind=kind, draft=draft)


def kind_of(subject: Subject, part: str | None) -> str:
    """The kind of value that a subject or its part yields."""
    if part is None:
        return subject.kind
    if subject.open_parts is not None:
        return "text" if subject.open_parts == "header" else ANY
    return subject.parts[part]


def jsonpath_mistake(path: str) -> str | None:
    """What is wrong with a JSONPath (RFC 9535), or None."""
    try:
        paths.read(path)
    except paths.NoPath as error:
        return str(error)
    return None
