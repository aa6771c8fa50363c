"""Sentences and figures in plain English, shared by the forms that people read."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from harness.comparison.comparison import SAYINGS, Comparison, Group
from harness.comparison.figures import Figure
from harness.comparison.gated import Gated
from harness.comparison.statistics import Interval
from harness.source.place import escaped
from harness.summary.figures import Summary, Told

_COMMAND: Final = re.compile(r"##(?=(?:vso)?\[)", re.IGNORECASE)


def tame(text: str) -> str:
    """A text on one line with nothing hidden in it, and no command that some services obey wherever it stands."""
    return _COMMAND.sub("# #", escaped(text))


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 case`, `2,345 cases`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def outcomes(counts: Mapping[str, int]) -> str:
    """`2 failed, 45 passed`: the outcomes that there were."""
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number) or "no case"


def headline(summary: Summary) -> str:
    """The run in one sentence: the gate's, where there was one."""
    if summary.gated is not None:
        return tame(summary.gated.sentence)
    return f"{counted(len(summary.cases), 'case')}: {outcomes(summary.counts)}."


def cause(told: Told) -> str:
    """Why a case needs somebody's eyes, on one line."""
    if told.line is None:
        return "planned and not finished"
    if told.findings:
        first = told.findings[0]
        more = f" (and {len(told.findings) - 1} more)" if len(told.findings) > 1 else ""
        return tame(f"{first.rule}: {first.message}") + more
    return tame((told.line.reason or "no reason was kept").strip().splitlines()[-1])


def percent(rate: float) -> str:
    return f"{100 * rate:.1f} %"


def between(interval: Interval, form: str = "{:.1f}", scale: float = 100) -> str:
    """The bounds of an interval."""
    return f"{form.format(scale * interval.low)} to {form.format(scale * interval.high)}"


def group(one: Group) -> str:
    """A group of pairs on one line."""
    drop = f", {percent(abs(one.drop))} {'lower' if one.drop > 0 else 'higher'}" if one.drop else ""
    interval = f" (95 %: {between(one.interval)} points lost)" if one.interval is not None and one.drop else ""
    chance = f"; chance of so many losses without a change {one.corrected:.2g}" if one.lost else ""
    passed = f"{one.passed_before:,} → {one.passed_after:,} of {one.pairs:,} passed"
    return (
        f"{tame(one.name)}: {SAYINGS[one.said]}; {passed}{drop}{interval}, {one.lost:,} lost, {one.won:,} won{chance}"
    )


def power(one: Group) -> str:
    """What a group of pairs could have shown."""
    seen = (
        f"the smallest drop that {counted(one.pairs, 'pair')} would show is {percent(one.detectable)}"
        if one.detectable is not None
        else f"{counted(one.pairs, 'pair')} would not show a drop of any size"
    )
    more = f"; a drop of 10 % takes {counted(one.needed, 'more pair')}" if one.needed else ""
    return seen + more


def figure(one: Figure) -> str:
    """A quantile of both runs on one line."""
    unit = f" {one.unit}"
    factor = ""
    if one.factor is not None:
        change = 100 * (one.factor.estimate - 1)
        low, high = 100 * (one.factor.low - 1), 100 * (one.factor.high - 1)
        factor = f", {change:+.1f} % (95 %: {low:+.1f} to {high:+.1f})"
        factor += "" if one.changed else ", which may be chance"
    return f"{one.name}, p{100 * one.share:.0f}: {one.before:,.4g}{unit} → {one.after:,.4g}{unit}{factor}"


def verdict(comparison: Comparison) -> str:
    """A comparison in one sentence."""
    whole = comparison.whole
    if whole is None:
        return "Nothing could be compared: no case was observed in both runs."
    worse = [one for one in comparison.family("scenario") if one.said == "worse"]
    if worse:
        return f"{counted(len(worse), 'scenario')} became worse; the first is {tame(worse[0].name)}."
    if whole.said == "worse":
        return f"More was lost than won over all cases: {whole.lost} lost, {whole.won} won."
    if whole.lost:
        return f"{counted(whole.lost, 'pair')} lost and {whole.won:,} won, which may be chance."
    return f"Nothing was lost: {counted(whole.pairs, 'pair')} compared, {whole.won:,} won."


def reasons(gated: Gated) -> Iterator[str]:
    """Each reason on one line, with the line of the policy that demands it."""
    for reason in gated.reasons:
        place = f" [{tame(str(reason.place))}]" if reason.place is not None else ""
        yield f"{reason.code}: {tame(reason.sentence)}{place}"
