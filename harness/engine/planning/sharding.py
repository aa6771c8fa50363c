"""Which cases of a plan belong to one shard of it. Pure.

A scenario's cases on one target stay together: their modes are compared with each other. Where they go does not
depend on the order in which files were found. With the durations of an earlier run the shards take about as long as
each other; without them they hold about as many cases.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of a plan; numbers count from 1."""

    number: int
    many: int

    @classmethod
    def read(cls, text: str) -> "Shard":
        """`2/7`.

        Raises:
            ValueError: it is none; the message says what one is.
        """
        match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise ValueError(f"{text!r} is no shard: write 2/7 for the second of seven")
        return cls(int(match[1]), int(match[2]))

    @property
    def name(self) -> str:
        """What its files are named after."""
        return f"{self.number}of{self.many}"

    def of(
        self, cases: Sequence[T], identity: Callable[[T], str], durations: Mapping[str, float] | None = None
    ) -> list[T]:
        """The cases of this shard, in the order given. `durations` are seconds by what `identity` answers."""
        groups: dict[str, list[str]] = {}
        for case in cases:
            groups.setdefault(_together(identity(case)), []).append(identity(case))
        weights = _weights(groups, durations or {})
        loads = [0.0] * self.many
        mine = set()
        # The heaviest first, each to the lightest shard: no shard ends far behind the others (Graham 1969).
        for group in sorted(groups, key=lambda name: (-weights[name], _hash(name))):
            lightest = loads.index(min(loads))
            loads[lightest] += weights[group]
            if lightest == self.number - 1:
                mine.add(group)
        return [case for case in cases if _together(identity(case)) in mine]


def _together(case: str) -> str:
    """What stays together: everything of one scenario."""
    return case.partition("[")[0]


def _weights(groups: Mapping[str, Sequence[str]], known: Mapping[str, float]) -> dict[str, float]:
    """The seconds of each group; a case that nobody timed counts as the median of the others."""
    timed = [known[case] for cases in groups.values() for case in cases if case in known]
    usual = median(timed) if timed else 1.0
    return {name: sum(known.get(case, usual) for case in cases) for name, cases in groups.items()}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
