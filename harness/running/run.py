"""All that a pytest process does for our files: one plan, one engine, one record, one report."""

import gc
import os
import signal
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

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
from harness.engine.planning.plan import Case, Omitted, sum_of
from harness.engine.planning.planting import seed_of
from harness.engine.planning.repeating import Finished
from harness.engine.replay.cassette import Cassette
from harness.engine.surroundings import TooFewFiles, at_once, unsafe, untested
from harness.engine.traces.keeping import REFUSALS, Keeping
from harness.record.lines import Head
from harness.record.lock import held
from harness.record.writer import RunWriter, file_names
from harness.running.diary import diary_of
from harness.running.ending import Ending, Gate, PageWriter
from harness.running.items import ScenarioFile, ScenarioItem
from harness.running.options import (
    Ground,
    check_examples,
    check_repeat,
    check_settings,
    durations_of,
    naming_of,
    settings_of,
)
from harness.running.progress import LiveProgress
from harness.running.replay import again
from harness.running.resume import asked, earlier_of, still_the_same
from harness.running.signals import Signals
from harness.running.telling import where_of
from harness.running.verdicts import REFUSED, Verdicts

MARKS: Final = {
    "owner(name)": "scenarios of this owner",
    "links(*addresses)": "scenarios with these links",
}
"""Markers that every case may have, beside its tags."""


class Harness:
    """All that a pytest process does for our files: one plan, one engine, one record."""

    def __init__(
        self,
        config: pytest.Config,
        ground: Ground,
        page_writer: Callable[[], PageWriter],
        gate: Gate | None = None,
        cassette: Cassette | None = None,
    ) -> None:
        if why := unsafe(os.environ):
            raise pytest.UsageError(why)
        self._config = config
        self.cassette = cassette
        self._page_writer = page_writer
        option = config.option
        self.settings = settings_of(option.set)
        check_examples(option.examples)
        check_repeat(option.repeat)
        self.targets = ground.chosen.targets
        self.redact = ground.redact
        self.unconfigured = not ground.chosen.configured
        naming = naming_of(config)
        self.run, self.worker, self.shard = naming.run, naming.worker, naming.shard
        self.earlier = earlier_of(config)
        reports = Path(option.reports or config.invocation_params.dir / "reports")
        self.directory = reports / self.run if option.resume is None else Path(option.resume)
        self._keeping = Keeping(self.directory, self._part, self.earlier)
        self._ending = Ending(
            *(self.run, self.directory, page_writer, gate), keep=option.record, regions=ground.chosen.configured
        )
        self._diary = diary_of(config, self.worker, ground.redact)
        self._signals = Signals(self._tell_workers, worker=self.worker is not None)
        self.omitted: list[Omitted] = []
        self._progress: LiveProgress | None = None
        self.wanted: set[str] = set()
        for mark, about in MARKS.items():
            config.addinivalue_line("markers", f"{mark}: {about}")
        self.refused = False
        self._verdicts = Verdicts(self.directory, self.shard.name if self.shard else None, self.redact)
        config.pluginmanager.register(self._verdicts, "harness-verdicts")
        self._marks: set[str] = set()
        self._loop: EngineLoop | None = None
        self._collected = ""
        self._collections: set[str] = set()

    def file(self, path: Path, parent: pytest.Collector) -> ScenarioFile:
        """The collector of a scenario file."""
        collector: ScenarioFile = ScenarioFile.from_parent(parent, path=path)
        collector.harness = self
        return collector

    def register_mark(self, tag: str) -> None:
        """Makes a tag known to pytest as a marker."""
        if tag not in self._marks:
            self._marks.add(tag)
            self._config.addinivalue_line("markers", f"{tag}: scenarios with this tag")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leaves to other shards what is theirs, and what an interrupted run did not plan."""
        ours = [item for item in items if isinstance(item, ScenarioItem)]
        self._collected = sum_of(item.case.id for item in ours)
        if self.earlier is not None:
            mine = {item for item in ours if item.case.id in self.earlier.planned}
        elif self.shard is not None:
            mine = set(self.shard.of(ours, lambda item: item.case.id, durations_of(config)))
        else:
            return
        others = [item for item in ours if item not in mine]
        if others:
            config.hook.pytest_deselected(items=others)
            items[:] = [item for item in items if item not in set(others)]

    def pytest_collection_finish(self) -> None:
        """What was collected lives as long as the run: the garbage collector need not look at it again and again.

        Raises:
            pytest.UsageError: a variable of `--set` stands in none of the scenarios.
        """
        if not self.refused and not getattr(self._config.option, "lf", False):  # `--lf` leaves whole files out
            check_settings(self.settings, self.wanted)
        gc.freeze()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        ours = [item for item in session.items if isinstance(item, ScenarioItem)]
        if not ours or session.config.option.collectonly or session.testsfailed:
            return (yield)
        cases = [item.case for item in ours]
        self._check_ceiling(cases)
        option = session.config.option
        source = self.earlier or self.cassette
        seed = seed_of(self.run) if source is None else source.head.seed
        concurrency = self._concurrency(cases)
        told_settings = {"concurrency": concurrency, "defects": list(option.defect), **self.settings}
        head = heading(
            *(self.run, cases, self.omitted),
            started=time.time(),
            seed=seed,
            settings=told_settings,
            collected=self._collected,
        )
        if self.cassette is not None:
            head = self.cassette.begins(head)
        writer, ledger = self._opened(replace(head, options=asked(session.config)), cases)
        engine = Engine(
            writer,
            concurrency,
            steadiness=self._steadiness(),
            ledger=ledger,
            exploring=self._exploring(),
            seed=seed,
            finds=self.redact.finds,
            earlier=self.earlier,
            cassette=self.cassette,
        )
        self._loop = EngineLoop(engine)
        self._signals.listen()
        try:
            if self.worker is None:
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

    def _opened(self, head: Head, cases: Sequence[Case]) -> tuple[RunWriter, Ledger]:
        """The record, which begins or goes on, and the ledger.

        Raises:
            pytest.UsageError: they cannot be had, or an interrupted run would go on as another one.
        """
        try:
            if self.earlier is not None:
                still_the_same(self.earlier.against(head, cases), self._config.option.resume_changed)
                self.earlier = self._keeping.earlier = self.earlier.renewed(head, cases)
            self._keeping.lock(head.started, alone=self.worker is None)
            return self._keeping.open(head, self.redact)
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

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Workers of pytest-xdist that collected different cases run nothing; that is refused, and no failure."""
        self._collections.add(sum_of(ids))
        if len(self._collections) > 1 and any(".yaml::" in each or ".yml::" in each for each in ids):
            self.refused = True
            self._ending.problem = "workers collected different cases: nothing was sent"

    def hold(self) -> None:
        """Takes the lock of a run whose name may be that of another, before workers of pytest-xdist write it.

        Raises:
            pytest.UsageError: another process has it.
        """
        if self._config.option.run_id is None:
            return  # a name that nobody else has
        try:
            self._keeping.lock(utc(time.time()), alone=True)
        except REFUSALS as error:
            raise pytest.UsageError(str(error)) from None

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A process that workers report to knows by this that there are cases of ours, and listens to signals."""
        if self.worker is None and nodeid.partition("::")[0].endswith((".yaml", ".yml")):
            self._signals.listen()

    def _tell_workers(self, number: int) -> None:
        """Workers of pytest-xdist end in order too, if this process alone was told to."""
        for _, holder in held(self.directory, self._part) if self.worker is None else ():
            if holder.pid is not None and holder.pid != os.getpid():
                os.kill(holder.pid, signal.SIGINT)

    def pytest_unconfigure(self) -> None:
        self._signals.restore()
        if self._diary is not None:
            self._diary.close()
        self._keeping.close()

    @property
    def _part(self) -> str | None:
        """What this process's files are named after: its shard of the plan, and its worker of pytest-xdist."""
        return "-".join(filter(None, (self.shard.name if self.shard else None, self.worker))) or None

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
        """Pace and repeats; one book for all workers of pytest-xdist."""
        book = Shared(self.directory / "pace.sqlite") if self.worker is not None else None
        return Steadiness(book, told=self._tell_of_waiting)

    def _tell_of_waiting(self, words: str) -> None:
        """A long wait is visible while it lasts; the engine's thread says it."""
        terminal: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            terminal.write_line(self.redact(f"\n{words}".encode()).decode())

    def again(self, node: str) -> str:
        """The command that plays one case of this run again."""
        return again(self.directory, node, self.cassette)

    def start(self, cases: Sequence[Case]) -> "list[Future[Finished]]":
        """Hands cases to the engine; a future of what comes of each."""
        assert self._loop is not None, "cases start in the run loop only"
        futures = self._loop.submit(cases)
        if self._progress is not None:
            self._progress.take(cases, futures)
        return futures

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.worker is not None:
            return
        self._verdicts.close()
        if self.directory.exists():
            self._ending.read()
        gated = self._ending.judged.exit if self._ending.judged is not None else None
        status, failed = int(session.exitstatus), session.testsfailed
        session.exitstatus = (
            REFUSED if self.refused else self._verdicts.exit_status(status, failed, gated, self._ending.problem)
        )

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.worker is None and self.directory.exists():
            problems = filter(None, (self._ending.problem, self._verdicts.problem))
            self._ending.tell(terminalreporter, problems, self.omitted, self.cassette)
            where = where_of([target.facts for target in self.targets])
            self._ending.tell_where(terminalreporter, where, file_names(self._part)[0])
