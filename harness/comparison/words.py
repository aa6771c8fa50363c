"""A comparison in plain English: the sentences that every form of it shares. Names stand in them as they came."""

from harness.comparison.comparison import SAYINGS, Comparison, Group
from harness.comparison.figures import Figure
from harness.comparison.statistics import Interval


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 case`, `2,345 cases`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


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
    return f"{one.name}: {SAYINGS[one.said]}; {passed}{drop}{interval}, {one.lost:,} lost, {one.won:,} won{chance}"


def power(one: Group) -> str:
    """What a group of pairs could have shown."""
    seen = (
        f"the smallest drop that {counted(one.pairs, 'pair')} would show is {percent(one.detectable)}"
        if one.detectable is not None
        else f"{counted(one.pairs, 'pair')} would not show a drop of any size"
    )
    more = f"; a drop of 10 % takes {counted(one.needed, 'more pair')}" if one.needed else ""
    return seen + more


def change(one: Figure) -> str:
    """How much a quantile changed, with its interval; an empty text where that cannot be said."""
    if one.factor is None:
        return ""
    percents = [100 * (value - 1) for value in (one.factor.estimate, one.factor.low, one.factor.high)]
    said = "{:+.1f} % (95 %: {:+.1f} to {:+.1f})".format(*percents)
    return said if one.changed else f"{said}, which may be chance"


def figure(one: Figure) -> str:
    """A quantile of both runs on one line."""
    unit = f" {one.unit}"
    changed = f", {said}" if (said := change(one)) else ""
    return f"{one.name}, p{100 * one.share:.0f}: {one.before:,.4g}{unit} → {one.after:,.4g}{unit}{changed}"


def verdict(comparison: Comparison) -> str:
    """A comparison in one sentence."""
    whole = comparison.whole
    if whole is None:
        return "Nothing could be compared: no case was observed in both runs."
    worse = [one for one in comparison.family("scenario") if one.said == "worse"]
    if worse:
        return f"{counted(len(worse), 'scenario')} became worse; the first is {worse[0].name}."
    if whole.said == "worse":
        return f"More was lost than won over all cases: {whole.lost} lost, {whole.won} won."
    if whole.lost:
        return f"{counted(whole.lost, 'pair')} lost and {whole.won:,} won, which may be chance."
    return f"Nothing was lost: {counted(whole.pairs, 'pair')} compared, {whole.won:,} won."
