"""Ctrl-C and SIGTERM: what was finished is kept, what was under way is dropped, and the exit code says so."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.record.run import Run

QUICK = """
scenario: Quick
turns:
  - user: Reply with OK.
    expect: {status: completed}
"""
SLOW = """
scenario: Slow
mock: {delay: 10m}
turns:
  - user: Reply with OK.
    expect: {status: completed}
"""


def started(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """A run of which one case is finished and another one never ends."""
    (folder / "specs").mkdir()
    (folder / "specs" / "a_quick.yaml").write_text(QUICK)
    (folder / "specs" / "b_slow.yaml").write_text(SLOW)
    run = subprocess.Popen(
        [sys.executable, "-m", "harness", "run", "-v", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert run.stdout is not None
    for line in run.stdout:
        if "PASSED" in line:
            return run
    raise AssertionError(f"it ended with {run.wait()} before anything had passed")


def kept(folder: Path) -> Path:
    """The run's directory, in which the finished case is recorded and the other known to be missing."""
    (directory,) = (folder / "reports").iterdir()
    record = Run.read(directory).sound()
    assert [line.verdict for line in record.cases] == ["passed"]
    assert [case.partition("[")[0] for case in record.missing] == ["specs/b_slow.yaml::slow"]
    return directory


@pytest.mark.parametrize(("number", "workers"), [(signal.SIGINT, ()), (signal.SIGTERM, ()), (signal.SIGTERM, ("-n1",))])
def test_first_signal_ends_the_run_in_order(tmp_path: Path, number: int, workers: tuple[str]):
    """Exit 2 within five seconds of this process's own time; record and page are whole (D05, D07)."""
    run = started(tmp_path, *workers)
    began = time.monotonic()
    run.send_signal(number)
    told = run.communicate(timeout=60)[0]

    assert run.returncode == 2, told
    assert time.monotonic() - began < (5 if os.getloadavg()[0] < 2 else 30)  # a machine that is shared waits for us
    assert (kept(tmp_path) / "report.html").read_text().rstrip().endswith("</html>")
    assert not list((tmp_path / "reports").glob("*/*.lock"))


def test_second_signal_ends_it_at_once(tmp_path: Path):
    """Exit 130; the record can be read all the same (D06)."""
    run = started(tmp_path)
    while run.poll() is None:  # a signal that comes before the first was heard is no second one
        run.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.communicate(timeout=0.1)

    assert run.returncode == 130
    kept(tmp_path)
