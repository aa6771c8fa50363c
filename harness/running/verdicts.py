"""Verdicts in pytest's words: letters, what counts as failed, and what the run's exit status is."""

from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from harness.comparison.gated import weightiest
from harness.engine.traces.lost import Lost
from harness.findings import Verdict
from harness.record.chain import NotRecorded
from harness.record.unsound import Unsound
from harness.running.items import NotPassed, ScenarioItem
from harness.wire.redact import Redactor

INCONCLUSIVE: Final = 6
LETTERS: Final = {Verdict.FAILED: "F", Verdict.ERRORED: "E", Verdict.INCONCLUSIVE: "I"}
FLAKY: Final = "f"
"""The letter of a case that passed although attempts or repeats of it disagree."""
RERUN: Final[str] = "rerun"
"""The outcome of a test that a plugin calls again; its last call counts, and a case's answer is the same."""
CRASHED: Final = "???"
"""The phase of a test whose process died, as pytest-xdist reports it."""


class Verdicts:
    """Counts what the items of a run came to. In the process that workers report to, also those that died with one."""

    def __init__(self, directory: Path, shard: str | None, redact: Redactor) -> None:
        self.counts: Counter[str] = Counter()
        self.problem: str | None = None
        self._lost = Lost(directory, shard, redact)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(item, ScenarioItem) and call.excinfo is not None and not report.skipped:
            error = call.excinfo.value
            verdict = error.finished.verdict if isinstance(error, NotPassed) else Verdict.ERRORED
            report.harness_verdict = str(verdict)  # type: ignore[attr-defined]
        if isinstance(item, ScenarioItem) and item.finished is not None and item.finished.flaky:
            report.harness_flaky = True  # type: ignore[attr-defined]
        return report

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        verdict, flaky = getattr(report, "harness_verdict", None), hasattr(report, "harness_flaky")
        if report.when not in ("call", CRASHED) or report.outcome == RERUN or (verdict is None and not flaky):
            return None
        if verdict is None:
            return "flaky", FLAKY, "PASSED (flaky)"
        return "failed", LETTERS[Verdict(verdict)], verdict.upper() + " (flaky)" * flaky

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        verdict = getattr(report, "harness_verdict", None)
        if verdict is not None and report.outcome != RERUN:
            self.counts[verdict] += 1

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: Any) -> None:
        """A worker died under one of our cases: that case is errored, and recorded so; the others go on."""
        try:
            self._lost.note(
                crashitem, f"the process that ran it died ({report.longrepr}); what it had sent is not known"
            )
        except LookupError:
            return  # no case of ours
        except (NotRecorded, Unsound) as error:
            self.problem = str(error)
        report.harness_verdict = str(Verdict.ERRORED)

    def close(self) -> None:
        """Closes the record of what died."""
        try:
            self._lost.close()
        except NotRecorded as error:
            self.problem = str(error)

    def exit_status(self, status: int, failed: int, gated: int | None, problem: str | None) -> int:
        """The exit code; where several apply: 3, 2, 1, 6, 5, 0.

        Args:
            status: what pytest would answer, which counts `failed` tests.
            gated: the answer of the gate, if the run was held to one.
            problem: what the harness could not do, if there is something.
        """
        others = failed - sum(self.counts.values())
        if status == pytest.ExitCode.INTERNAL_ERROR or self.counts[Verdict.ERRORED] or problem or self.problem:
            return int(pytest.ExitCode.INTERNAL_ERROR)
        if gated is not None and status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return weightiest([gated, int(others > 0)])
        if status != pytest.ExitCode.TESTS_FAILED or self.counts[Verdict.FAILED] or others > 0:
            return status
        return INCONCLUSIVE if self.counts[Verdict.INCONCLUSIVE] else status
