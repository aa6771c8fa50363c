"""A folder of scenarios that somebody else wrote, copied as data: what is no data of scenarios stays behind.

What is copied is read once, by descriptor, and no part of a way may be a link. So nothing outside the folder is reached
through it, and nothing that changes later is run.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.scenario.attachments import TYPES, CannotAttach, read_below
from harness.scenario.files import NOT_SCENARIOS, SUFFIXES
from harness.scenario.rows import ENDINGS
from harness.source.place import shown

MOST_FILES: Final = 1_000
MOST_BYTES: Final = 128 << 20
DEEPEST: Final = 8
ENTRIES: Final = 20_000
"""So many names are looked at, whatever they are."""
CODE: Final = frozenset({".py", ".pyc", ".pyd", ".so", ".pth"})
"""What an interpreter might take for a part of itself is never copied, even where it could be an attachment."""
DATA: Final = frozenset((*SUFFIXES, *ENDINGS, *(f".{ending}" for ending in TYPES))) - CODE

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .+@=,-]{0,99}")


class NotData(Exception):
    """The folder cannot be taken for data alone; the message says what in it, with nothing raw."""


@dataclass(slots=True)
class Copied:
    """What was copied, and what was left behind, as ways below the folder."""

    files: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    size: int = 0


def copy(folder: Path, into: Path) -> Copied:
    """Copies scenarios, tables and attachments of `folder` into the new folder `into`.

    Raises:
        NotData: it is none, holds a link, a device or a name that nobody needs, or more than is taken.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise NotData(f"`{shown(str(folder))}` is no folder of its own")
    done = Copied()
    into.mkdir(mode=0o700)
    for name in _names(folder, "", 0):
        if len(done.files) + len(done.left) >= ENTRIES:
            raise NotData(f"more than {ENTRIES:,} files")
        plain = name.rpartition("/")[2]
        if Path(plain).suffix.lower() not in DATA or plain in NOT_SCENARIOS:
            done.left.append(name)
            continue
        _copied(folder, name, into, done)
    return done


def _names(folder: Path, above: str, depth: int) -> Iterator[str]:
    """Every file below a folder, as a way; what begins with a dot is passed over."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        name = above + entry.name
        if entry.name.startswith("."):
            continue
        mode = entry.stat(follow_symlinks=False).st_mode
        if not _NAME.fullmatch(entry.name):
            raise NotData(f"`{shown(name)}`: names are made of letters, digits, blanks and _.+@=,-")
        if stat.S_ISDIR(mode):
            if depth >= DEEPEST:
                raise NotData(f"`{shown(name)}` lies deeper than {DEEPEST} folders")
            yield from _names(Path(entry.path), f"{name}/", depth + 1)
        elif stat.S_ISREG(mode):
            yield name
        else:
            raise NotData(f"`{shown(name)}` is neither a folder nor a regular file; links are not followed")


def _copied(folder: Path, name: str, into: Path, done: Copied) -> None:
    try:
        content = read_below(folder, name)
    except CannotAttach as error:
        raise NotData(str(error)) from None
    done.files.append(name)
    done.size += len(content)
    if len(done.files) > MOST_FILES or done.size > MOST_BYTES:
        raise NotData(f"more than {MOST_FILES:,} files or {MOST_BYTES >> 20} MiB of data")
    target = into / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.write_bytes(content)
