"""The recorded exchanges of one attempt at a case, in place of its target: nothing is sent and nothing waits."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from harness.engine.clock import Clock
from harness.engine.pace.breaker import NotSent
from harness.engine.planning.stalls import Hits, Serving
from harness.engine.replay.matching import Asked, difference, nearest, same
from harness.engine.targets.addressed import Addressed
from harness.engine.targets.facts import Facts
from harness.engine.targets.target import Door, Grounds
from harness.engine.turns.course import CannotGoOn
from harness.record.lines import CaseLine
from harness.wire.exchange import Exchange, Request
from harness.wire.redact import MARK


class Unmatched(CannotGoOn):
    """Nothing that was recorded answers a request; the message says in what the nearest one differs."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded exchange with its refused attempts: its turn, its number in the case, its request as compared."""

    turn: str
    number: int
    exchange: Exchange
    asked: Asked


class TapeClock(Clock):
    """Goes as fast as what was recorded went: on by each exchange and each wait, and not otherwise."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += seconds

    def passed(self, exchange: Exchange) -> None:
        self._now += exchange.ended_at


@dataclass(slots=True)
class Tape:
    """Answers requests with what was recorded, each exchange once; equal requests in the order of the recording.

    `strict`: a request must be the recorded one. Otherwise the next of its kind answers it: what is asked may have
    changed with the scenario, what was answered has not.
    """

    line: CaseLine
    recorded: Sequence[Recorded]
    base: str
    strict: bool = True
    clock: TapeClock = field(default_factory=TapeClock)
    _used: set[int] = field(default_factory=set)
    _turns: dict[str, None] = field(default_factory=dict)

    @property
    def blanked(self) -> frozenset[int]:
        """The exchanges in which something was blanked before they were kept: what came is not known to the byte."""
        found = set()
        for each in self.recorded:
            head = each.exchange.head
            lines = (value for _, value in head.headers) if head is not None else ()
            if MARK in each.exchange.body or any(MARK.decode() in value for value in lines):
                found.add(each.number)
        return frozenset(found)

    async def send(self, request: Request) -> Exchange:
        """The recorded exchange.

        Raises:
            Unmatched: there is none for this request.
            NotSent: nor was anything sent when it was recorded.
        """
        asked = Asked.of(request, self.base)
        left = [number for number in range(len(self.recorded)) if number not in self._used]
        found = next((number for number in left if same(asked, self.recorded[number].asked)), None)
        if found is None and not self.strict:
            found = next((number for number in left if self.recorded[number].asked.kind == asked.kind), None)
        if found is None:
            raise self._unmatched(asked, [self.recorded[number] for number in left])
        self._used.add(found)
        taken = self.recorded[found]
        self._turns[taken.turn.partition("/")[0]] = None
        self.clock.passed(taken.exchange)
        if request.heard is not None:
            request.heard(taken.exchange.body)
        return replace(taken.exchange, request=replace(taken.exchange.request, halve=request.halve))

    def _unmatched(self, asked: Asked, left: Sequence[Recorded]) -> Exception:
        if not left and (unsent := self._unsent()) is not None:
            return unsent
        near = nearest(asked, [each.asked for each in left])
        if near is None:
            used = "every recorded exchange of the case was used before" if self.recorded else "the case has none"
            return Unmatched(f"nothing recorded answers {asked}: {used}")
        turn = next(each.turn for each in left if each.asked is near)
        if self.strict:
            told = f"nothing recorded answers {asked}; the nearest is {near} of {turn} (- recorded, + asked now):"
            return Unmatched(f"{told}\n{difference(near, asked)}")
        return Unmatched(f"nothing recorded answers {asked}: the turns do not line up, the next recorded is {near}")

    def _unsent(self) -> NotSent | None:
        """What was found where the run itself sent nothing."""
        for finding in self.line.findings:
            if finding.rule.startswith("avail.") and finding.message.startswith("not sent"):
                return NotSent(finding.rule, finding.message)
        return None

    def hits(self) -> Hits:
        """The calls that had come to the scenario's own tool servers, up to the last turn that was answered."""
        total: dict[str, dict[str, int]] = {}
        for turn in self.line.turns:
            for label, tools in turn.served.items():
                counts = total.setdefault(label, dict.fromkeys(tools, 0))
                for name, count in tools.items():
                    counts[name] = counts.get(name, 0) + (count if turn.id in self._turns else 0)
        return total


@dataclass(frozen=True, slots=True)
class RecordedServing(Serving):
    """The tool servers of a case that was recorded: their addresses of that day, and the calls that came then."""

    tape: Tape | None = None

    def hits(self) -> Hits:
        return self.tape.hits() if self.tape is not None else {}


@dataclass(frozen=True, slots=True)
class ReplayTarget:
    """A target that was recorded. Without a tape it can be planned on, and nothing more."""

    facts: Facts
    tape: Tape | None = None
    why: str = "nothing was recorded"

    def mistake(self, script: Mapping[str, Any] | None) -> tuple[str, tuple[str | int, ...]] | None:
        return None

    @asynccontextmanager
    async def open(self, grounds: Grounds, script: Mapping[str, Any] | None) -> AsyncIterator[Door]:
        """A door behind which the tape answers.

        Raises:
            Unmatched: nothing was recorded.
        """
        tape = self.tape
        if tape is None:
            raise Unmatched(self.why)
        made = tape.line.made
        names = iter(made.get("files", ()))
        published: Mapping[str, str] = made.get("published", {})
        yield Door(
            tape.base,
            Addressed(tape, None, self.facts.image_deployment),
            tape.clock,
            stranger=tape,
            publish=lambda name, media_type, content: published.get(name),
            file_name=(lambda ending: next(names, f"unrecorded.{ending}")) if made.get("files") else None,
        )

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Serving]:
        """The tool servers of the case, as they were."""
        made = self.tape.line.made if self.tape is not None else {}
        yield RecordedServing(dict(made.get("addresses", {})), tape=self.tape)
