"""The mathematics of verdicts: intervals, exact tests, corrections, power. Pure; numbers in, numbers out.

What each function computes is standard; the sources are named with it. scipy and numpy are imported where they are
used, so that commands without statistics start without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, comb, sqrt
from statistics import NormalDist
from typing import Final

ALPHA: Final = 0.05
"""Risk of calling a difference real that is none, for one family of tests."""

POWER: Final = 0.8
"""Chance to see a drop that is there, where "detectable" is said."""

TAIL: Final = 1e-12
"""Probabilities below this are left out of sums."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the bounds between which the truth lies with the stated confidence, or NaN-free (0, 1)."""

    estimate: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return self.low <= value <= self.high


def wilson(passed: int, trials: int, confidence: float = 1 - ALPHA) -> Interval:
    """Wilson's score interval of a rate (Wilson 1927); without trials everything is possible."""
    if not trials:
        return Interval(0.0, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = passed / trials
    scale = 1 + z * z / trials
    middle = (rate + z * z / (2 * trials)) / scale
    half = z * sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials)) / scale
    # Rounding must not move a bound off the edge on which the estimate stands.
    low = 0.0 if passed == 0 else middle - half
    high = 1.0 if passed == trials else middle + half
    return Interval(rate, low, high)


def at_least(passed: int, trials: int, confidence: float = 1 - ALPHA) -> float:
    """The rate that is exceeded with this confidence: the lower bound of Clopper and Pearson (1934), one-sided."""
    if not passed:
        return 0.0
    from scipy.special import betaincinv

    return float(betaincinv(passed, trials - passed + 1, 1 - confidence))


def worse(lost: int, won: int) -> float:
    """McNemar's exact test, one-sided: how likely so many or more are lost of all that changed, by chance alone."""
    from scipy.special import bdtrc

    return float(bdtrc(lost - 1, lost + won, 0.5)) if lost else 1.0


def different(lost: int, won: int) -> float:
    """McNemar's exact test, two-sided."""
    return min(1.0, 2 * worse(max(lost, won), min(lost, won)))


def largest_drop(lost: int, won: int, pairs: int, alpha: float = ALPHA) -> float:
    """The fall of the rate that is exceeded with a risk of alpha at most: Tango's score bound (1998), one-sided.

    Of pairs that did not change at all it still says something: what so few of them leave possible.
    """
    from scipy.special import ndtri

    if not pairs:
        return 1.0
    wanted = -float(ndtri(1 - alpha))
    low, high = (lost - won) / pairs, 1.0
    while high - low > 1e-7:
        middle = (low + high) / 2
        if _score(lost, won, pairs, middle) > wanted:
            low = middle
        else:
            high = middle
    return high


def _score(lost: int, won: int, pairs: int, drop: float) -> float:
    """How far the pairs lie from a supposed fall of the rate, in standard errors under it."""
    half = -lost - won + (2 * pairs - lost + won) * drop
    share = (sqrt(max(0.0, half * half + 8 * pairs * won * drop * (1 - drop))) - half) / (4 * pairs)
    spread = pairs * (2 * share + drop * (1 - drop))
    return (lost - won - pairs * drop) / sqrt(spread) if spread > 0 else 0.0


def holm(chances: Sequence[float]) -> list[float]:
    """Probabilities corrected for being several, in the order given (Holm 1979)."""
    ranked = sorted(range(len(chances)), key=chances.__getitem__)
    corrected = [1.0] * len(chances)
    highest = 0.0
    for rank, at in enumerate(ranked):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[at]))
        corrected[at] = highest
    return corrected


def any_of(k: int, passed: int, trials: int) -> float:
    """pass@k: the chance that at least one of k tries passes, estimated without bias (Chen et al. 2021)."""
    _tries(k, trials)
    return 1 - comb(trials - passed, k) / comb(trials, k)


def all_of(k: int, passed: int, trials: int) -> float:
    """pass^k: the chance that all of k tries pass, estimated without bias (Yao et al. 2024)."""
    _tries(k, trials)
    return comb(passed, k) / comb(trials, k)


def _tries(k: int, trials: int) -> None:
    if not 1 <= k <= trials:
        raise ValueError(f"k must lie between 1 and the {trials} trials, not {k}")


def power(pairs: int, lost: float, won: float, alpha: float = ALPHA) -> float:
    """The chance that `worse` falls to alpha or below.

    `lost` and `won` are the shares of pairs that pass before and fail after, and the other way round. Exact: summed
    over every number of changed pairs.
    """
    changed = lost + won
    if not pairs or not lost:
        return 0.0
    import numpy as np
    from scipy.special import bdtr, bdtrc, gammaln, xlog1py, xlogy

    counts = np.arange(pairs + 1)
    logs = gammaln(pairs + 1) - gammaln(counts + 1) - gammaln(pairs - counts + 1)
    chance = np.exp(logs + xlogy(counts, changed) + xlog1py(pairs - counts, -changed))
    counts, chance = counts[chance > TAIL], chance[chance > TAIL]
    # The fewest lost pairs that are too many, for each number of changed ones: sought from where the normal
    # distribution has it, by steps of one for all numbers together. Beyond a number's own count there is none.
    guess = np.ceil(counts / 2 + NormalDist().inv_cdf(1 - alpha) * np.sqrt(counts) / 2)
    needed = np.clip(guess, 1, counts + 1).astype(np.int64)
    while (low := (needed <= counts) & (bdtrc(needed - 1, counts, 0.5) > alpha)).any():
        needed += low
    while (high := (needed > 1) & (bdtrc(needed - 2, counts, 0.5) <= alpha)).any():
        needed -= high
    seen = np.where(needed > counts, 0.0, 1 - bdtr(np.maximum(needed - 1, 0), counts, lost / changed))
    return float(np.sum(chance * seen))


def smallest_drop(pairs: int, won: float = 0.0, alpha: float = ALPHA, wanted: float = POWER) -> float | None:
    """The smallest drop of the rate that so many pairs show with the wanted power; None where no drop would be seen.

    `won` is the share of pairs that get better by chance; the drop is the share that is lost beyond it.
    """
    most = 1 - 2 * won
    if most <= 0 or power(pairs, won + most, won, alpha) < wanted:
        return None
    low, high = 0.0, most
    while high - low > 1e-4:
        middle = (low + high) / 2
        if power(pairs, won + middle, won, alpha) < wanted:
            low = middle
        else:
            high = middle
    return high


def pairs_for(drop: float, won: float = 0.0, alpha: float = ALPHA, wanted: float = POWER) -> int:
    """How many pairs show a drop of the rate with the wanted power.

    Raises:
        ValueError: the drop is not above 0, or larger than the share that got better leaves room for.
    """
    if not 0 < drop <= 1 - 2 * won:
        raise ValueError(f"a drop lies above 0 and up to {1 - 2 * won:.2f}, not at {drop}")
    high = 1
    while power(high, won + drop, won, alpha) < wanted:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if power(middle, won + drop, won, alpha) < wanted:
            low = middle
        else:
            high = middle
    return high


def trials_for(rate: float, confidence: float = 1 - ALPHA) -> int:
    """The fewest trials of which, all passed, the rate is shown to be at least so high.

    Raises:
        ValueError: no number of trials shows a rate of 1.
    """
    if not 0 < rate < 1:
        raise ValueError(f"a rate that can be shown lies between 0 and 1, not at {rate}")
    from math import log

    return max(1, ceil(log(1 - confidence) / log(rate) - 1e-9))
