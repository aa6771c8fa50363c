"""What a pytest process knows of its run while it collects: targets, settings, files; what executes it comes later."""

import gc
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest

from harness.engine.planning.plan import Case, Omitted, sum_of
from harness.engine.surroundings import unsafe
from harness.running.diary import diary_of
from harness.running.items import Played, ScenarioFile, ScenarioItem
from harness.running.options import (
    Ground,
    check_examples,
    check_repeat,
    check_settings,
    naming_of,
    settings_of,
)

if TYPE_CHECKING:  # the record's lines, which collecting does without
    from harness.engine.planning.repeating import Finished

MARKS: Final = {
    "owner(name)": "scenarios of this owner",
    "links(*addresses)": "scenarios with these links",
}
"""Markers that every case may have, beside its tags."""
REFUSED: Final = 4
CANNOT: Final = "harness_cannot_begin"
"""Under this name a worker of pytest-xdist tells why the run could not begin in it."""


class Interrupted(Protocol):
    """An interrupted run that is taken up again."""

    @property
    def planned(self) -> frozenset[str]: ...


class Executes(Protocol):
    """What executes what was collected."""

    def hold(self) -> None:
        """Takes the lock of a run whose name may be that of another."""
        ...

    def loop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """Everything that happens around pytest's own run loop."""
        ...

    def start(self, cases: Sequence[Case]) -> "list[Future[Finished]]":
        """Hands cases to the engine; a future of what comes of each."""
        ...

    def told(self, finished: "Finished") -> str:
        """Why a case did not pass."""
        ...

    def again(self, node: str) -> str:
        """The command that plays one case of this run again."""
        ...


class Harness:
    """What a pytest process does for our files until they are collected; what comes then is fetched by `execution`."""

    def __init__(
        self,
        config: pytest.Config,
        ground: Ground,
        execution: "Callable[[Harness], Executes]",
        earlier: Interrupted | None = None,
        cassette: Played | None = None,
        durations: Mapping[str, float] | None = None,
    ) -> None:
        if why := unsafe(os.environ):
            raise pytest.UsageError(why)
        self.config = config
        self.cassette = cassette
        self.earlier = earlier
        self._durations = durations or {}
        option = config.option
        self.settings = settings_of(option.set)
        check_examples(option.examples)
        check_repeat(option.repeat)
        self.targets = ground.chosen.targets
        self.redact = ground.redact
        self.unconfigured = not ground.chosen.configured
        naming = naming_of(config)
        self.run, self.worker, self.shard = naming.run, naming.worker, naming.shard
        reports = Path(option.reports or config.invocation_params.dir / "reports")
        self.directory = reports / self.run if option.resume is None else Path(option.resume)
        self.omitted: list[Omitted] = []
        self.wanted: set[str] = set()
        self.fixtures: dict[Any, Any] = {}
        self.refused = False
        self.problem: str | None = None
        self.collected = ""
        self._collections: set[str] = set()
        self._ours = False
        self._cannot: str | None = None
        self._begun = 0
        """Workers of pytest-xdist in which the run began, or may yet."""
        for mark, about in MARKS.items():
            config.addinivalue_line("markers", f"{mark}: {about}")
        self._marks: set[str] = set()
        self._diary = diary_of(config, self.worker, ground.redact)
        self._fetch = execution
        self._execution: Executes | None = None

    def execution(self) -> Executes:
        """What executes what was collected; made when it is first asked for."""
        if self._execution is None:
            self._execution = self._fetch(self)
            self.config.pluginmanager.register(self._execution, "harness-execution")
        return self._execution

    def file(self, path: Path, parent: pytest.Collector) -> ScenarioFile:
        """The collector of a scenario file."""
        collector: ScenarioFile = ScenarioFile.from_parent(parent, path=path)
        collector.harness = self
        return collector

    def register_mark(self, tag: str) -> None:
        """Makes a tag known to pytest as a marker."""
        if tag not in self._marks:
            self._marks.add(tag)
            self.config.addinivalue_line("markers", f"{tag}: scenarios with this tag")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leaves to other shards what is theirs, and what an interrupted run did not plan."""
        ours = [item for item in items if isinstance(item, ScenarioItem)]
        self.collected = sum_of(item.case.id for item in ours)
        if self.earlier is not None:
            planned = self.earlier.planned
            mine = {item for item in ours if item.case.id in planned}
        elif self.shard is not None:
            mine = set(self.shard.of(ours, lambda item: item.case.id, self._durations))
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
        if not self.refused and not getattr(self.config.option, "lf", False):  # `--lf` leaves whole files out
            check_settings(self.settings, self.wanted)
        gc.freeze()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        ours = any(isinstance(item, ScenarioItem) for item in session.items)
        if self.worker is not None and self.refused:
            self.cannot_begin(session, "a file of scenarios was refused")
        if not ours or session.config.option.collectonly or session.testsfailed or self._cannot:
            return (yield)
        return (yield from self.execution().loop(session))

    def cannot_begin(self, session: pytest.Session, why: str) -> None:
        """The run does not begin in this worker of pytest-xdist, whose run loop cannot be left.

        It ends after the first of its cases, which says why; the process that it reports to is told as well.
        """
        self._cannot = session.shouldstop = why
        self.config.workeroutput[CANNOT] = why  # type: ignore[attr-defined]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist ended. Where the run could begin in none of them, it is refused."""
        why = getattr(node, "workeroutput", {}).get(CANNOT)
        if why is not None:
            self.problem = self.problem or why
            self._begun -= 1
        self.refused = self.refused or not self._begun

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Workers of pytest-xdist that collected different cases run nothing; that is refused, and no failure."""
        self._collections.add(sum_of(ids))
        if any(".yaml::" in each or ".yml::" in each for each in ids):
            self._ours = True
            self.execution()  # what workers report is counted from now on
        if len(self._collections) > 1 and self._ours:
            self.refused = True
            self.problem = "workers collected different cases: nothing was sent"

    def worker_begins(self) -> None:
        """A worker of pytest-xdist is about to start; the lock of a run whose name may be that of another is taken.

        Raises:
            pytest.UsageError: another process has it.
        """
        self._begun += 1
        if self.config.option.run_id is not None:  # else it is a name that nobody else has
            self.execution().hold()

    def start(self, cases: Sequence[Case]) -> "list[Future[Finished]]":
        """Hands cases to the engine; a future of what comes of each.

        Raises:
            pytest.UsageError: the run could not begin in this worker of pytest-xdist.
        """
        if self._cannot is not None:
            raise pytest.UsageError(self._cannot)
        return self.execution().start(cases)

    def told(self, finished: "Finished") -> str:
        """Why a case did not pass."""
        return self.execution().told(finished)

    def again(self, node: str) -> str:
        """The command that plays one case of this run again."""
        return self.execution().again(node)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.refused and self.worker is None:
            session.exitstatus = REFUSED

    def pytest_unconfigure(self) -> None:
        if self._diary is not None:
            self._diary.close()
