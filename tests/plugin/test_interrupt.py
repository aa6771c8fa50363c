"""Ctrl-C: what was finished is kept, what was under way is dropped, and the exit code says so."""

import os
import signal
import subprocess
import sys
from pathlib import Path

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


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path):
    """Exit 2; the finished case is recorded, the other is known to be missing, and the page is there."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a_quick.yaml").write_text(QUICK)
    (tmp_path / "specs" / "b_slow.yaml").write_text(SLOW)
    run = subprocess.Popen(
        [sys.executable, "-m", "harness", "run", "-v"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert run.stdout is not None
    seen = []
    for line in run.stdout:
        seen.append(line)
        if "PASSED" in line:
            run.send_signal(signal.SIGINT)
            break
    seen.append(run.communicate(timeout=30)[0])

    assert run.returncode == 2, "".join(seen)
    (directory,) = (tmp_path / "reports").iterdir()
    record = Run.read(directory)
    assert [line.verdict for line in record.cases] == ["passed"]
    assert [case.partition("[")[0] for case in record.missing] == ["specs/b_slow.yaml::slow"]
    assert (directory / "report.html").exists()
