"""Recorded runs whose time is over: which of them may go, and how they go.

A run's folder bears the run's own id and holds a record whose head is sound; nothing else is ever removed. Its age is
what its record says, not the times of its files, which change when it is copied. Links are not followed: neither one in
the place of a folder nor one in it.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from harness.engine.ledger import left_behind
from harness.engine.traces.keeping import TAKEN_UP
from harness.record.chain import NotRecorded, unframe
from harness.record.lock import Held, RunLock, held
from harness.record.reading import read_head
from harness.record.run import RECORDS
from harness.record.unsound import Unsound

APART: Final = "bodies"
"""The one folder that a run makes in its own."""
_RECORD: Final = re.compile(r"record.*\.jsonl")


class Stays(Exception):
    """A run's folder is not removed, or not wholly; says why."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run's folder. `since` is when it began or was last taken up, `was` tells the folder from one in its place."""

    folder: Path
    since: datetime
    was: os.stat_result


def run_folders(reports: Path) -> Iterator[RunFolder | Path]:
    """The runs in a folder of reports, by name; of what is no run, the path. Files are passed over."""
    for folder in sorted(reports.iterdir()):
        was = folder.lstat()
        if stat.S_ISLNK(was.st_mode):
            yield folder
        elif stat.S_ISDIR(was.st_mode):
            since = _since(folder)
            yield RunFolder(folder, since, was) if since is not None else folder


def check(run: RunFolder) -> None:
    """Whether a run's folder may go, as far as can be told without touching it.

    Raises:
        Stays: somebody writes it, it has left something at a provider, or more lies there than runs make.
    """
    try:
        for _, holder in held(run.folder):
            raise Stays(f"it is being written by {holder}")
        _plain(run.folder, "ledger*.jsonl")
        left = left_behind(run.folder)
    except OSError as error:
        raise Stays(f"it cannot be read: {error.strerror or error}") from None
    if left:
        things = "one thing is" if left == 1 else f"{left} things are"
        raise Stays(f"{things} left at a provider: `harness gc {run.folder}` first, with the targets of the run")
    for path in sorted(run.folder.iterdir()):
        if path.name != APART and stat.S_ISDIR(path.lstat().st_mode):
            raise Stays(f"it holds a folder that no run makes: {path.name}")


def remove(run: RunFolder) -> None:
    """Removes a run's folder with all that lies in it; the records last, so that one begun can be done again.

    Raises:
        Stays: see `check`; or the system does not let it go.
    """
    check(run)
    try:
        with RunLock(run.folder, None, datetime.now(UTC).isoformat(timespec="seconds")) as lock:
            for _, holder in held(run.folder, besides=lock.path):
                raise Stays(f"it is being written by {holder}")
            _emptied(run, lock.path.name)
        os.rmdir(run.folder)
    except Held as error:
        raise Stays(str(error)) from None
    except NotRecorded as error:
        raise Stays(f"it cannot be locked: {error.error.strerror or error.error}") from None
    except OSError as error:
        raise Stays(f"it could not be removed: {error.strerror or error}") from None


def _emptied(run: RunFolder, lock: str) -> None:
    """Removes what lies in the folder that was looked at, by its descriptor; the lock stays until it is given back."""
    folder = os.open(run.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not os.path.samestat(os.fstat(folder), run.was):
            raise Stays("another folder has come into its place")
        names = sorted(os.listdir(folder), key=lambda name: (_RECORD.fullmatch(name) is not None, name))
        for name in names:
            if name == APART and stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                shutil.rmtree(name, dir_fd=folder)
            elif name != lock:
                os.unlink(name, dir_fd=folder)
    finally:
        os.close(folder)


def _since(folder: Path) -> datetime | None:
    """When the run of a folder began or was last taken up; None where it holds no run of this name."""
    try:
        heads = [read_head(path) for path in _plain(folder, RECORDS)]
        told = [head.started for head in heads]
        told += [started for path in _plain(folder, f"{TAKEN_UP}*.jsonl") for started in _taken_up(path)]
        times = [datetime.fromisoformat(each) for each in told]
    except (Unsound, OSError, ValueError):
        return None
    if not heads or {head.run for head in heads} != {folder.name} or any(time.tzinfo is None for time in times):
        return None
    return max(times)


def _plain(folder: Path, pattern: str) -> Sequence[Path]:
    """The files of a folder that are called so.

    Raises:
        OSError: one of them is a link, or anything else but a file.
    """
    found = sorted(folder.glob(pattern))
    for path in found:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise OSError(f"{path.name} is no regular file")
    return found


def _taken_up(path: Path) -> Iterator[str]:
    """When a run was taken up again, each time."""
    with path.open("rb") as file:
        for line in file:
            framed = unframe(line.removesuffix(b"\n"))
            if framed is not None and isinstance(framed.body, dict):
                yield str(framed.body.get("started"))
