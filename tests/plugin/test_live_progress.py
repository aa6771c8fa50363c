"""A run in a terminal of its own: one line tells how far it is; a pipeline and a plain file get pytest's letters."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.running.commands import Unheard

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


def test_a_case_that_is_not_sent_has_no_letter_in_a_terminal(specs: Path):
    (specs / "specs" / "absent.yaml").write_text(
        SCENARIOS.format(name="absent", said="absent") + "needs: [multi_agent]\n", encoding="utf-8"
    )
    shown = in_terminal(specs)
    in_pipeline = in_terminal(specs, CI="true")

    assert "1 skipped" in shown.splitlines()[-1]
    assert "\x1b[33ms\x1b[0m" in in_pipeline
    assert "\x1b[33ms\x1b[0m" not in shown


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
    assert "1 case of 2 did not pass, for 1 cause:" in shown
    assert "✕ failed at specs/two.yaml:6:7: expect.text: " in shown


HOSTILE = """\
scenario: "::error::a title"
id: words
turns:
  - user: "Reply with \\"::error file=x::gone\\"."
    expect:
      text: {equals: "\\n::set-output name=x::y\\n##[error]gone"}
"""


@pytest.mark.parametrize("options", [["-v"], ["-n", "1"]])
def test_pipeline_obeys_nothing_between_two_lines_of_ours(specs: Path, options: list[str]):
    """On GitHub all that a run tells of cases stands between a stop and a resume."""
    (specs / "specs" / "two.yaml").write_text(HOSTILE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "harness", "run", *options],
        cwd=specs,
        env=os.environ | {"GITHUB_ACTIONS": "true", "CI": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 1, done.stdout
    heard, token = [], ""
    for line in done.stdout.splitlines():
        if not token and (stop := re.match(r"::stop-commands::(\S+)$", line)):
            token = stop[1]
        elif token and line == f"::{token}::":
            token = ""
        elif not token:
            heard.append(line)
    assert token == ""
    assert "1 failed" in done.stdout
    assert not any("::" in line or "##[" in line or "failed" in line for line in heard), heard


def test_token_that_ends_the_silence_is_another_one_each_time():
    """Nobody who was told one can end the silence of the next run; elsewhere than on GitHub nothing is said."""
    written: list[str] = []
    terminal = SimpleNamespace(write=written.append)
    config: Any = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugin=lambda name: terminal))
    for _ in range(2):
        Unheard(config).pytest_unconfigure()
    stops = [re.fullmatch(r"\n::stop-commands::(unheard-[0-9a-f]{32})\n", text) for text in written[::2]]
    assert [f"\n::{stop[1]}::\n" for stop in stops if stop] == written[1::2]
    assert written[0] != written[2]
    nowhere: Any = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugin=lambda name: None))
    Unheard(nowhere).pytest_unconfigure()


def test_pipeline_without_a_terminal_tells_the_same_at_the_end(specs: Path):
    """CI, no colours, no terminal: letters, then the causes, then where the report is."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", "run"],
        cwd=specs,
        env=os.environ | {"CI": "true", "NO_COLOR": "1", "COLUMNS": "60"},
        stdout=subprocess.PIPE,
        text=True,
    )

    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout
    lines = done.stdout.splitlines()
    head = lines.index("1 case of 2 did not pass, for 1 cause:")
    assert lines[head + 1].startswith("  ✕ failed at specs/two.yaml:6:7: expect.text: ")
    assert any(line.startswith("report: reports/") and line.endswith("report.html") for line in lines)
