"""Who writes a run's directory: one process for each part of it, held by a lock that its death gives back.

The system holds the lock for the open file, so nobody has to judge whether a process that is named in a file is still
alive: the lock of a dead one is free. The file says for people who holds it, and is gone when it is given back.
"""

import contextlib
import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from harness.record.chain import NotRecorded

if sys.platform == "win32":  # pragma: no cover - run where Windows is
    import msvcrt

    def _take(file: int) -> None:
        os.lseek(file, 1 << 30, os.SEEK_SET)  # beyond what is read of it: there a lock keeps others from reading
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)
else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCKS: Final = "run*.lock"
"""The lock files of a run's directory."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, as far as its file says: process id (None: it says nothing), machine, time in UTC."""

    pid: int | None = None
    host: str = ""
    since: str = ""

    @classmethod
    def read(cls, path: Path) -> "Holder":
        """What a lock file says; nothing where it cannot be read."""
        try:
            told: Any = json.loads(path.read_bytes()[:4096])
        except (OSError, ValueError):
            return cls()
        match told:
            case {"pid": int(pid), "host": str(host), "since": str(since)}:
                return cls(pid, host, since)
        return cls()

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} since {self.since}" if self.pid is not None else "another process"


class Held(Exception):
    """Another process writes this part of the run."""

    def __init__(self, path: Path, holder: Holder) -> None:
        self.path, self.holder = path, holder
        super().__init__(f"{path.parent} is being written by {holder}: wait for its end, or choose another directory")


class RunLock:
    """The lock of one part of a run's directory, held until it is released or the process ends.

    Args:
        part: the shard or worker that writes; None for the whole run.
        since: the time, for whoever meets the lock.

    Raises:
        Held: another process has it.
        NotRecorded: the lock cannot be made here.
    """

    def __init__(self, directory: Path, part: str | None = None, since: str = "") -> None:
        self.path = directory / lock_name(part)
        try:
            self._file = self._opened()
            told = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})
            os.ftruncate(self._file, 0)
            os.write(self._file, told.encode() + b"\n")
        except OSError as error:
            raise NotRecorded(self.path, "the lock", error) from error

    def _opened(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
        while True:
            file = os.open(self.path, flags, 0o600)
            try:
                _take(file)
            except (BlockingIOError, PermissionError):
                os.close(file)
                raise Held(self.path, Holder.read(self.path)) from None
            except OSError:
                os.close(file)
                raise
            if self._is_there(file):
                return file
            os.close(file)  # its last holder removed it between our opening and locking it

    def _is_there(self, file: int) -> bool:
        try:
            there = os.stat(self.path)
        except FileNotFoundError:
            return False
        return os.path.samestat(there, os.fstat(file))

    def release(self) -> None:
        """Gives the lock back; a second time does nothing."""
        if self._file < 0:
            return
        if sys.platform != "win32":  # there, an open file cannot be removed
            self._removed()
        os.close(self._file)
        self._file = -1

    def _removed(self) -> None:
        with contextlib.suppress(OSError):  # what stays is a file that nobody holds
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def lock_name(part: str | None) -> str:
    """The lock file of a part of a run."""
    return f"run-{part}.lock" if part else "run.lock"


def held(directory: Path, part: str | None = None, besides: Path | None = None) -> tuple[tuple[Path, Holder], ...]:
    """Which locks of a part, and of what is part of it, are held by living processes, `besides` one's own.

    Raises:
        NotRecorded: it cannot be told.
    """
    found = []
    for path in sorted(directory.glob(LOCKS)):
        if path == besides:
            continue
        if part is not None and not (path.name == lock_name(part) or path.name.startswith(f"run-{part}-")):
            continue
        try:
            file = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise NotRecorded(path, "the lock", error) from error
        try:
            _take(file)
        except (BlockingIOError, PermissionError):
            found.append((path, Holder.read(path)))
        finally:
            os.close(file)
    return tuple(found)
