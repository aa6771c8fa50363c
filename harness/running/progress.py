"""The live line of a run in a terminal, and what stands in its place where nobody looks on.

In a terminal one line is drawn over and over, and pytest's letters are left out; a pipeline's log gets a plain line
from time to time. Colours follow pytest's own rules (`NO_COLOR`, `--color`).
"""

import os
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final, TextIO

import pytest

from harness.engine.planning.plan import Case
from harness.engine.traces.progress import Count, Progress
from harness.findings import Verdict

OFTEN: Final = 0.2
"""Seconds between two drawings of the live line."""
SELDOM: Final = 60.0
"""Seconds between two lines of a log."""


class LiveProgress:
    """Tells how far a run has come while its items wait.

    Args:
        config: whose terminal is written to.
        alone: whether nothing else runs than cases; other tests want pytest's own line.
        moment: how many cases are under way, and how many requests wait for quota, when asked.
        clock: seconds, by a clock that only goes forward.
    """

    def __init__(
        self,
        config: pytest.Config,
        alone: bool,
        moment: Callable[[], tuple[int, int]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._moment = moment
        self._clock = clock
        self._began = clock()
        self._planned: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._failed = 0
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self.live = alone and self._terminal is not None and is_live(config, self._terminal)
        self._drawn = False
        self._out: TextIO | None = None

    def take(self, cases: Sequence[Case], futures: "Sequence[Future[Any]]") -> None:
        """Counts cases that were handed to the engine, and their ends."""
        for case, future in zip(cases, futures, strict=True):
            region = case.target.facts.region or "-"
            with self._lock:
                self._planned[region] += 1
            future.add_done_callback(lambda done, region=region: self._ended(region, done))  # type: ignore[misc]

    def _ended(self, region: str, done: "Future[Any]") -> None:
        bad = not done.cancelled() and (
            done.exception() is not None or done.result().verdict not in (Verdict.PASSED, Verdict.SKIPPED)
        )
        with self._lock:
            self._done[region] += 1
            self._failed += bad

    def now(self) -> Progress:
        """How far it is."""
        running, waiting = self._moment()
        with self._lock:
            planned, done = self._planned.total(), self._done.total()
            regions = {name: Count(count, self._done[name]) for name, count in self._planned.items()}
            failed = self._failed
        return Progress(
            planned, done, min(running, planned - done), waiting, failed, self._clock() - self._began, regions
        )

    def start(self) -> None:
        """Begins to tell, to the terminal itself: what is written while a case runs would be captured."""
        if self._terminal is None:
            return
        try:
            self._out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", errors="replace")
        except (OSError, ValueError):  # standard output is no file
            return
        if self.live:
            self._terminal.showfspath = False
        self._thread = threading.Thread(target=self._tell, name="harness-progress", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends, and leaves the terminal's line empty; words of reports are pytest's own again."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.live = False
        if self._out is not None:
            if self._drawn:
                self._write("\r\x1b[2K")
            self._out.close()
            self._out = None

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Cases have no letters where the live line counts them."""
        if not self.live or (report.when != "call" and not report.skipped):  # what is not sent ends in its setup
            return None
        if report.failed or report.skipped:
            return report.outcome, "", ""
        return ("flaky" if hasattr(report, "harness_flaky") else "passed"), "", ""

    def _tell(self) -> None:
        if self.live:
            self.draw()
        while not self._end.wait(OFTEN if self.live else SELDOM):
            self.draw()

    def draw(self) -> None:
        """Writes the line as it stands now."""
        width = shutil.get_terminal_size().columns - 1
        line = self.now().line(width if self.live else 1000)
        if self.live:
            self._drawn = True
            self._write(f"\r\x1b[2K{line}")
        else:
            self._write(f"\n{line}\n")

    def _write(self, text: str) -> None:
        if self._out is None:
            return
        try:
            self._out.write(text)
            self._out.flush()
        except (OSError, ValueError):  # nobody reads any more: the run goes on
            self._end.set()


def is_live(config: pytest.Config, terminal: Any) -> bool:
    """Whether somebody looks on: a terminal that can draw over a line, no pipeline, and nothing more was asked for."""
    return (
        bool(terminal.isatty)
        and not os.environ.get("CI")
        and os.environ.get("TERM", "dumb") != "dumb"
        and config.option.verbose <= 0
        and config.option.capture != "no"
    )
