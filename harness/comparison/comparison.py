"""Two runs compared: what was lost, what was won, how sure that is, and what it would take to be surer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from harness.comparison.figures import Figure, figures
from harness.comparison.pairing import Pair, Pairing, pair
from harness.comparison.resampling import ENOUGH, Resampling
from harness.comparison.statistics import (
    ALPHA,
    Interval,
    holm,
    largest_drop,
    pairs_for,
    smallest_drop,
    wilson,
    worse,
)
from harness.record.run import Run

WORTH_SEEING: Final = 0.1
"""The drop of a rate that a comparison should be able to show; it tells how many more repeats that takes."""

MOST_CHANCE: Final = 0.4
"""The share of pairs that get better by chance beyond which no number of repeats is named: there is no room to fall."""

FAMILIES: Final[Mapping[str, Callable[[Pair], str | None]]] = {
    "all": lambda _: "all cases",
    "scenario": lambda pair: pair.scenario,
    "region": lambda pair: pair.new.region,
    "model": lambda pair: _models(pair),
}
"""Families of tests: the corrections of Holm are made within each. A name for a pair, or None where it has none."""

SAYINGS: Final = {
    "worse": "worse",
    "perhaps worse": "more lost than won, which may be chance",
    "same": "no difference seen",
    "perhaps better": "more won than lost, which may be chance",
    "better": "better",
}
"""What can be said of a group of pairs, in the words of the page."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs that belong together: a scenario, a region, a model, or all.

    `lost` passed before and fail after, `won` the other way round. `drop` is the fall of the rate (negative: a rise);
    its interval is None where there are too few scenarios to draw from. `chance` is how likely so many losses are if
    nothing changed (McNemar, one-sided), `corrected` the same for the family's size; `gain` likewise for wins.
    `detectable` is the smallest drop that so many pairs show with 80 % power, None where they show none; `needed`
    how many more pairs would show a drop of a tenth, 0 where these do.
    """

    family: str
    name: str
    pairs: int
    passed_before: int
    passed_after: int
    lost: int
    won: int
    before: Interval
    after: Interval
    drop: float
    interval: Interval | None
    chance: float
    corrected: float
    gain: float
    detectable: float | None
    needed: int

    @property
    def said(self) -> str:
        """A key of SAYINGS."""
        if self.lost == self.won:
            return "same"
        if self.lost > self.won:
            return "worse" if self.corrected <= ALPHA else "perhaps worse"
        return "better" if self.gain <= ALPHA else "perhaps better"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A new run against its base.

    `groups` stand with the worst first in each family; `lost` and `won` are the pairs that changed. `missing` are
    cases that the new run planned and did not finish.
    """

    base: str
    new: str
    pairing: Pairing
    groups: tuple[Group, ...]
    figures: tuple[Figure, ...]
    missing: tuple[str, ...] = ()
    seed: int = 0

    @property
    def lost(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairing.pairs if pair.before and not pair.after)

    @property
    def won(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairing.pairs if pair.after and not pair.before)

    def family(self, name: str) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if group.family == name)

    def largest_drop(self, alpha: float) -> float:
        """The fall of the whole pass rate that is exceeded with a risk of alpha at most.

        The larger of two bounds: that of pairs that do not depend on each other, and that of scenarios drawn anew,
        which is blind where nothing changed at all.
        """
        whole = self.whole
        if whole is None:
            return 1.0
        bound = largest_drop(whole.lost, whole.won, whole.pairs, alpha)
        place = {name: at for at, name in enumerate(dict.fromkeys(each.scenario for each in self.pairing.pairs))}
        if len(place) < ENOUGH:
            return bound
        drawn = Resampling(len(place), self.seed, confidence=1 - 2 * alpha)
        interval = _interval(self.pairing.pairs, place, drawn)
        return bound if interval is None else max(bound, interval.high)

    @property
    def whole(self) -> Group | None:
        """All pairs together; None where nothing could be paired."""
        return next(iter(self.family("all")), None)


def compare(base: Run, new: Run, targets: Mapping[str, str] | None = None, *, seed: int = 0) -> Comparison:
    """Compares a run with its base; both may be the same run. `targets` maps the base's target names to the new ones.

    Raises:
        harness.comparison.pairing.UnclearTargets: which targets answer to each other cannot be told.
    """
    pairing = pair(base, new, targets)
    scenarios = list(dict.fromkeys(each.scenario for each in pairing.pairs))
    drawn = Resampling(len(scenarios), seed) if len(scenarios) >= ENOUGH else None
    place = {name: at for at, name in enumerate(scenarios)}
    groups = [group for family in FAMILIES for group in _family(family, pairing.pairs, place, drawn)]
    return Comparison(
        base.head.run,
        new.head.run,
        pairing,
        tuple(groups),
        figures(pairing.pairs, place, drawn),
        new.missing,
        seed,
    )


def _family(family: str, pairs: Iterable[Pair], place: Mapping[str, int], drawn: Resampling | None) -> list[Group]:
    """The groups of one family, corrected for each other, the worst first."""
    members: dict[str, list[Pair]] = {}
    for each in pairs:
        name = FAMILIES[family](each)
        if name is not None:
            members.setdefault(name, []).append(each)
    counted = [_Counted.of(group) for group in members.values()]
    losses = holm([_worse(each.lost, each.won) for each in counted])
    gains = holm([_worse(each.won, each.lost) for each in counted])
    groups = [
        _group(family, name, each, len(members), interval, loss, gain)
        for name, each, interval, loss, gain in zip(
            members,
            counted,
            (None if family == "scenario" else _interval(group, place, drawn) for group in members.values()),
            losses,
            gains,
            strict=True,
        )
    ]
    return sorted(groups, key=lambda group: (group.corrected, group.chance, -group.drop, group.name))


@dataclass(frozen=True, slots=True)
class _Counted:
    """How the pairs of a group came out."""

    pairs: int
    before: int
    after: int
    lost: int
    won: int

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> "_Counted":
        came = [(each.before, each.after) for each in pairs]
        kept, lost, won = (came.count(each) for each in ((True, True), (True, False), (False, True)))
        return cls(len(came), kept + lost, kept + won, lost, won)


def _group(
    family: str, name: str, counted: _Counted, size: int, interval: Interval | None, loss: float, gain: float
) -> Group:
    """One group of a family of so many; its own needs are those of the first step of Holm's correction.

    `loss` and `gain` are its chances after that correction.
    """
    total, lost, won = counted.pairs, counted.lost, counted.won
    alpha = ALPHA / size
    needed = _needed(min(won / total, MOST_CHANCE), alpha)
    return Group(
        family,
        name,
        total,
        counted.before,
        counted.after,
        lost,
        won,
        _rate(counted.before, total),
        _rate(counted.after, total),
        (lost - won) / total,
        interval,
        _worse(lost, won),
        loss,
        gain,
        _detectable(total, won, alpha),
        max(0, needed - total),
    )


def _interval(pairs: Sequence[Pair], place: Mapping[str, int], drawn: Resampling | None) -> Interval | None:
    """Where the drop lies, with whole scenarios drawn anew; None for a group of too few of them."""
    if drawn is None or len({each.scenario for each in pairs}) < ENOUGH:
        return None
    drops, counts = [0.0] * len(place), [0.0] * len(place)
    for each in pairs:
        at = place[each.scenario]
        drops[at] += each.before - each.after
        counts[at] += 1
    return drawn.ratio(drops, counts)


@cache  # thousands of groups of few pairs come out in a handful of ways
def _rate(passed: int, pairs: int) -> Interval:
    return wilson(passed, pairs)


@cache
def _worse(lost: int, won: int) -> float:
    return worse(lost, won)


@cache
def _detectable(pairs: int, won: int, alpha: float) -> float | None:
    return smallest_drop(pairs, won / pairs, alpha)


@cache
def _needed(won: float, alpha: float) -> int:
    """How many pairs show a drop that is worth seeing, where so many get better by chance."""
    return pairs_for(WORTH_SEEING, won, alpha)


def _models(pair: Pair) -> str | None:
    """The model, or both of them where one took the other's place."""
    before, after = pair.base.model, pair.new.model
    if before is None or after is None:
        return after
    return after if before == after else f"{before} → {after}"
