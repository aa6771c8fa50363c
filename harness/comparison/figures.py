"""Times and tokens of two runs: the later over the earlier, over pairs that passed in both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.comparison.pairing import Pair
from harness.comparison.resampling import Resampling
from harness.comparison.statistics import Interval
from harness.record.lines import CaseLine

SHARES: Final = (0.5, 0.95)
"""The quantiles that are compared."""

MEASURED: Final[Mapping[str, tuple[str, Callable[[CaseLine], float | None]]]] = {
    "time to first token": ("s", lambda line: line.latency.first_token),
    "time in all": ("s", lambda line: line.latency.total),
    "input tokens": ("tokens", lambda line: line.usage.input_tokens),
    "output tokens": ("tokens", lambda line: line.usage.output_tokens),
    "reasoning tokens": ("tokens", lambda line: line.usage.reasoning_tokens),
}
"""What is compared: its unit, and where it stands in a case's line."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantile of one figure in both runs. `factor` is new over base with its interval, None where it has none."""

    name: str
    unit: str
    share: float
    pairs: int
    before: float
    after: float
    factor: Interval | None

    @property
    def changed(self) -> bool:
        """Whether the interval leaves out that nothing changed."""
        return self.factor is not None and not self.factor.holds(1.0)


def figures(pairs: Sequence[Pair], place: Mapping[str, int], drawn: Resampling | None) -> tuple[Figure, ...]:
    """The quantiles of each figure over the pairs that passed in both runs and have it in both.

    `place` numbers the scenarios that `drawn` draws from.
    """
    found: list[Figure] = []
    passed = [(place[pair.scenario], pair.base, pair.new) for pair in pairs if pair.before and pair.after]
    for name, (unit, look) in MEASURED.items():
        known = [
            (at, before, after)
            for at, base_line, new_line in passed
            if (before := look(base_line)) is not None and (after := look(new_line)) is not None
        ]
        if not known:
            continue
        clusters, base, new = ([row[at] for row in known] for at in range(3))
        whole = [(quantile(base, share), quantile(new, share)) for share in SHARES]
        factors: Sequence[Interval | None] = [None] * len(SHARES)
        if drawn is not None and all(before > 0 for before, _ in whole):
            factors = drawn.quantiles([int(at) for at in clusters], base, new, SHARES)
        found += [
            Figure(name, unit, share, len(known), before, after, factor)
            for share, (before, after), factor in zip(SHARES, whole, factors, strict=True)
        ]
    return tuple(found)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the values below or at which so large a share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]
