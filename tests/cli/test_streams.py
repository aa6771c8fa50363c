"""Output that cannot be written (D31): result files are whole, and the exit status is the run's own, but never 0."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.record.run import Run

SPEC = """
scenario: One
id: one
turns:
  - user: Reply with OK.
    expect: {text: {contains: %s}}
"""


def full() -> int:
    return os.open("/dev/full", os.O_WRONLY)


def broken() -> int:
    """The end of a pipe that nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def closed() -> None:
    """Done in the child: its standard output is not there at all."""
    os.close(1)


def run(folder: Path, text: str, *, out: int | None = None, err: int = subprocess.PIPE, before: Callable | None = None):
    (folder / "specs").mkdir(exist_ok=True)
    (folder / "specs" / "one.yaml").write_text(SPEC % text)
    command = [sys.executable, "-m", "harness", "run", "--run-id=run", "--junitxml=out.xml"]
    try:
        return subprocess.run(command, cwd=folder, stdout=out, stderr=err, preexec_fn=before, timeout=120, check=False)
    finally:
        for descriptor in {out, err} - {None, subprocess.PIPE, subprocess.DEVNULL}:
            os.close(descriptor)


def check_whole(folder: Path, verdict: str) -> None:
    """Record, report and JUnit are what they are when somebody reads the output."""
    read = Run.read(folder / "reports" / "run").sound()
    assert [str(line.verdict) for line in read.cases] == [verdict]
    assert (folder / "reports" / "run" / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert len(ET.parse(folder / "out.xml").getroot().findall(".//testcase")) == 1


@pytest.mark.parametrize(("text", "verdict", "status"), [("OK", "passed", 3), ("Else", "failed", 1)])
@pytest.mark.parametrize("way", [full, broken, closed])
def test_files_are_whole_and_the_status_is_kept(tmp_path: Path, way: Callable, text: str, verdict: str, status: int):
    done = (
        run(tmp_path, text, out=subprocess.DEVNULL, before=closed) if way is closed else run(tmp_path, text, out=way())
    )

    assert done.returncode == status, done.stderr.decode()
    assert b"the output could not be written" in done.stderr
    assert b"Traceback" not in done.stderr
    check_whole(tmp_path, verdict)


def test_nothing_can_be_told_at_all(tmp_path: Path):
    done = run(tmp_path, "Else", out=full(), err=full())

    assert done.returncode == 1
    check_whole(tmp_path, "failed")


def test_output_that_is_read_leaves_the_status_alone(tmp_path: Path):
    done = run(tmp_path, "OK", out=subprocess.PIPE)

    assert done.returncode == 0, done.stdout.decode()
    assert b"1 passed" in done.stdout
    assert done.stderr == b""


def test_closed_descriptor_is_not_given_to_a_file(tmp_path: Path):
    """Else what is printed would stand in the record."""
    code = "import os; os.close(1); os.close(2); from harness.cli.streams import Streams; Streams(); " + (
        "f = os.open('kept', os.O_WRONLY | os.O_CREAT); print('x' * 10, flush=True); os.write(f, str(f).encode())"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)

    assert int((tmp_path / "kept").read_text()) > 2


def test_every_command_is_held_to_it(tmp_path: Path):
    command = [sys.executable, "-m", "harness", "rules"]
    out = full()
    done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, cwd=tmp_path, check=False)
    os.close(out)

    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def test_signs_that_a_code_page_has_not_are_escaped(tmp_path: Path):
    """As on a console of Windows: told all the same (D30)."""
    code = "from harness.cli.streams import Streams; s = Streams(); print('é→'); raise SystemExit(s.status(0))"
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252:strict", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)

    assert done.stdout.decode("cp1252").splitlines() == ["é" + json.dumps("→")[1:-1]]
