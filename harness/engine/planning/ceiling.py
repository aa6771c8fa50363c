"""How much a run may ask for at most: requests, and tokens of output. Known before anything is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from harness.engine.planning.plan import Case
from harness.scenario.actions import ACTIONS
from harness.scenario.model import Turn

MOST_REQUESTS: Final = 10_000
"""Requests of a run on live targets, at most, where nothing else is said."""
PREPARED: Final = frozenset({"compacted", "compacted_chained", "conversation"})
"""States in which a turn may begin with a request of its own."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What cases may come to: requests, polls and repeats aside, and tokens of output.

    `unbounded` is how many of the requests say nothing of how many tokens they may take.
    """

    requests: int = 0
    tokens: int = 0
    unbounded: int = 0

    def __add__(self, other: "Ceiling") -> "Ceiling":
        return Ceiling(self.requests + other.requests, self.tokens + other.tokens, self.unbounded + other.unbounded)

    def times(self, many: int) -> "Ceiling":
        return Ceiling(self.requests * many, self.tokens * many, self.unbounded * many)

    def __str__(self) -> str:
        tokens = f", {self.tokens} tokens of output" if self.tokens else ""
        return f"at most {self.requests} requests{tokens}"


def ceiling(cases: Iterable[Case]) -> Ceiling:
    """What these cases may come to on live targets; nothing for those on the embedded endpoint, or skipped."""
    total = Ceiling()
    for case in cases:
        if case.target.facts.kind == "live" and case.skipped is None:
            for turn in case.scenario.turns:
                total += _of(case, turn).times(case.repeats.times)
    return total


def _of(case: Case, turn: Turn) -> Ceiling:
    if turn.action == "wait":
        return Ceiling()
    if not ACTIONS[turn.action].creates:
        return Ceiling(1)
    creates = turn.max_rounds if case.scenario.returns else 1
    uploads = sum(each.via == ("file_id",) for each in turn.attach)
    limit: Any = case.scenario.request_of(turn).get("max_output_tokens")
    bounded = type(limit) is int and limit >= 0
    return Ceiling(
        creates + uploads + (case.state in PREPARED),
        limit * creates if bounded else 0,
        0 if bounded else creates,
    )
