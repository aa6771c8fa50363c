"""A contributed folder is taken for data alone, or not at all."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.scenario import contributed
from harness.scenario.contributed import NotData, copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "theirs" / "deep").mkdir(parents=True)
    for name in ("a.yaml", "deep/rows.csv", "deep/picture.png"):
        (tmp_path / "theirs" / name).write_bytes(name.encode())
    return tmp_path / "theirs"


def test_data_is_copied_and_the_rest_left(folder, tmp_path):
    for name in ("conftest.py", "deep/__init__.py", "pytest.ini", "targets.yaml", "gate.yaml", "lib.so", "README"):
        (folder / name).write_text("x")
    (folder / ".git").mkdir()
    (folder / ".env").write_text("x")
    done = copy(folder, tmp_path / "ours")

    assert done.files == ["a.yaml", "deep/picture.png", "deep/rows.csv"]
    assert {path.name for path in (tmp_path / "ours").rglob("*")} == {"a.yaml", "deep", "picture.png", "rows.csv"}
    assert len(done.left) == 7
    assert (tmp_path / "ours" / "deep" / "rows.csv").read_bytes() == b"deep/rows.csv"


SPOILT: dict[str, Callable[[Path], object]] = {
    "a link to a file": lambda folder: (folder / "b.yaml").symlink_to("/etc/hostname"),
    "a link to a folder": lambda folder: (folder / "b").symlink_to("/etc"),
    "a link that leads nowhere": lambda folder: (folder / "b.txt").symlink_to("/nowhere"),
    "a pipe": lambda folder: os.mkfifo(folder / "b.yaml"),
    "a line feed in a name": lambda folder: (folder / "a\n::error::.yaml").write_text("x"),
    "an escape in a name": lambda folder: (folder / "a\x1b[2J.yaml").write_text("x"),
    "a name for pytest": lambda folder: (folder / "a::b[c].yaml").write_text("x"),
    "an option for a name": lambda folder: (folder / "-p").mkdir(),
    "a letter that looks like another": lambda folder: (folder / "аzure.yaml").write_text("x"),
    "deep folders": lambda folder: (folder / "/".join("abcdefghijk")).mkdir(parents=True),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_no_data_refuses_all(spoil, folder, tmp_path):
    spoil(folder)
    with pytest.raises(NotData) as refused:
        copy(folder, tmp_path / "ours")
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(("bound", "value"), [("MOST_FILES", 2), ("MOST_BYTES", 20), ("ENTRIES", 2)])
def test_bounds(bound, value, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(contributed, bound, value)
    with pytest.raises(NotData, match="more than"):
        copy(folder, tmp_path / "ours")


def test_a_file_that_becomes_a_link_is_not_followed(folder, tmp_path, monkeypatch):
    """Between the look at the folder and the reading of a file."""
    names = list(contributed._names(folder, "", 0))
    (folder / "a.yaml").unlink()
    (folder / "a.yaml").symlink_to("/etc/hostname")
    monkeypatch.setattr(contributed, "_names", lambda *_: iter(names))
    with pytest.raises(NotData, match="cannot be read"):
        copy(folder, tmp_path / "ours")
