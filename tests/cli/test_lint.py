"""`harness lint` and `harness schema` as a person runs them: what is printed, and the exit codes."""

import json

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from harness.cli import COMMANDS, main

GOOD = "scenario: Hello\nturns: [{user: a, expect: {text: b}}]\n"
BAD = "scenario: Hello\nturns: [{usr: a, expect: {text: b}}]\nid: A\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def test_all_is_well(run, tmp_path):
    (tmp_path / "specs" / "deep").mkdir(parents=True)
    (tmp_path / "specs" / "a.yaml").write_text(GOOD)
    (tmp_path / "specs" / "deep" / "b.yml").write_text(GOOD.replace("Hello", "One") + "---\n" + GOOD)

    result = run("lint")

    assert (result.exit_code, result.stdout) == (0, "3 scenarios in 2 files, all well formed\n")
    assert run("lint", "specs/a.yaml").stdout == "1 scenario in 1 file, all well formed\n"


def test_every_mistake_of_every_file(run, tmp_path):
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "a.yaml").write_text(BAD)
    (specs / "b.yaml").write_text(GOOD)
    (specs / "c.yaml").write_bytes(b"scenario: \xff")
    (specs / "d.yaml").write_text("# nothing yet\n")
    (specs / "e.yaml").write_text("scnario: Hello\n")

    result = run("lint")

    assert result.exit_code == 4
    assert result.stdout == ""
    assert [line for line in result.stderr.splitlines() if "-->" in line] == [
        " --> specs/a.yaml:2:10",
        " --> specs/a.yaml:3:5",
        " --> specs/c.yaml:1:11",
        " --> specs/d.yaml:1:1",
        " --> specs/e.yaml:1:1",
        " --> specs/e.yaml:1:1",
        " --> specs/e.yaml:1:1",
    ]
    assert result.stderr.endswith("7 mistakes in 5 files\n")


def test_no_scenario(run, tmp_path):
    (tmp_path / "workflow.yaml").write_text("on: push\n")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.yaml").write_text(BAD.replace("Hello", "Hidden"))
    assert run("lint", ".").exit_code == 5
    assert run("lint", ".").stderr == "no scenario found\n"


def test_a_file_that_is_named_is_a_scenario_whatever_it_holds(run, tmp_path):
    (tmp_path / "workflow.yaml").write_text("on: push\n")
    assert run("lint", "workflow.yaml").exit_code == 4
    assert run("lint", "missing.yaml").exit_code == 4
    assert "the file does not exist" in run("lint", "missing.yaml").stderr
    assert "--> specs:1:1" in run("lint").stderr  # the default, where there is no such folder


def test_settings_are_known(run, tmp_path):
    (tmp_path / "a.yaml").write_text("scenario: A\nturns: [{user: '${day}', expect: {text: b}}]\n")
    assert run("lint", "a.yaml").exit_code == 4
    assert run("lint", "a.yaml", "--set", "day=monday").exit_code == 0


def test_what_is_shown_moves_no_cursor(run, tmp_path):
    (tmp_path / "a.yaml").write_text(
        'scenario: A\n"\\e[2J\\u202e": 1\nturns: [{user: a, expect: {text: {contain: "\\e]0;x"}}}]\n'
    )
    result = run("lint", "a.yaml")
    assert result.exit_code == 4
    assert "\x1b" not in result.stderr
    assert "\u202e" not in result.stderr


def test_the_schema_is_printed_or_written(run, tmp_path):
    printed = run("schema")
    assert printed.exit_code == 0
    Draft202012Validator.check_schema(json.loads(printed.stdout))

    assert run("schema", "--output", "scenario.schema.json").stdout == ""
    assert (tmp_path / "scenario.schema.json").read_text() == printed.stdout
    assert run("schema", "--output", "missing/folder.json").exit_code == 3


def test_both_stand_in_the_help(run):
    shown = run("--help").stdout
    assert COMMANDS["lint"] in shown
    assert COMMANDS["schema"] in shown
    assert "Exit codes" in run("lint", "--help").stdout


def test_a_script_that_cannot_be_followed(run, tmp_path):
    """Told by lint too, at its own key; with the values that a run would be given."""
    (tmp_path / "a.yaml").write_text(GOOD + "mock: {pace: '${how}', replay: x}\n")

    result = run("lint", "a.yaml", "--set", "how=20ms")

    assert result.exit_code == 4
    assert "unknown key `replay` in mock; did you mean `reply`?\n --> a.yaml:3:24" in result.stderr
    assert result.stderr.endswith("1 mistake in 1 file\n")
