"""The paired cluster bootstrap: how far a figure would move if other scenarios had been asked.

Repeats and modes of one scenario resemble each other, so whole scenarios are drawn anew, with both runs' results of
each together (Field and Welsh 2007). Intervals are those of percentiles. The draws come from a seed, so that the
same records give the same figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from harness.comparison.statistics import ALPHA, Interval

if TYPE_CHECKING:
    import numpy as np

DRAWS: Final = 1_000
"""How many times the clusters are drawn anew."""

ENOUGH: Final = 10
"""Clusters below which a percentile interval is too narrow to be shown."""


@dataclass(frozen=True)
class Resampling:
    """So many clusters drawn anew so many times; `confidence` is that of all intervals."""

    clusters: int
    seed: int = 0
    draws: int = DRAWS
    confidence: float = 1 - ALPHA

    @cached_property
    def weights(self) -> "np.ndarray[Any, Any]":
        """How often each cluster was drawn: one row a draw."""
        import numpy as np

        random = np.random.default_rng(self.seed)
        drawn = np.empty((self.draws, self.clusters), dtype=np.float32)
        for row in drawn:
            row[:] = np.bincount(random.integers(0, self.clusters, self.clusters), minlength=self.clusters)
        return drawn

    def ratio(self, above: Sequence[float], below: Sequence[float]) -> Interval:
        """The sum of one figure over the sum of another, each given by cluster: a rate, or a difference of rates."""
        import numpy as np

        tops, bottoms = np.asarray(above, dtype=np.float32), np.asarray(below, dtype=np.float32)
        drawn = self.weights @ tops / np.maximum(self.weights @ bottoms, 1e-9)
        return self._interval(float(sum(above)) / float(sum(below)), drawn)

    def quantiles(
        self, cluster: Sequence[int], base: Sequence[float], new: Sequence[float], shares: Sequence[float]
    ) -> list[Interval]:
        """The quantiles of the new values over those of the base, as a factor; values and their clusters in pairs."""
        import numpy as np

        of = np.asarray(cluster, dtype=np.int64)
        ranked = [_Ranked(np.asarray(values, dtype=float), of) for values in (base, new)]
        drawn = np.array([_factors(ranked, weights, shares) for weights in self.weights])
        whole = _factors(ranked, np.ones(self.clusters), shares)
        return [self._interval(float(whole[at]), drawn[:, at]) for at in range(len(shares))]

    def _interval(self, estimate: float, drawn: "np.ndarray[Any, Any]") -> Interval:
        import numpy as np

        edge = (1 - self.confidence) / 2
        low, high = np.quantile(drawn, (edge, 1 - edge))
        return Interval(estimate, float(low), float(high))


class _Ranked:
    """Values in rising order, and the cluster of each."""

    def __init__(self, values: "np.ndarray[Any, Any]", cluster: "np.ndarray[Any, Any]") -> None:
        order = values.argsort(kind="stable")
        self.values, self.cluster = values[order], cluster[order]

    def at(self, weights: "np.ndarray[Any, Any]", shares: Sequence[float]) -> "np.ndarray[Any, Any]":
        """The smallest values below or at which the wanted shares of the weighted values lie."""
        reached = weights[self.cluster].cumsum()
        at = reached.searchsorted([share * reached[-1] for share in shares]).clip(max=len(reached) - 1)
        found: np.ndarray[Any, Any] = self.values[at]
        return found


def _factors(
    ranked: Sequence[_Ranked], weights: "np.ndarray[Any, Any]", shares: Sequence[float]
) -> "np.ndarray[Any, Any]":
    import numpy as np

    base, new = (one.at(weights, shares) for one in ranked)
    factors: np.ndarray[Any, Any] = new / np.maximum(base, 1e-9)
    return factors
