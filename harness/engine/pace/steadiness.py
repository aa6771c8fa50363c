"""How a run talks to its targets: each region's breaker, each deployment's pace, one budget of repeats, who is stopped.

The embedded endpoint needs none of that: each case has a room of its own there, and waiting moves the room's clock.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from harness.engine.clock import SKEW, Clock, ahead_of, told_ahead
from harness.engine.diary import tell
from harness.engine.pace.book import Book, OneProcess
from harness.engine.pace.breaker import Breaker
from harness.engine.pace.pace import FIRST, MOST, Pacer
from harness.engine.pace.retrying import Circumstances, Retrying
from harness.engine.targets.facts import Facts
from harness.engine.targets.target import Door, Target
from harness.findings import Level, Verdict
from harness.record.lines import CaseLine
from harness.reply import Reply
from harness.targets.origins import origin_of
from harness.wire.exchange import Exchange

ANEW: Final = frozenset(
    {
        "avail.no_answer",
        "avail.first_byte",
        "avail.stall",
        "avail.stream_cut",
        "avail.body_cut",
        "avail.stream_error",
    }
)
"""What makes a case start once more from its first turn: whether anything was accepted is unknown."""
_NO_DEPLOYMENT: Final = ("DeploymentNotFound", "model_not_found")


class Steadiness:
    """What the cases of a run share, so that no target is asked more than it bears.

    Args:
        book: the budget and the pace, shared with the other processes of the run where there are some.
        told: is told in words of every long wait.
    """

    def __init__(
        self,
        book: Book | None = None,
        clock: Clock | None = None,
        told: Callable[[str], None] | None = None,
        drawn: Callable[[], float] = random.random,
    ) -> None:
        self.book: Book = book or OneProcess()
        self._clock = clock or Clock()
        self._told = told
        self._drawn = drawn
        self._breakers: dict[str, Breaker] = {}
        self._pacers: dict[str, Pacer] = {}
        self._stopped: dict[str, str] = {}
        self._skewed: set[str] = set()

    def door(self, target: Target, door: Door) -> Door:
        """The door, behind which refusals are repeated, and requests paced where others talk to the target too."""
        facts = target.facts
        if facts.kind == "embedded":
            around = Circumstances(None, None, OneProcess(), door.clock, drawn=self._drawn)
        else:
            credential: Any = getattr(target, "credential", None)
            around = Circumstances(
                self._breaker(facts),
                self._pacer(facts),
                self.book,
                self._clock,
                credential.renew if credential is not None else None,
                self._drawn,
                self._told,
            )
            around = replace(around, heard=lambda exchange: self._compare(facts, exchange))
        retrying = Retrying(door.sender, around)
        return replace(door, sender=retrying, insist=retrying.insist)

    def _compare(self, facts: Facts, exchange: Exchange) -> None:
        """Tells once an origin that the clock of this machine is not the service's."""
        ahead, host = ahead_of(exchange, self._clock.wall()), origin_of(facts.endpoint).host
        if ahead is None or abs(ahead) <= SKEW or host in self._skewed:
            return
        self._skewed.add(host)
        tell("clocks differ", host=host, ahead=round(ahead, 3))
        if self._told is not None:
            self._told(f"the clock of this machine is {told_ahead(ahead)} at {host}; tokens are judged by theirs")

    def stop(self, facts: Facts, why: str) -> None:
        """Nothing more is sent to a live target: it cannot work before its operator does something."""
        if facts.kind != "embedded":
            self._stopped.setdefault(facts.name, why)

    def stopped(self, facts: Facts) -> str | None:
        """Why nothing is sent to the target any more; None where it is not stopped."""
        return self._stopped.get(facts.name)

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn at a deployment."""
        return sum(pacer.waiting for pacer in tuple(self._pacers.values()))

    def may_start_anew(self, line: CaseLine) -> bool:
        """Whether a case starts once more, and takes that off the budget."""
        loud = [finding.rule for finding in line.findings if finding.level is Level.ERROR]
        anew = line.attempt == 1 and line.verdict is Verdict.INCONCLUSIVE and not ANEW.isdisjoint(loud)
        return anew and self.book.may_repeat()

    def _breaker(self, facts: Facts) -> Breaker:
        region = facts.region or origin_of(facts.endpoint).host
        if region not in self._breakers:
            self._breakers[region] = Breaker(region, self._clock)
        return self._breakers[region]

    def _pacer(self, facts: Facts) -> Pacer:
        key = f"{facts.endpoint} {facts.deployment}"
        if key not in self._pacers:
            first = MOST if origin_of(facts.endpoint).on_loopback else FIRST
            self._pacers[key] = Pacer(key, facts.quota, self.book, self._clock, first, self._drawn)
        return self._pacers[key]


def cannot_work(replies: Sequence[Reply]) -> str | None:
    """Why a target cannot work as it is configured, and what to do; None where its last answer does not say so."""
    error = replies[-1].error if replies else None
    if error is None:
        return None
    match error:
        case {"status": 403}:
            return f"the service refuses access (403): {error['message']}\n{ADVICE[403]}"
        case {"status": 404, "code": code} if code in _NO_DEPLOYMENT:
            return f"there is no such deployment (404): {error['message']}\n{ADVICE[404]}"
    return None


ADVICE: Final = {
    401: "Check that the key belongs to this resource, or that tokens are asked for the scope "
    "https://ai.azure.com/.default; a key and a token sent together can be refused, too.",
    403: "Check the resource's network rules, and that who asks has the role Cognitive Services OpenAI User there; "
    "a role that was just given takes some minutes.",
    404: "Check that `deployment` is the deployment's own name, not the model's, and that the endpoint ends in "
    "/openai/v1/; a deployment that was just made takes five minutes.",
}
"""What to do about a refusal, by its status."""
