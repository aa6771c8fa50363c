"""Sentences and figures in plain English, shared by the forms that people read."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from harness.comparison import words as said
from harness.comparison.comparison import Comparison, Group
from harness.comparison.gated import Gated
from harness.comparison.words import between, counted, figure, percent, power
from harness.record.outcome import Outcome
from harness.source.place import escaped
from harness.summary.figures import Summary

__all__ = [
    "between",
    "cause",
    "counted",
    "figure",
    "group",
    "headline",
    "outcomes",
    "percent",
    "power",
    "reasons",
    "tame",
    "verdict",
]

_COMMAND: Final = re.compile(r"##(?=(?:vso)?\[)", re.IGNORECASE)


def tame(text: str) -> str:
    """A text on one line with nothing hidden in it, and no command that some services obey wherever it stands."""
    return _COMMAND.sub("# #", escaped(text))


def outcomes(counts: Mapping[str, int]) -> str:
    """`2 failed, 45 passed`: the outcomes that there were."""
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number) or "no case"


def headline(summary: Summary) -> str:
    """The run in one sentence: the gate's, where there was one."""
    if summary.gated is not None:
        return tame(summary.gated.sentence)
    return f"{counted(len(summary.cases), 'case')}: {outcomes(summary.counts)}."


def cause(told: Outcome) -> str:
    """Why a case needs somebody's eyes, on one line."""
    if told.shown is None:
        return "planned and not finished"
    if told.weighty:
        first = told.weighty[0]
        more = f" (and {len(told.weighty) - 1} more)" if len(told.weighty) > 1 else ""
        return tame(f"{first.rule}: {first.message}") + more
    return tame((told.shown.reason or "no reason was kept").strip().splitlines()[-1])


def group(one: Group) -> str:
    """A group of pairs on one line."""
    return tame(said.group(one))


def verdict(comparison: Comparison) -> str:
    """A comparison in one sentence."""
    return tame(said.verdict(comparison))


def reasons(gated: Gated) -> Iterator[str]:
    """Each reason on one line, with the line of the policy that demands it."""
    for reason in gated.reasons:
        place = f" [{tame(str(reason.place))}]" if reason.place is not None else ""
        yield f"{reason.code}: {tame(reason.sentence)}{place}"
