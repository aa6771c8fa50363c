"""A run in a terminal of its own: one line tells how far it is; a pipeline and a plain file get pytest's letters."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCENARIOS = """\
scenario: Words come back
id: {name}
turns:
  - user: Reply with "{name}".
    expect:
      text: {{contains: "{said}"}}
"""


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    folder.mkdir()
    for name, said in (("one", "one"), ("two", "never said")):
        (folder / f"{name}.yaml").write_text(SCENARIOS.format(name=name, said=said), encoding="utf-8")
    return tmp_path


def in_terminal(folder: Path, **environment: str) -> str:
    """What a run writes to a terminal."""
    ours, theirs = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "COLUMNS")}
    run = subprocess.Popen(
        [sys.executable, "-m", "harness", "run"],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=plain | {"TERM": "xterm"} | environment,
    )
    os.close(theirs)
    read = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        read += part
    os.close(ours)
    assert run.wait() == 1, read.decode()
    return read.decode()


def test_terminal_shows_one_line_that_is_drawn_over(specs: Path):
    shown = in_terminal(specs)

    assert re.search(r"\r\x1b\[2K\d/2 done", shown)
    assert "Captured" not in shown
    assert "one.yaml ." not in shown
    assert "✕ failed at specs/two.yaml:6:7: expect.text: " in shown
    assert "1 failed" in shown.splitlines()[-1]
    assert "FAILED" in shown


def test_pipeline_gets_letters_and_no_line_that_moves(specs: Path):
    shown = in_terminal(specs, CI="true")

    assert "\x1b[2K" not in shown
    assert "/2 done" not in shown
    assert "one.yaml" in shown


def test_colours_are_left_out_where_nobody_wants_them(specs: Path):
    shown = in_terminal(specs, NO_COLOR="1")

    assert not re.search(r"\x1b\[[0-9;]*m", shown)


def test_narrow_terminal_is_never_wrapped(specs: Path):
    shown = in_terminal(specs, COLUMNS="20")

    lines = re.findall(r"\r\x1b\[2K([^\r\x1b]*)", shown)
    assert lines
    assert all(len(line) < 20 for line in lines)
