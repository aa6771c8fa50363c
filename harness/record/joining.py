"""Shards of one run, from several folders into one: the files side by side, byte for byte.

A directory of several record files is read as one run (`harness.record.run`), so nothing needs to be written anew, and
every line keeps its checksum and its chain.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.record.chain import NotRecorded
from harness.record.run import RECORDS, Run
from harness.record.unsound import NoRecord

KEPT: Final = (RECORDS, "exchanges*.jsonl", "bodies/*")
"""What belongs to a record."""

NAME: Final = re.compile(r"(?:record|exchanges)[A-Za-z0-9_-]{0,70}\.jsonl|bodies/[0-9a-f]{64}")
"""The only names that a record's files have; a body's is the SHA-256 of its bytes."""
MOST_FILES: Final = 500_000
MOST_BYTES: Final = 16 << 30

SHARD: Final = re.compile(r"(\d+)of(\d+)(?:-.*)?")
"""How a shard of a split plan is named: its number from 1, how many there are, and what split it further."""


class NotOneRun(Exception):
    """Folders cannot be joined: two of them hold different files of one name, or one holds what is no record's; or
    the target holds a record.
    """


@dataclass(frozen=True, slots=True)
class Joined:
    """The run that was joined, and the shards of its plan that are not there: `2 of 7` as (2, 7)."""

    run: Run
    missing: tuple[tuple[int, int], ...]


def join(folders: Sequence[Path], target: Path) -> Joined:
    """Copies the records of several folders into one and reads it as one run.

    Nothing is left in the target where it could not be done.

    Raises:
        NotOneRun: two files of one name differ, or the target holds a record already.
        harness.record.unsound.Unsound: a folder holds no record, or they are of different runs.
        NotRecorded: a file could not be copied.
    """
    if target.exists() and (not target.is_dir() or any(target.glob(RECORDS))):
        raise NotOneRun(f"{target} exists and is no empty folder: choose another")
    files = _files(folders)
    half = target.with_name(f".{target.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    try:
        for name, source in files.items():
            copy = half / name
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            copy.chmod(0o600)
        Run.read(half)  # refuses what is not of one run, before anything stands under the target
        if target.exists():
            target.rmdir()
        half.rename(target)
    except OSError as error:
        raise NotRecorded(target, "the joined record", error) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return Joined(Run.read(target), absent(run_shards(files)))


def _files(folders: Sequence[Path]) -> dict[str, Path]:
    """Every file of the records by its name below its folder. What a shard hands over is data of unknown origin."""
    files: dict[str, Path] = {}
    size = 0
    for folder in folders:
        found = [path for pattern in KEPT for path in sorted(folder.glob(pattern))]
        if not any(path.match(RECORDS) for path in found):
            raise NoRecord(folder, f"the folder holds no {RECORDS}")
        for path in found:
            name = path.relative_to(folder).as_posix()
            _plain(path, name)
            if name in files and path.read_bytes() != files[name].read_bytes():
                raise NotOneRun(f"{files[name]} and {path} have one name and differ: they are of different runs")
            files[name] = path
            size += path.stat().st_size
            if len(files) > MOST_FILES or size > MOST_BYTES:
                raise NotOneRun(f"more than {MOST_FILES:,} files or {MOST_BYTES >> 30} GiB: that is no record")
    return files


def _plain(path: Path, name: str) -> None:
    """Raises NotOneRun for what is none of a record's own files: a link, another name, bytes that belie their name."""
    if not NAME.fullmatch(name) or path.is_symlink() or path.parent.is_symlink() or not path.is_file():
        raise NotOneRun(f"{path} is no file of a record: links are not followed, other names not copied")
    if name.startswith("bodies/"):
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                raise NotOneRun(f"{path} does not hold what its name says")


def run_shards(names: Iterable[str]) -> set[tuple[int, int]]:
    """The shards that record files are named after, as (number, how many)."""
    found = set()
    for name in names:
        match = SHARD.fullmatch(name.removeprefix("record-").removesuffix(".jsonl"))
        if match is not None and name.startswith("record-"):
            found.add((int(match[1]), int(match[2])))
    return found


def absent(shards: set[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """What is not there of so many as the shards themselves speak of."""
    return tuple(
        (number, many)
        for many in sorted({many for _, many in shards})
        for number in range(1, many + 1)
        if (number, many) not in shards
    )
