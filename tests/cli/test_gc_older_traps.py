"""`harness gc --older-than` over what somebody laid out for it: no run, a link, another folder in the place of one."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import runs
from builders.old_runs import gc, names, ran

from harness.engine.traces import retention


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def without_record(folder: Path) -> None:
    (folder / "record.jsonl").unlink()


def altered(folder: Path) -> None:
    path = folder / "record.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"seed":7', b'"seed":8', 1))


def newer(folder: Path) -> None:
    path = folder / "record.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":9', 1))


def empty(folder: Path) -> None:
    (folder / "record.jsonl").write_bytes(b"")


def renamed(folder: Path) -> None:
    folder.rename(folder.with_name("baseline"))


def two_runs(folder: Path) -> None:
    other = ran(folder.parent.parent, "other")
    (other / "record.jsonl").rename(folder / "record-other.jsonl")


def linked_record(folder: Path) -> None:
    (folder / "record.jsonl").rename(folder.parent / "moved.jsonl")
    (folder / "record.jsonl").symlink_to(folder.parent / "moved.jsonl")


def timeless(folder: Path) -> None:
    head = runs.head([], run=folder.name, started="long ago")
    shutil.rmtree(folder)
    runs.write(folder, head, [])


@pytest.mark.parametrize(
    "spoil",
    [without_record, altered, newer, empty, renamed, two_runs, linked_record, timeless],
    ids=lambda it: it.__name__,
)
def test_what_is_no_run_of_its_name_is_nobody_elses_to_remove(reports: Path, spoil: Callable[[Path], None]):
    """Somebody's notes, a baseline under a name of its own, a record that nobody can vouch for."""
    folder = ran(reports, "run")
    spoil(folder)
    before = names(reports)

    done = gc(reports)

    (there,) = (path for path in reports.iterdir() if path.is_dir())
    assert done.exit_code == 5
    assert f"no run: {there}\n" in done.output
    assert names(reports) == before


def test_a_folder_within_that_no_run_makes_is_kept(reports: Path):
    """Reports may be sought in a wrong place, and a project hold a record."""
    folder = ran(reports, "project")
    (folder / "src").mkdir()
    (folder / "src" / "main.py").write_text("")
    before = names(folder)

    done = gc(reports)

    assert (done.exit_code, names(folder)) == (1, before)
    assert "it holds a folder that no run makes: src" in done.output


def test_links_lead_nowhere(reports: Path, tmp_path: Path):
    """One in the place of a run is no run; those in a run go themselves, and what they name stays."""
    outside = ran(tmp_path / "outside", "linked")
    (reports / "linked").symlink_to(outside)
    folder = ran(reports, "run")
    (folder / "notes").symlink_to(outside)
    (folder / "report.txt").symlink_to(outside / "report.html")
    (folder / "dangling").symlink_to(tmp_path / "nowhere")
    shutil.rmtree(folder / "bodies")
    (folder / "bodies").symlink_to(outside / "bodies")
    before = names(outside)

    done = gc(reports)

    assert done.exit_code == 0, done.output
    assert (os.listdir(reports), names(outside)) == (["linked"], before)
    assert f"no run: {reports / 'linked'}\n" in done.output


def test_links_among_bodies_lead_nowhere(reports: Path, tmp_path: Path):
    outside = ran(tmp_path / "outside", "other")
    folder = ran(reports, "run")
    (folder / "bodies" / "away").symlink_to(outside)
    before = names(outside)

    assert gc(reports).exit_code == 0
    assert (os.listdir(reports), names(outside)) == ([], before)


def test_a_ledger_that_is_a_link_is_not_read(reports: Path, tmp_path: Path):
    folder = ran(reports, "run")
    (folder / "ledger.jsonl").unlink()
    (folder / "ledger.jsonl").symlink_to("/dev/zero")

    done = gc(reports)

    assert (done.exit_code, folder.exists()) == (1, True)
    assert "it cannot be read: ledger.jsonl is no regular file" in done.output


def test_a_folder_that_comes_into_the_place_of_another_stays(reports: Path, tmp_path: Path):
    """What is emptied is the folder that was looked at."""
    (run,) = retention.run_folders(ran(reports, "run").parent)
    assert isinstance(run, retention.RunFolder)
    run.folder.rename(tmp_path / "moved")
    other = ran(reports, "run")
    before = names(other)

    with pytest.raises(retention.Stays, match="another folder has come into its place"):
        retention.remove(run)
    assert names(other) == before
