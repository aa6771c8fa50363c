"""All cases at once: so many in flight, one writer, one event loop."""

import asyncio
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from harness.engine.account import account, shown, without_exchanges
from harness.engine.conduct import Conducted, conduct
from harness.engine.diary import tell
from harness.engine.exploring import Exploring, explore
from harness.engine.ledger import Ledger
from harness.engine.pace.steadiness import Steadiness
from harness.engine.planning.alike import Alike
from harness.engine.planning.bar import ONCE
from harness.engine.planning.plan import Case
from harness.engine.planning.planting import Planting
from harness.engine.planning.repeating import Course, Finished
from harness.engine.replay.cassette import Cassette, Still
from harness.engine.replay.echoing import Finds, echoes
from harness.engine.targets.grounds import RunGrounds
from harness.engine.traces.resuming import Earlier
from harness.engine.turns.course import CannotGoOn
from harness.findings import Verdict, verdict
from harness.record.chain import NotRecorded
from harness.record.lines import CaseLine
from harness.record.writer import RunWriter
from harness.source.place import Refused
from harness.wire.limits import LIMITS, Limits

CONCURRENCY = 32
"""How many cases are in flight at once, where nothing else is said."""

Done = Callable[[Finished], None]
Failed = Callable[[BaseException], None]


@dataclass(slots=True)
class _Taken:
    """A case that was taken on, and whom to tell of its end, once."""

    case: Case
    done: Done
    failed: Failed
    course: Course
    told: bool = False

    def fail(self, error: BaseException) -> None:
        if not self.told:
            self.told = True
            self.failed(error)


class Engine:
    """Conducts cases in the running event loop, at most `concurrency` at once, in the order in which they came.

    Each finished attempt is written to the record before anybody is told of its case.
    """

    def __init__(
        self,
        writer: RunWriter,
        concurrency: int = CONCURRENCY,
        limits: Limits = LIMITS,
        steadiness: Steadiness | None = None,
        ledger: Ledger | None = None,
        exploring: Exploring | None = None,
        seed: int = 0,
        finds: Finds | None = None,
        earlier: Earlier | None = None,
        cassette: Cassette | None = None,
    ) -> None:
        self._writer = writer
        self._cassette = cassette
        self._earlier = earlier
        self._finds = finds
        self._steadiness = Still(cassette) if cassette is not None else steadiness or Steadiness()
        self._grounds = RunGrounds(limits, steadiness=self._steadiness, ledger=ledger)
        self._alike = Alike()
        self._planting = Planting(seed)
        self._waiting: deque[tuple[_Taken, int]] = deque()  # cases, and which of their repeats is next
        self._concurrency = concurrency
        self._exploring = exploring or Exploring()
        self._workers: set[asyncio.Task[None]] = set()
        self._stopped = False
        self._lost: NotRecorded | None = None

    def add(self, cases: Iterable[tuple[Case, Done, Failed]]) -> None:
        """Takes cases on. Each comes with whom to tell of its end, and of what kept it from being recorded."""
        for case, done, failed in cases:
            if self._lost is not None:
                failed(self._lost)
                continue
            course, repeats = self._begun(case)
            taken = _Taken(case, done, failed, course, told=course.over)
            self._waiting.extend((taken, repeat) for repeat in repeats)
            if taken.told:
                done(course.finished())
        self._hire()

    def _begun(self, case: Case) -> tuple[Course, Sequence[int]]:
        """The repeats of a case as far as an interrupted run had come with them, and those that run now."""
        if self._earlier is None:
            course = Course(ONCE if case.skipped is not None else case.repeats)
            return course, course.wave()
        course, repeats = self._earlier.course(case)
        for repeat in course.said:
            over = replace(case, repeat=repeat)
            self._planting.begin(over)
            known, outline = self._earlier.outline(over)
            if known:
                self._alike.known(over, outline)
        return course, repeats

    def _hire(self) -> None:
        """So many hands as there is work for."""
        # One that has ended takes no case any more, even if nobody was told of its end yet.
        self._workers = {worker for worker in self._workers if not worker.done()}
        for _ in range(min(self._concurrency - len(self._workers), len(self._waiting))):
            self._workers.add(asyncio.create_task(self._work()))

    @property
    def moment(self) -> tuple[int, int]:
        """How many cases are under way, and how many requests wait for quota; may be asked from any thread."""
        return sum(not worker.done() for worker in tuple(self._workers)), self._steadiness.waiting

    async def stop(self, grace: float = 0.0) -> None:
        """Takes nothing on any more, drops what is under way and closes every connection.

        With a `grace` no request goes out any more, and those that are under way have so many seconds; what is left
        at a provider is left to its ledger.
        """
        self._stopped = True
        tell("the engine stops", waiting=len(self._waiting), under_way=len(self._workers), grace=grace)
        self._waiting.clear()
        if grace and self._workers:
            self._grounds.client.refuse()
            await asyncio.wait(self._workers, timeout=grace)
        for _ in range(2 if grace else 1):  # whoever still waits for an id when he is told to end is told again
            for worker in tuple(self._workers):
                worker.cancel()
            if self._workers:
                await asyncio.wait(self._workers, timeout=grace / 2 if grace else None)
        await self._grounds.close()

    async def _work(self) -> None:
        while self._waiting and not self._stopped:
            taken, repeat = self._waiting.popleft()
            try:
                await self._repeat(taken, repeat)
            except NotRecorded as error:  # nothing that would be found can be kept: nothing more is begun
                self._lost = error
                tell("nothing more is begun", why=str(error))
                self._grounds.client.refuse()
                for each, _ in ((taken, repeat), *self._waiting):
                    each.fail(error)
                self._waiting.clear()
            except asyncio.CancelledError:
                if self._lost is not None:
                    taken.fail(self._lost)
                raise
            except Exception as error:  # what could not be recorded is told, and the run goes on
                taken.fail(error)

    async def _repeat(self, taken: _Taken, repeat: int) -> None:
        """One repeat of a case; the next ones are taken on, or the case's end is told."""
        case, course = replace(taken.case, repeat=repeat) if repeat else taken.case, taken.course
        tell("case begins", case=case.id, repeat=repeat)
        line = await self._line(case)
        before = self._earlier.attempts(case) if self._earlier is not None else 0
        outline = self._alike.kept(case)
        if before or outline is not None:
            line = replace(line, attempt=before + 1, outline=outline)
        if self._steadiness.may_start_anew(line):
            self._writer.case(line)
            course.attempt(line)
            line = replace(await self._line(case), attempt=2)
        self._writer.case(course.ended(line))
        tell("case is recorded", case=case.id, repeat=repeat, verdict=line.verdict, seconds=round(line.seconds, 3))
        if course.over and not taken.told:
            taken.told = True
            taken.done(course.finished())
            return
        self._waiting.extendleft((taken, each) for each in reversed(course.wave()))
        self._hire()

    async def _line(self, case: Case) -> CaseLine:
        """Runs one case to what may be kept and told of it."""
        return shown(case, await self.run(case))

    async def run(self, case: Case) -> CaseLine:
        """Runs one case to its line; a bug of ours makes it errored, and the run goes on.

        Raises:
            harness.record.chain.NotRecorded: an exchange could not be kept.
        """
        started, began = time.time(), time.monotonic()
        if case.skipped is not None:
            return without_exchanges(case, Verdict.SKIPPED, case.skipped, started)
        if (why := self._steadiness.stopped(case.target.facts)) is not None:
            return without_exchanges(case, Verdict.ERRORED, f"not sent: {why}", started)
        try:
            case, conducted, examples = await self._came_to(case)
        except CannotGoOn as end:
            return without_exchanges(case, Verdict.ERRORED, str(end), started, time.monotonic() - began)
        except Refused as refused:
            reason = case.scenario.told(refused)
            return without_exchanges(case, Verdict.ERRORED, reason, started, time.monotonic() - began)
        except Exception as error:
            reason = "".join(traceback.format_exception(error, limit=-8))
            return without_exchanges(case, Verdict.ERRORED, reason, started, time.monotonic() - began)
        if self._finds is not None:
            echoed = tuple(echoes(conducted.conversation, self._finds))
            conducted = replace(conducted, findings=(*conducted.findings, *echoed))
        if self._cassette is not None:
            conducted = replace(conducted, findings=self._cassette.found(case, conducted.findings))
        line = account(case, conducted, self._writer, started, time.monotonic() - began)
        line = line if examples is None else replace(line, examples=examples)
        return line if self._cassette is None else self._cassette.told(case, line)

    async def _came_to(self, case: Case) -> tuple[Case, Conducted, int | None]:
        """What a case came to. With generated parameters: one example of it, and how many there were.

        Modes of a case with generated parameters draw apart and are not compared.
        """
        if self._cassette is not None:
            case = self._cassette.threaded(case)
        elif case.scenario.given:
            found = await explore(
                case, lambda example: conduct(example, self._grounds, planting=self._planting), self._exploring
            )
            return found.case, found.conducted, found.examples
        try:
            self._alike.enter(case)
            conducted = await conduct(case, self._grounds, self._alike, self._planting)
            if verdict(conducted.findings, error=conducted.error) is Verdict.PASSED:
                self._alike.leave(case, conducted.conversation.outline)
        finally:
            self._alike.leave(case)
        return case, conducted, None
