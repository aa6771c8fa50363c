"""Scenario files and their cases as pytest items: a shell over the engine.

A case starts when the run loop starts, many at once; its item waits for its own. In a worker of pytest-xdist,
which does not know its share, and for a case with fixtures, it starts when its item comes up.
"""

import gc
import secrets
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

import pytest

from harness.catalogue import Catalogue
from harness.engine.book import Shared
from harness.engine.ceiling import MOST_REQUESTS, Ceiling, ceiling
from harness.engine.engine import CONCURRENCY
from harness.engine.exploring import FOLDER, Exploring
from harness.engine.heading import heading
from harness.engine.ledger import Ledger, ledger_name, left_behind
from harness.engine.loop import EngineLoop
from harness.engine.plan import Case, Omitted, plan
from harness.engine.planting import seed_of
from harness.engine.scripts import wrong_scripts
from harness.engine.steadiness import Steadiness
from harness.engine.target import Facts
from harness.engine.telling import told
from harness.engine.unbelieving import Unbelieving
from harness.findings import Verdict
from harness.pytest_options import Ground, check_examples, check_settings, settings_of
from harness.record.chain import NotRecorded, RecordExists
from harness.record.lines import CaseLine
from harness.record.run import Run
from harness.record.writer import RunWriter
from harness.report.matrix import matrix
from harness.scenario.files import project_of
from harness.scenario.load import load
from harness.scenario.variables import names
from harness.source.place import Refused

REFUSED: Final = 4
INCONCLUSIVE: Final = 6
LETTERS: Final = {Verdict.FAILED: "F", Verdict.ERRORED: "E", Verdict.INCONCLUSIVE: "I"}
MARKS: Final = {
    "owner(name)": "scenarios of this owner",
    "links(*addresses)": "scenarios with these links",
}
"""Markers that every case may have, beside its tags."""
_UNATTENDED: Final = frozenset({"request"})


PageWriter = Callable[[Run, Path], None]
"""Writes a run's report to a file."""


class NotPassed(Exception):
    """A case did not pass; carries its line of the record."""

    def __init__(self, line: CaseLine) -> None:
        self.line = line
        super().__init__(line.case)


def case_of_its_item() -> None:
    """What a scenario's item calls as its function; the case itself runs in the engine."""


class ScenarioFile(pytest.File):
    """A file of scenarios; its items are their cases."""

    harness: "Harness"

    def collect(self) -> Iterator["ScenarioItem"]:
        root = project_of(self.path, self.config.rootpath) or self.config.rootpath
        try:
            scenarios = load(self.path, root, settings=self.harness.settings)
            plans = [
                plan(
                    scenario,
                    self.harness.targets,
                    (Unbelieving if self.config.option.probe else Catalogue).load(),
                    self.harness.settings,
                    first_that_fits=self.harness.unconfigured,
                )
                for scenario in scenarios
            ]
            if mistakes := wrong_scripts((case.scenario, case.target) for planned in plans for case in planned.cases):
                raise Refused(mistakes)
        except Refused:
            self.harness.refused = True
            raise
        for scenario, planned in zip(scenarios, plans, strict=True):
            self.harness.omitted.extend(planned.omitted)
            self.harness.wanted |= names(scenario.source)
            for tag in scenario.tags:
                self.harness.register_mark(tag)
            for case in planned.cases:
                yield ScenarioItem.of(self, case)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Refused):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class ScenarioItem(pytest.Function):
    """One case as a pytest item: fixtures, marks and reports as with any test."""

    case: Case
    future: "Future[CaseLine] | None" = None

    @classmethod
    def of(cls, parent: ScenarioFile, case: Case) -> "ScenarioItem":
        item: ScenarioItem = cls.from_parent(parent, name=case.name, callobj=case_of_its_item)
        item.case = case
        for tag in case.scenario.tags:
            item.add_marker(tag)
        if case.scenario.owner:
            item.add_marker(pytest.mark.owner(name=case.scenario.owner))
            item.user_properties.append(("owner", case.scenario.owner))
        if case.scenario.links:
            item.add_marker(pytest.mark.links(*case.scenario.links))
            item.user_properties += [("link", link) for link in case.scenario.links]
        return item

    @property
    def id(self) -> Any:
        """The node's id as pytest reads it back from its cache: what stands in brackets are parameters.

        A function made without pytest's own parametrising keeps them in its name, and `--lf` would not know it again.
        """
        return type(super().id).parse(self.nodeid)

    @property
    def attended(self) -> bool:
        """Whether fixtures must be set up before the case may start."""
        return not _UNATTENDED.issuperset(self.fixturenames)

    def runtest(self) -> None:
        harness: Harness = self.parent.harness  # type: ignore[union-attr]
        line = (self.future or harness.start([self.case])[0]).result()
        if line.verdict is Verdict.SKIPPED:
            pytest.skip(line.reason or "")
        if line.verdict is not Verdict.PASSED:
            raise NotPassed(line)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, NotPassed):
            harness: Harness = self.parent.harness  # type: ignore[union-attr]
            return harness.redact(told(excinfo.value.line).encode()).decode()
        if isinstance(excinfo.value, NotRecorded):
            return f"the case could not be recorded: {excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.scenario.place.line - 1, self.name


class Harness:
    """All that a pytest process does for our files: one plan, one engine, one record."""

    def __init__(
        self,
        config: pytest.Config,
        ground: Ground,
        page_writer: Callable[[], PageWriter],
    ) -> None:
        self._config = config
        self._page_writer = page_writer
        option = config.option
        self.settings = settings_of(option.set)
        check_examples(option.examples)
        self.targets = ground.chosen.targets
        self.redact = ground.redact
        self.unconfigured = not ground.chosen.configured
        worker = getattr(config, "workerinput", None)
        self.run: str = worker["harness_run"] if worker else new_run_id()
        self.shard: str | None = worker["workerid"] if worker else None
        self.directory = Path(option.reports or config.invocation_params.dir / "reports") / self.run
        self.omitted: list[Omitted] = []
        self._matrix: list[str] = []
        self.wanted: set[str] = set()
        for mark, about in MARKS.items():
            config.addinivalue_line("markers", f"{mark}: {about}")
        self.refused = False
        self.verdicts: Counter[str] = Counter()
        self._marks: set[str] = set()
        self._loop: EngineLoop | None = None
        self._problem: str | None = None
        self._ceiling = Ceiling()

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
        seed = seed_of(self.run)
        told_settings = {"concurrency": option.concurrency or CONCURRENCY, "defects": list(option.defect)}
        head = heading(
            self.run, cases, self.omitted, started=time.time(), seed=seed, settings={**told_settings, **self.settings}
        )
        try:
            writer = RunWriter(self.directory, head, redact=self.redact, shard=self.shard)
        except (NotRecorded, RecordExists) as error:
            raise pytest.UsageError(str(error)) from None
        ledger = Ledger(self.directory / ledger_name(self.shard), self.run)
        concurrency = option.concurrency or CONCURRENCY
        self._loop = EngineLoop(
            writer, concurrency, self._steadiness(), ledger, self._exploring(), seed, self.redact.finds
        )
        try:
            if self.shard is None:
                ahead = [item for item in ours if not item.attended]
                for item, future in zip(ahead, self.start([item.case for item in ahead]), strict=True):
                    item.future = future
                self._page_writer()
            return (yield)
        finally:
            self._loop.stop()
            ledger.close()
            try:
                writer.close()
            except NotRecorded as error:
                self._problem = str(error)

    def _exploring(self) -> Exploring:
        """How much is explored of cases with generated parameters; what fails is kept where the run was started."""
        wanted = self._config.option.examples
        return Exploring(wanted, self._config.invocation_params.dir / FOLDER)

    def _check_ceiling(self, cases: Sequence[Case]) -> None:
        """Nothing is sent where a run may ask live targets for more than is wanted.

        Raises:
            pytest.UsageError: it may.
        """
        self._ceiling = ceiling(cases)
        most = self._config.option.max_requests or MOST_REQUESTS
        if self._ceiling.requests > most:
            told = f"this run may send {self._ceiling.requests} requests to live targets, more than {most}"
            raise pytest.UsageError(f"{told}: choose fewer cases, or allow it with --max-requests")

    def _steadiness(self) -> Steadiness:
        """Pace and repeats; one book for all workers of pytest-xdist."""
        return Steadiness(Shared(self.directory / "pace.sqlite") if self.shard is not None else None)

    def start(self, cases: Sequence[Case]) -> "list[Future[CaseLine]]":
        """Hands cases to the engine; a future of each one's line."""
        assert self._loop is not None, "cases start in the run loop only"
        return self._loop.submit(cases)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(item, ScenarioItem) and call.excinfo is not None and not report.skipped:
            error = call.excinfo.value
            verdict = error.line.verdict if isinstance(error, NotPassed) else Verdict.ERRORED
            report.harness_verdict = str(verdict)  # type: ignore[attr-defined]
        return report

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        verdict = getattr(report, "harness_verdict", None)
        if verdict is None or report.when != "call":
            return None
        return "failed", LETTERS[Verdict(verdict)], verdict.upper()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        verdict = getattr(report, "harness_verdict", None)
        if verdict is not None:
            self.verdicts[verdict] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.shard is not None:
            return
        if self.directory.exists():
            self._report()
        session.exitstatus = self._exit_status(int(session.exitstatus), session.testsfailed)

    def _report(self) -> None:
        try:
            run = Run.read(self.directory)
            self._matrix = [] if self.unconfigured else matrix(run)
            self._page_writer()(run, self.directory / "report.html")
        except Exception as error:  # a page that breaks must not take record and verdicts with it
            self._problem = f"the report was not written: {error}"

    def _exit_status(self, status: int, failed: int) -> int:
        """The exit code; where several apply: 4 alone, then 3, 2, 1, 6, 5, 0."""
        if self.refused:
            return REFUSED
        others = failed - sum(self.verdicts.values())
        if status == pytest.ExitCode.INTERNAL_ERROR or self.verdicts[Verdict.ERRORED] or self._problem:
            return int(pytest.ExitCode.INTERNAL_ERROR)
        if status != pytest.ExitCode.TESTS_FAILED or self.verdicts[Verdict.FAILED] or others > 0:
            return status
        return INCONCLUSIVE if self.verdicts[Verdict.INCONCLUSIVE] else status

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.shard is not None or not self.directory.exists():
            return
        show = terminalreporter
        show.section("harness")
        if self.omitted:
            show.write_line("modes left out:")
            for each in self.omitted:
                show.write_line(f"  {each.scenario} {each.what}: {each.reason}")
        if self._problem:
            show.write_line(f"problem: {self._problem}", red=True)
        if left := left_behind(self.directory):
            command = f"harness gc {self.run}"
            show.write_line(
                f"left at the provider: {left}; remove it with `{command}` and this run's targets", red=True
            )
        for line in self._matrix:
            show.write_line(line)
        if self._ceiling.requests:
            show.write_line(f"planned: {self._ceiling}")
        show.write_line(f"ran on {where_of([target.facts for target in self.targets])}")
        show.write_line(f"record: {shown_path(self.directory / 'record.jsonl')}")
        show.write_line(f"report: {shown_path(self.directory / 'report.html')}")


def where_of(facts: Sequence[Facts]) -> str:
    """On what a run was, in a few words."""
    endpoints = {"the embedded endpoint" if fact.kind == "embedded" else fact.endpoint: None for fact in facts}
    if len(endpoints) == 1:
        return next(iter(endpoints))
    regions = len({fact.region for fact in facts if fact.region})
    return f"{len(facts)} targets at {len(endpoints)} endpoints in {regions} region{'s' * (regions != 1)}"


def new_run_id() -> str:
    """An id that sorts by time: `20260131-235959-1f3a`."""
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime()) + "-" + secrets.token_hex(2)


def shown_path(path: Path) -> str:
    """A path as short as it can be said from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
