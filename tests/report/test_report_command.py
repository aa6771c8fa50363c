"""`harness report`: which exit code, which words."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from builders import runs
from click.testing import CliRunner, Result

from harness.cli import main
from harness.findings import Verdict
from harness.report import page


def report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, arguments)])


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return runs.write(tmp_path / "run", *runs.every_verdict())


def test_page_stands_beside_the_record(record: Path):
    result = report(record)

    assert (result.exit_code, result.output.strip()) == (0, str(record / "report.html"))
    assert "1 of 7 cases failed." in (record / "report.html").read_text(encoding="utf-8")
    assert stat.S_IMODE((record / "report.html").stat().st_mode) == 0o600


def test_page_of_a_file_goes_where_it_is_told(record: Path, tmp_path: Path):
    result = report(record / "record.jsonl", "--output", tmp_path / "page.html")

    assert result.exit_code == 0
    assert (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no record there"),
        (b"", "the record is empty"),
        (b"hello\n", "the first line is not the head of a record"),
        (b'{"n":0,"kind":"head","body":{"format":9},"before":"","sum":""}\n', "the record has format 9"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: bytes | None, said: str):
    path = tmp_path / "record.jsonl"
    if content is not None:
        path.write_bytes(content)

    result = report(path)

    assert result.exit_code == 4
    assert said in result.output
    assert not (tmp_path / "report.html").exists()


def test_altered_record_is_shown_but_not_passed_over(record: Path):
    path = record / "record.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"repeat":0', b'"repeat":1', 1))

    result = report(record)

    assert result.exit_code == 3
    assert "line 2: its checksum is wrong" in result.output
    assert "its checksum is wrong" in (record / "report.html").read_text(encoding="utf-8")


def test_cut_record_is_a_note(record: Path):
    path = record / "record.jsonl"
    path.write_bytes(path.read_bytes()[:-20])

    result = report(record)

    assert result.exit_code == 0
    assert "note: record.jsonl, line 7: the last line is cut" in result.output


def test_page_that_cannot_be_written_leaves_the_old_one(record: Path, tmp_path: Path):
    result = report(record, "--output", tmp_path / "missing" / "page.html")

    assert result.exit_code == 3
    assert "could not be written" in result.output


def test_fault_of_ours_leaves_a_plain_text(record: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(run: object) -> dict[str, object]:
        raise ZeroDivisionError

    monkeypatch.setattr(page, "PANELS", (page.Panel("answer", broken),))

    result = report(record)

    assert result.exit_code == 3
    text = (record / "report.txt").read_text(encoding="utf-8")
    assert "  ✕ failed: specs/chaining/follow-up.yaml::" in text
    assert "      order.seq_gap: sequence_number jumps from 4 to 6" in text


def test_page_tells_what_changed_and_why_the_gate_is_shut(record: Path, tmp_path: Path):
    head, lines = runs.every_verdict()
    good = tuple(replace(line, verdict=Verdict.PASSED, findings=()) for line in lines)
    base = runs.write(tmp_path / "base", replace(head, run="base"), good)
    policy = tmp_path / "gate.yaml"
    policy.write_text("pass_rate:\n  at_least: 0.9\n", encoding="utf-8")

    result = report(record, "--baseline", base, "--policy", policy)

    assert result.exit_code == 0
    text = (record / "report.html").read_text(encoding="utf-8")
    assert "gate shut" in text
    assert f"{policy}:1:1" in text
    assert "baseline base" in text
    assert "1 lost</a>" in text


@pytest.mark.parametrize("option", ["--baseline", "--policy"])
def test_what_it_is_held_to_must_be_readable(record: Path, tmp_path: Path, option: str):
    result = report(record, option, tmp_path / "nowhere")

    assert result.exit_code == 4
    assert "nowhere" in result.output
    assert not (record / "report.html").exists()


def test_gate_writes_the_page_that_shows_why_it_is_shut(record: Path, tmp_path: Path):
    result = CliRunner().invoke(main, ["gate", str(record), "--report", str(tmp_path / "page.html")])

    assert result.exit_code == 3  # a case is errored
    assert "gate shut" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_command_stands_in_the_help():
    assert "report" in CliRunner().invoke(main, ["--help"]).output
