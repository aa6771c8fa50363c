"""Cases that did not pass for the same cause, told once.

A cause is the rule that was broken and the field in which it was, with indices and numbers left out; of a case without
findings, the end of its reason.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from harness.record.lines import FindingLine
from harness.record.outcome import NEEDS_EYES, NOT_RUN, Outcome

_NUMBER: Final = re.compile(r"0x[0-9a-f]+|\d+")


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause: `finding` is that of its first case, None where that has none; `cases` are numbers on the page."""

    outcome: str
    said: str
    finding: FindingLine | None
    cases: tuple[int, ...]
    regions: tuple[str, ...]
    models: tuple[str, ...]
    modes: tuple[str, ...]
    scenarios: tuple[str, ...]


def causes(cases: Sequence[Outcome]) -> tuple[Cause, ...]:
    """What the cases did not pass for: by outcome as cases are shown, then the most frequent first."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for n, one in enumerate(cases):
        if one.outcome in NEEDS_EYES:
            groups.setdefault(_key(one), []).append(n)
    place = {outcome: at for at, outcome in enumerate(dict.fromkeys(one.outcome for one in cases))}
    ordered = sorted(groups.items(), key=lambda group: (place[group[0][0]], -len(group[1]), group[1][0]))
    return tuple(_cause(key[0], numbers, cases) for key, numbers in ordered)


def _key(one: Outcome) -> tuple[str, str, str]:
    if one.standing:
        first = one.standing[0]
        place = f"{first.place.file}:{first.place.line}" if first.place else ""
        return one.outcome, first.rule, place or _NUMBER.sub("*", first.pointer)
    return one.outcome, "", _NUMBER.sub("*", _reason(one))


def _reason(one: Outcome) -> str:
    if one.outcome == NOT_RUN:
        return "planned; the run ended before it was finished"
    told = (one.shown.reason if one.shown else None) or "no reason was kept"
    return told.strip().rpartition("\n")[2]


def _cause(outcome: str, numbers: Sequence[int], cases: Sequence[Outcome]) -> Cause:
    first = cases[numbers[0]]
    finding = first.standing[0] if first.standing else None
    lines = [line for n in numbers if (line := cases[n].shown) is not None]
    return Cause(
        outcome,
        finding.message if finding else _reason(first),
        finding,
        tuple(numbers),
        _names(line.region for line in lines),
        _names(line.model for line in lines),
        _names("-".join((line.delivery, line.state, line.client)) for line in lines),
        _names(cases[n].case.partition("[")[0] for n in numbers),
    )


def _names(found: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in found if name))
