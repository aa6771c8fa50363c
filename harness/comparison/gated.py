"""What a gate found: open or shut, and every reason. Made by `harness.gate`, shown by whoever reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from harness.comparison.comparison import Comparison
from harness.source.place import Place

ORDER: Final = (3, 2, 1, 6, 5, 0)
"""Which exit status speaks where several apply, the first that does."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for which a gate is shut. `code` names the demand of the policy that is not met.

    `exit` is the status that it alone would give; `cases` are the ids of the cases that it is about, the first of
    them told in the sentence; `place` is the line of the policy that demands it, None for a default.
    """

    code: str
    sentence: str
    exit: int
    cases: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a release manager should know although it shuts nothing."""

    code: str
    sentence: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gated:
    """A gate over a run. `policy` is the file that was read, None for the defaults; `baseline` a run's id."""

    run: str
    policy: str | None
    baseline: str | None
    cases: int
    reasons: tuple[Reason, ...]
    notes: tuple[Note, ...] = ()

    @property
    def open(self) -> bool:
        return not self.reasons

    @property
    def exit(self) -> int:
        """The exit status: that of the weightiest reason, 0 for an open gate."""
        return weightiest([reason.exit for reason in self.reasons])

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        if self.open:
            looked = "1 case shows" if self.cases == 1 else f"{self.cases:,} cases show"
            return f"The gate is open: {looked} what the policy demands."
        count = len(self.reasons)
        return f"The gate is shut for {count} reason{'' if count == 1 else 's'}: {self.reasons[0].sentence}"


class Judged(NamedTuple):
    """A gate's word at the end of a run: its exit status, its lines for a terminal, and what both come from.

    `gated` is None where it could not judge, `comparison` where there was no baseline.
    """

    exit: int
    told: Sequence[str]
    comparison: Comparison | None = None
    gated: Gated | None = None


def weightiest(statuses: Sequence[int]) -> int:
    """The exit status that speaks for several."""
    return next((status for status in ORDER if status in statuses), 0)
