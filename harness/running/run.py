"""What a pytest process does with what it collected: one engine, one record, one report."""

import os
import signal
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from harness.engine.account import utc
from harness.engine.engine import CONCURRENCY, Engine
from harness.engine.exploring import FOLDER, Exploring
from harness.engine.heading import heading
from harness.engine.ledger import Ledger
from harness.engine.loop import GRACE, EngineLoop
from harness.engine.pace.book import Shared
from harness.engine.pace.steadiness import Steadiness
from harness.engine.planning.ceiling import MOST_REQUESTS, ceiling
from harness.engine.planning.plan import Case
from harness.engine.planning.planting import seed_of
from harness.engine.planning.repeating import Finished
from harness.engine.replay.cassette import Cassette
from harness.engine.surroundings import TooFewFiles, at_once, untested
from harness.engine.traces.keeping import REFUSALS, Keeping
from harness.engine.traces.resuming import Earlier
from harness.engine.traces.telling import told
from harness.record.chain import NotRecorded
from harness.record.lines import Head
from harness.record.lock import held
from harness.record.writer import RunWriter, file_names
from harness.running.collecting import REFUSED, Harness
from harness.running.ending import Ending, Gate, PageWriter
from harness.running.items import ScenarioItem
from harness.running.progress import LiveProgress
from harness.running.replay import again
from harness.running.resume import asked, still_the_same
from harness.running.signals import Signals
from harness.running.telling import where_of
from harness.running.verdicts import Verdicts


class Execution:
    """Executes what a process collected; in the process that workers report to, reads what they recorded.

    Args:
        harness: what was collected.
        page_writer: gives what writes the page, when it is needed.
        gate: holds the run to a policy; None where nobody asked.
        earlier: what the run had come to, where it is taken up again.
        cassette: what answers instead of the targets; None where they do.
    """

    def __init__(
        self,
        harness: Harness,
        page_writer: Callable[[], PageWriter],
        gate: Gate | None = None,
        earlier: Earlier | None = None,
        cassette: Cassette | None = None,
    ) -> None:
        self._harness, self._config = harness, harness.config
        self._directory, self._worker = harness.directory, harness.worker
        self._earlier, self._cassette = earlier, cassette
        self._page_writer = page_writer
        self._keeping = Keeping(self._directory, self._part, earlier)
        self._ending = Ending(
            *(harness.run, self._directory, page_writer, gate),
            keep=self._config.option.record,
            regions=not harness.unconfigured,
        )
        self._signals = Signals(self._tell_workers, worker=self._worker is not None)
        self._progress: LiveProgress | None = None
        self._verdicts = Verdicts(self._directory, harness.shard.name if harness.shard else None, harness.redact)
        self._config.pluginmanager.register(self._verdicts, "harness-verdicts")
        self._loop: EngineLoop | None = None

    def loop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """Everything that happens around pytest's own run loop: the record begins, cases start, all is closed.

        Raises:
            pytest.UsageError: the run cannot begin; nothing was sent. In a worker of pytest-xdist the first of its
                cases says so, for its run loop cannot be left, and the others are not asked.
        """
        ours = [item for item in session.items if isinstance(item, ScenarioItem)]
        try:
            self._loop = EngineLoop(self._engine(session, [item.case for item in ours]))
        except pytest.UsageError as error:
            if self._worker is None:
                raise
            self._harness.cannot_begin(session, str(error))
            return (yield)
        self._signals.listen()
        try:
            if self._worker is None:
                self._progress = LiveProgress(session.config, len(ours) == len(session.items), self._loop.moment)
                session.config.pluginmanager.register(self._progress)
                ahead = [item for item in ours if not item.attended]
                for item, future in zip(ahead, self.start([item.case for item in ahead]), strict=True):
                    item.future = future
                self._progress.start()
                self._page_writer()
            return (yield)
        finally:
            if self._progress is not None:
                self._progress.stop()
            self._loop.stop(GRACE if self._signals.heard else 0.0)
            self._ending.problem = self._keeping.close() or self._ending.problem

    def _engine(self, session: pytest.Session, cases: Sequence[Case]) -> Engine:
        """What executes cases, with the record that it writes begun.

        Raises:
            pytest.UsageError: the run cannot begin.
        """
        self._check_ceiling(cases)
        option = session.config.option
        source = self._earlier or self._cassette
        seed = seed_of(self._harness.run) if source is None else source.head.seed
        concurrency = self._concurrency(cases)
        told_settings = {"concurrency": concurrency, "defects": list(option.defect), **self._harness.settings}
        head = heading(
            *(self._harness.run, cases, self._harness.omitted),
            started=time.time(),
            seed=seed,
            settings=told_settings,
            collected=self._harness.collected,
        )
        if self._cassette is not None:
            head = self._cassette.begins(head)
        writer, ledger = self._opened(replace(head, options=asked(session.config)), cases)
        return Engine(
            writer,
            concurrency,
            steadiness=self._steadiness(),
            ledger=ledger,
            exploring=self._exploring(),
            seed=seed,
            finds=self._harness.redact.finds,
            earlier=self._earlier,
            cassette=self._cassette,
        )

    def _opened(self, head: Head, cases: Sequence[Case]) -> tuple[RunWriter, Ledger]:
        """The record, which begins or goes on, and the ledger.

        Raises:
            pytest.UsageError: they cannot be had, or an interrupted run would go on as another one.
        """
        try:
            if self._earlier is not None:
                still_the_same(self._earlier.against(head, cases), self._config.option.resume_changed)
                self._earlier = self._keeping.earlier = self._earlier.renewed(head, cases)
            self._keeping.lock(head.started, alone=self._worker is None)
            return self._keeping.open(head, self._harness.redact)
        except REFUSALS as error:
            self._keeping.close()
            raise pytest.UsageError(str(error)) from None

    def _concurrency(self, cases: Sequence[Case]) -> int:
        """How many cases run at once; what the surroundings say to it is told at the end.

        Raises:
            pytest.UsageError: not even one can.
        """
        wanted = self._config.option.concurrency or CONCURRENCY
        try:
            borne = at_once(min(wanted, len(cases)))
        except TooFewFiles as error:
            raise pytest.UsageError(str(error)) from None
        if borne < min(wanted, len(cases)):
            self._ending.warnings.append(
                f"{borne} cases ran at once, not {wanted}: the limit of open files allows no more"
            )
        if any(case.client != "wire" for case in cases) and (beyond := untested()):
            self._ending.warnings.append(beyond)
        return wanted if borne == min(wanted, len(cases)) else borne

    def hold(self) -> None:
        """Takes the run's lock, before workers of pytest-xdist write it.

        Raises:
            pytest.UsageError: another process has it.
        """
        try:
            self._keeping.lock(utc(time.time()), alone=True)
        except REFUSALS as error:
            raise pytest.UsageError(str(error)) from None

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A process that workers report to knows by this that there are cases of ours, and listens to signals."""
        if self._worker is None and nodeid.partition("::")[0].endswith((".yaml", ".yml")):
            self._signals.listen()

    def _tell_workers(self, number: int) -> None:
        """Workers of pytest-xdist end in order too, if this process alone was told to."""
        for _, holder in held(self._directory, self._part) if self._worker is None else ():
            if holder.pid is not None and holder.pid != os.getpid():
                os.kill(holder.pid, signal.SIGINT)

    def pytest_unconfigure(self) -> None:
        self._signals.restore()
        self._keeping.close()

    @property
    def _part(self) -> str | None:
        """What this process's files are named after: its shard of the plan, and its worker of pytest-xdist."""
        return "-".join(filter(None, (self._harness.shard.name if self._harness.shard else None, self._worker))) or None

    def _exploring(self) -> Exploring:
        """How much is explored of cases with generated parameters; what fails is kept where the run was started."""
        wanted = self._config.option.examples
        return Exploring(wanted, self._config.invocation_params.dir / FOLDER)

    def _check_ceiling(self, cases: Sequence[Case]) -> None:
        """Nothing is sent where a run may ask live targets for more than is wanted.

        Raises:
            pytest.UsageError: it may.
        """
        planned = self._ending.planned = ceiling(cases)
        most = self._config.option.max_requests or MOST_REQUESTS
        if planned.requests > most:
            told = f"this run may send {planned.requests} requests to live targets, more than {most}"
            raise pytest.UsageError(f"{told}: choose fewer cases, or allow it with --max-requests")

    def _steadiness(self) -> Steadiness:
        """Pace and repeats; one book for all workers of pytest-xdist.

        Raises:
            pytest.UsageError: they cannot have one.
        """
        try:
            book = Shared(self._directory / "pace.sqlite") if self._worker is not None else None
        except NotRecorded as error:
            self._keeping.close()
            raise pytest.UsageError(str(error)) from None
        return Steadiness(book, told=self._tell_of_waiting)

    def _tell_of_waiting(self, words: str) -> None:
        """A long wait is visible while it lasts; the engine's thread says it."""
        terminal: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            terminal.write_line(self._harness.redact(f"\n{words}".encode()).decode())

    def told(self, finished: Finished) -> str:
        """Why a case did not pass: how its repeats went, where there were several, and the one that speaks for it."""
        why = told(finished.line)
        return why if finished.bar.times == 1 else f"{finished.tally}\n\n{why}"

    def again(self, node: str) -> str:
        """The command that plays one case of this run again."""
        return again(self._directory, node, self._cassette)

    def start(self, cases: Sequence[Case]) -> "list[Future[Finished]]":
        """Hands cases to the engine; a future of what comes of each."""
        assert self._loop is not None, "cases start in the run loop only"
        futures = self._loop.submit(cases)
        if self._progress is not None:
            self._progress.take(cases, futures)
        return futures

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._worker is not None:
            return
        self._verdicts.close()
        if self._directory.exists():
            self._ending.read()
        gated = self._ending.judged.exit if self._ending.judged is not None else None
        status, failed = int(session.exitstatus), session.testsfailed
        session.exitstatus = (
            REFUSED
            if self._harness.refused
            else self._verdicts.exit_status(status, failed, gated, self._ending.problem)
        )

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._worker is None and self._directory.exists():
            problems = filter(None, (self._harness.problem, self._ending.problem, self._verdicts.problem))
            self._ending.tell(terminalreporter, problems, self._cassette)
            where = where_of([target.facts for target in self._harness.targets])
            self._ending.tell_where(terminalreporter, where, file_names(self._part)[0])
