"""The end of a run: its page, the gate's word, and what the terminal says last."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from harness.comparison.comparison import Comparison
from harness.comparison.gated import Gated, Judged
from harness.engine.ledger import left_behind
from harness.engine.planning.ceiling import Ceiling
from harness.engine.replay.cassette import Cassette
from harness.record.lines import LeftOut
from harness.record.run import RECORDS, Run
from harness.report.first import first_failures
from harness.report.matrix import matrix
from harness.running.replay import kept
from harness.running.telling import shown_path
from harness.summary.repeated import lines as repeats_told

PageWriter = Callable[[Run, Path, Comparison | None, Gated | None], None]
"""Writes a run's report to a file, with what a comparison and a gate said."""

PAGE: Final = "report.html"
"""The file of a run's directory that holds its report."""

Gate = Callable[[Run], Judged]
"""Holds a finished run to its policy."""


class Ending:
    """What comes of a run's record, and what is said of it; nothing here may take the record's verdicts with it.

    Args:
        run: its name.
        directory: where its files are.
        page_writer: gives what writes the page, when it is needed.
        gate: holds the run to a policy; None where nobody asked.
        keep: the folder that keeps the run as a cassette; None where nobody asked.
        regions: whether passed cases are counted by region and model.
    """

    def __init__(
        self,
        run: str,
        directory: Path,
        page_writer: Callable[[], PageWriter],
        gate: Gate | None = None,
        *,
        keep: str | None = None,
        regions: bool = True,
    ) -> None:
        self.run = run
        self.directory = directory
        self.problem: str | None = None
        self.warnings: list[str] = []
        self.judged: Judged | None = None
        self.planned = Ceiling()
        self._page_writer = page_writer
        self._gate = gate
        self._keep = keep
        self._regions = regions
        self._lines: list[str] = []
        self._left_out: tuple[LeftOut, ...] = ()

    def read(self) -> None:
        """Reads the record back, judges the run and writes its page; what goes wrong becomes the run's problem."""
        self.problem = kept(self.directory, self._keep) or self.problem
        try:
            run = Run.read(self.directory)
            self._left_out = run.head.left_out
            self._lines = [*first_failures(run), *repeats_told(run), *(matrix(run) if self._regions else ())]
            self._judge(run)
            judged = self.judged
            found = (judged.comparison, judged.gated) if judged is not None else (None, None)
            self._page_writer()(run, self.directory / PAGE, *found)
        except Exception as error:  # a page that breaks must not take record and verdicts with it
            self.problem = f"the report was not written: {error}"

    def _judge(self, run: Run) -> None:
        """Holds the run to its policy, where one was asked for."""
        if self._gate is None:
            return
        try:
            self.judged = self._gate(run)
        except Exception as error:  # nor must a gate that breaks
            self.problem = f"the gate did not judge: {error}"

    def tell(self, show: Any, problems: Iterable[str], cassette: Cassette | None) -> None:
        """The terminal's section about the run: what was left out, what went wrong, what failed and how often."""
        show.section("harness")
        if self._left_out:
            show.write_line("modes left out:")
            for each in self._left_out:
                show.write_line(f"  {each.scenario} {each.what}: {each.reason}")
        for problem in problems:
            show.write_line(f"problem: {problem}", red=True)
        if left := left_behind(self.directory):
            command = f"harness gc {self.run}"
            show.write_line(
                f"left at the provider: {left}; remove it with `{command}` and this run's targets", red=True
            )
        for warning in self.warnings:
            show.write_line(f"warning: {warning}", yellow=True)
        for case in cassette.unplayed if cassette is not None else ():
            show.write_line(f"recorded, and in its file no more: {case}", yellow=True)
        for line in self._lines:
            show.write_line(line)
        if self.planned.requests:
            show.write_line(f"planned: {self.planned}")

    def tell_where(self, show: Any, where: str, record: str) -> None:
        """Its last lines: what the run was on, its files, and the gate's word.

        Args:
            record: the name of this process's record; workers of pytest-xdist write one each.
        """
        show.write_line(f"ran on {where}")
        files = [file for file in (self.directory / record,) if file.exists()] or [*self.directory.glob(RECORDS)]
        if files:
            told = shown_path(files[0] if len(files) == 1 else self.directory)
            show.write_line(f"record: {told}" + (f" ({len(files)} files)" if len(files) > 1 else ""))
        if (page := self.directory / PAGE).exists():
            show.write_line(f"report: {shown_path(page)}")
        for line in self.judged.told if self.judged is not None else ():
            show.write_line(line)
