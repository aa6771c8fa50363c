"""`harness gc --older-than`: recorded runs whose time is over go, and nothing else does."""

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from builders import runs
from builders.old_runs import YOUNG, ago, day, gc, ledger, names, ran
from click.testing import CliRunner

from harness.cli import main
from harness.engine.traces import retention
from harness.engine.traces.keeping import Keeping
from harness.engine.traces.resuming import take_up
from harness.record.lock import RunLock


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def test_the_old_go_and_the_young_stay(reports: Path):
    gone, young = ran(reports, "old"), ran(reports, "young", YOUNG)
    before, began = names(young), day(gone)
    (reports / "junit.xml").write_text("<testsuites/>")

    done = gc(reports)

    assert done.exit_code == 0, done.output
    assert done.output == f"removed: {gone} (of {began})\n1 removed, 0 kept, 1 not so old\n"
    assert (sorted(os.listdir(reports)), names(young)) == (["junit.xml", "young"], before)
    assert gc(reports).output == "0 removed, 0 kept, 1 not so old\n"


def test_the_record_says_how_old_it_is_and_not_its_files(reports: Path):
    """A download or a copy has the times of that day; what began today may have old ones."""
    fresh = ran(reports, "began-long-ago"), ran(reports, "began-today", 0)
    for path in fresh[1].rglob("*"):
        os.utime(path, (0, 0))
    os.utime(fresh[1], (0, 0))

    assert gc(reports).exit_code == 0
    assert os.listdir(reports) == ["began-today"]


@pytest.mark.parametrize(("days", "stays"), [(30.01, False), (29.99, True)])
def test_the_bound_is_met_to_the_minute(reports: Path, days: float, stays: bool):
    folder = ran(reports, "run", days)

    gc(reports)

    assert folder.exists() is stays


def test_a_run_that_was_taken_up_is_as_old_as_that(reports: Path):
    folder = ran(reports, "run")
    keeping = Keeping(folder, earlier=take_up(folder))
    keeping.lock(ago(1))
    keeping.open(replace(take_up(folder).head, started=ago(1)))
    keeping.close()

    assert gc(reports).output == "0 removed, 0 kept, 1 not so old\n"
    assert folder.exists()


def test_all_parts_of_a_run_are_old(reports: Path):
    """One that a shard began later is not."""
    folder = ran(reports, "run")
    late = runs.head([runs.case_id()], run="run", started=ago(YOUNG), shard="2-of-2")
    (folder / "record-2-of-2.jsonl").write_bytes(
        (runs.write(reports / "elsewhere", late, []) / "record.jsonl").read_bytes()
    )
    shutil.rmtree(reports / "elsewhere")

    assert gc(reports).output == "0 removed, 0 kept, 1 not so old\n"


def test_a_dry_run_says_it_and_touches_nothing(reports: Path):
    old, left = ran(reports, "old"), ran(reports, "with-something-left")
    ledger(left)
    before = [(path, path.stat().st_mtime_ns) for path in sorted(reports.rglob("*"))]

    done = gc(reports, "--dry-run")

    assert done.exit_code == 0
    assert f"would be removed: {old} (of {day(old)})" in done.output
    assert f"kept: {left}: one thing is left at a provider: `harness gc {left}` first" in done.output
    assert done.output.endswith("1 would be removed, 1 kept, 0 not so old\n")
    assert [(path, path.stat().st_mtime_ns) for path in sorted(reports.rglob("*"))] == before


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((), "one thing is left at a provider"),
        (({"entry": 1, "id": "assistant-1"},), "one thing is left at a provider"),
        (
            ({"entry": 2, "kind": "response", "endpoint": "e", "target": "t", "case": "c"},),
            "2 things are left at a provider",
        ),
    ],
)
def test_what_left_something_at_a_provider_stays(reports: Path, lines: tuple[object, ...], told: str):
    """The ledger is what it can be removed by."""
    folder, other = ran(reports, "a"), ran(reports, "b")
    ledger(folder, *lines)
    before = names(folder)

    done = gc(reports)

    assert done.exit_code == 1
    assert f"kept: {folder}: {told}" in done.output
    assert (names(folder), other.exists()) == (before, False)


@pytest.mark.parametrize("part", [None, "gw1", "2-of-2"])
def test_what_is_being_written_stays(reports: Path, part: str | None):
    folder = ran(reports, "run")
    with RunLock(folder, part, "2026-07-01T10:00:00Z"):
        before = names(folder)
        done = gc(reports)
        assert (done.exit_code, names(folder)) == (1, before)
        assert f"it is being written by process {os.getpid()} on " in done.output

    assert gc(reports).exit_code == 0
    assert not folder.exists()


@pytest.mark.parametrize("part", [None, "gw1"])
def test_a_run_that_is_taken_up_meanwhile_stays(reports: Path, part: str | None, monkeypatch: pytest.MonkeyPatch):
    """Between the look at it and its removal: whoever comes first has it."""
    folder = ran(reports, "run")
    monkeypatch.setattr(retention, "check", lambda run: None)
    with RunLock(folder, part):
        before = names(folder)
        done = gc(reports)
        assert (done.exit_code, names(folder)) == (1, before)
        assert "is being written by process" in done.output


def test_a_run_that_cannot_be_locked_stays(reports: Path, monkeypatch: pytest.MonkeyPatch):
    folder = ran(reports, "run")
    (folder / "run.lock").mkdir()
    (run,) = retention.run_folders(reports)
    assert isinstance(run, retention.RunFolder)

    with pytest.raises(retention.Stays, match=r"it cannot be read: .*run\.lock.*Is a directory"):
        retention.check(run)
    monkeypatch.setattr(retention, "check", lambda run: None)
    done = gc(reports)
    assert (done.exit_code, folder.exists()) == (1, True)
    assert "it cannot be locked: Is a directory" in done.output


def test_what_was_begun_can_be_done_again(reports: Path, monkeypatch: pytest.MonkeyPatch):
    """A removal that breaks off leaves a run that is known as one: its records go last."""
    folder = ran(reports, "run")
    unlink, gone = os.unlink, []

    def failing(name: str, **options: int) -> None:
        if name == "record.jsonl" and "dir_fd" in options:
            raise OSError(errno.EIO, "Input/output error")
        gone.append(name)
        unlink(name, **options)

    with monkeypatch.context() as broken:
        broken.setattr(os, "unlink", failing)
        done = gc(reports)
    assert (done.exit_code, names(folder)) == (1, ["record.jsonl"])
    assert f"kept: {folder}: it could not be removed: Input/output error" in done.output

    assert gc(reports).exit_code == 0
    assert not folder.exists()


@pytest.mark.parametrize(
    "arguments",
    [["run-1"], ["--endpoint", "http://127.0.0.1:9/v1/"], ["--api-key-env", "KEY"], ["--targets", "targets.yaml"]],
)
def test_runs_and_targets_do_not_go_with_it(reports: Path, arguments: list[str]):
    folder = ran(reports, "run-1")
    done = gc(reports, *arguments)

    assert (done.exit_code, folder.exists()) == (4, True)
    assert "--older-than looks at every run" in done.output


@pytest.mark.parametrize("days", ["0", "-1", "", "many", "1.5"])
def test_days_are_a_whole_number(reports: Path, days: str):
    folder = ran(reports, "run")

    assert CliRunner().invoke(main, ["gc", "--reports", str(reports), "--older-than", days]).exit_code == 4
    assert folder.exists()


def test_reports_are_a_folder(reports: Path, tmp_path: Path):
    folder = ran(reports, "run")
    (tmp_path / "link").symlink_to(reports)

    assert (gc(tmp_path / "link").exit_code, gc(tmp_path / "none").exit_code) == (4, 4)
    assert folder.exists()


def test_names_that_act_are_spelled(reports: Path):
    (reports / "a\x1b[2J").mkdir()

    assert "no run: " + str(reports / "a\\x1b[2J") in gc(reports).output


def test_where_no_run_is_that_is_said(reports: Path):
    assert (gc(reports).exit_code, gc(reports).output) == (5, "0 removed, 0 kept, 0 not so old\n")
