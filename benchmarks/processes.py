"""Whole processes, measured from outside: what they took, and whether they did what they were there for."""

import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class DidNothing(RuntimeError):
    """A process did not do what it was measured for, so that its figures say nothing; the message holds its words."""


@dataclass(frozen=True)
class Used:
    """What a process used: seconds by the clock, seconds of processor, and its peak of memory in MiB."""

    seconds: float
    processor: float
    memory: float


def measured(
    command: Sequence[str | Path],
    folder: Path,
    *,
    shows: str = "",
    status: int = 0,
    environment: Mapping[str, str] | None = None,
) -> Used:
    """Runs a command in a folder, with its bytecode compiled if it ran there before.

    Raises:
        DidNothing: it did not exit with `status`, or the regular expression `shows` is nowhere in what it printed.
    """
    compiled = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled"), **(environment or {})}
    compiled.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as printed:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT, env=compiled
        )
        _, waited, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(waited)
        printed.seek(0)
        words = printed.read().decode(errors="replace")
    if process.returncode != status or re.search(shows, words) is None:
        told = f"exit {process.returncode}, not {status}" if process.returncode != status else f"no {shows!r} in it"
        raise DidNothing(f"{' '.join(map(str, command))}: {told}\n{words[-2000:]}")
    return Used(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


@dataclass(frozen=True)
class Several:
    """What several runs of one command used; the medians speak for them."""

    runs: Sequence[Used]

    @property
    def seconds(self) -> float:
        return statistics.median(each.seconds for each in self.runs)

    @property
    def processor(self) -> float:
        return statistics.median(each.processor for each in self.runs)

    def __str__(self) -> str:
        clock = sorted(each.seconds for each in self.runs)
        memory = max(each.memory for each in self.runs)
        return (
            f"{self.seconds:.2f} s ({clock[0]:.2f}–{clock[-1]:.2f}), "
            f"{self.processor:.2f} s of processor, {memory:.0f} MiB"
        )

    def beside(self, other: "Several") -> str:
        """The ratio to another's, by the clock and by the processor."""
        return f"{self.seconds / other.seconds:.2f} x, {self.processor / other.processor:.2f} x of processor"


def load() -> str:
    """How busy the machine is with other things, to be told beside the figures."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
