"""Scenario files and their cases as pytest items: a shell over the engine.

A case starts when the run loop starts, many at once; its item waits for its own. In a worker of pytest-xdist,
which does not know its share, and for a case with fixtures, it starts when its item comes up.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest

from harness.catalogue import Catalogue
from harness.engine.planning.plan import Case, Omitted, Plan, plan
from harness.engine.planning.scripts import wrong_scripts
from harness.engine.planning.unbelieving import Unbelieving
from harness.findings import Verdict
from harness.record.chain import NotRecorded
from harness.scenario.files import project_of
from harness.scenario.load import load
from harness.scenario.model import Scenario
from harness.scenario.variables import names
from harness.source.place import Refused
from harness.wire.redact import Redactor

if TYPE_CHECKING:  # connections and the record's lines, which collecting does without
    from harness.engine.planning.repeating import Finished
    from harness.engine.targets.target import Target

_UNATTENDED: Final = frozenset({"request"})


class Played(Protocol):
    """A recorded run that is played again, and planned as it was."""

    def knowing(self, scenario: Scenario) -> "tuple[Target, ...]":
        """The recorded targets, to plan a scenario on."""
        ...

    def planned(self, scenario: Scenario, cases: Sequence[Case]) -> tuple[Case, ...]:
        """Those of the cases that can be played."""
        ...


class Running(Protocol):
    """What items need of the run that they are part of."""

    settings: dict[str, Any]
    targets: "tuple[Target, ...]"
    unconfigured: bool
    redact: Redactor
    omitted: list[Omitted]
    wanted: set[str]
    refused: bool
    cassette: Played | None
    fixtures: dict[Any, Any]

    def again(self, node: str) -> str: ...

    def told(self, finished: "Finished") -> str: ...

    def register_mark(self, tag: str) -> None: ...

    def start(self, cases: Sequence[Case]) -> "list[Future[Finished]]": ...


class NotPassed(Exception):
    """A case did not pass; carries what came of it."""

    def __init__(self, finished: "Finished") -> None:
        self.finished = finished
        super().__init__(finished.line.case)


def case_of_its_item() -> None:
    """What a scenario's item calls as its function; the case itself runs in the engine."""


class ScenarioFile(pytest.File):
    """A file of scenarios; its items are their cases.

    All items of a folder have the same fixtures, found with the first: none can be defined in a file of ours.
    """

    harness: Running

    def collect(self) -> Iterator["ScenarioItem"]:
        root = project_of(self.path, self.config.rootpath) or self.config.rootpath
        try:
            scenarios = load(self.path, root, settings=self.harness.settings)
            plans = [self._plan(scenario) for scenario in scenarios]
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

    def _plan(self, scenario: Scenario) -> Plan:
        """The cases of a scenario; of a recorded run those that can be played again."""
        cassette = self.harness.cassette
        planned = plan(
            scenario,
            self.harness.targets if cassette is None else cassette.knowing(scenario),
            (Unbelieving if self.config.option.probe else Catalogue).load(),
            self.harness.settings,
            first_that_fits=self.harness.unconfigured,
            repeat=self.config.option.repeat,
        )
        return planned if cassette is None else replace(planned, cases=cassette.planned(scenario, planned.cases))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Refused):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class ScenarioItem(pytest.Function):
    """One case as a pytest item: fixtures, marks and reports as with any test."""

    case: Case
    future: "Future[Finished] | None" = None
    finished: "Finished | None" = None

    @classmethod
    def of(cls, parent: ScenarioFile, case: Case) -> "ScenarioItem":
        known = parent.harness.fixtures
        item: ScenarioItem = cls.from_parent(
            parent, name=case.name, callobj=case_of_its_item, fixtureinfo=known.get(parent.parent)
        )
        known[parent.parent] = item._fixtureinfo
        item.fixturenames = list(item.fixturenames)  # hooks of others add to it, for this case alone
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

    @cached_property
    def id(self) -> Any:
        """The node's id as pytest reads it back from its cache: what stands in brackets are parameters.

        A function made without pytest's own parametrising keeps them in its name, and `--lf` would not know it again.
        """
        return type(super().id).parse(self.nodeid)

    @property
    def attended(self) -> bool:
        """Whether fixtures must be set up before the case may start; nothing is, for one that is not sent."""
        return self.case.skipped is None and not _UNATTENDED.issuperset(self.fixturenames)

    def setup(self) -> None:
        """Sets fixtures up, unless it is known that the case is not sent: then it is over here."""
        if self.case.skipped is not None:
            self._skip_or_go_on()
        super().setup()

    def runtest(self) -> None:
        finished = self._skip_or_go_on()
        if finished.verdict is not Verdict.PASSED:
            raise NotPassed(finished)

    def _skip_or_go_on(self) -> "Finished":
        """What came of the case; one that was skipped ends here."""
        harness: Running = self.parent.harness  # type: ignore[union-attr]
        if self.future is None:
            self.future = harness.start([self.case])[0]
        self.finished = finished = self.future.result()  # once: whoever has it run again meets the same answer
        if finished.verdict is Verdict.SKIPPED:
            pytest.skip(finished.line.reason or "")
        return finished

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, NotPassed):
            harness: Running = self.parent.harness  # type: ignore[union-attr]
            told = harness.told(excinfo.value.finished)
            if not self.case.scenario.sensitive:  # what was withheld cannot be played
                told += f"\n\n{harness.again(self.nodeid)}"
            return harness.redact(told.encode()).decode()
        if isinstance(excinfo.value, NotRecorded):
            return f"the case could not be recorded: {excinfo.value}"
        if isinstance(excinfo.value, pytest.UsageError):
            return f"the case was not sent: {excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.scenario.place.line - 1, self.name
