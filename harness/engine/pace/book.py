"""The book that all processes of a run keep together: when each deployment may be asked next, what was repeated.

Times are seconds of the monotonic clock, which is one for all processes of a machine.
"""

import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

from harness.record.chain import NotRecorded

LEAST_REPEATS: Final = 10
SHARE_OF_REPEATS: Final = 10
"""A run may repeat as many requests as it made, divided by this, and LEAST_REPEATS in any case."""
PATIENCE: Final = 30.0
"""Seconds that a process waits for the others to be done with the book."""
_BETWEEN: Final = 0.005


class Book(Protocol):
    """What is shared."""

    def reserve(self, now: float, advances: Mapping[str, float]) -> float:
        """When a request may go out that takes each of these buckets forward by so many seconds."""
        ...

    def hold(self, bucket: str, until: float) -> None:
        """Nothing of a bucket goes out before then."""
        ...

    def count(self) -> None:
        """A request goes out for the first time."""
        ...

    def may_repeat(self) -> bool:
        """Takes one repeat off the run's budget; False where nothing is left of it."""
        ...


class OneProcess:
    """The book of a run that one process makes."""

    def __init__(self) -> None:
        self._free: dict[str, float] = {}
        self.requests = 0
        self.repeats = 0

    def reserve(self, now: float, advances: Mapping[str, float]) -> float:
        start = max([now, *(self._free.get(bucket, now) for bucket in advances)])
        for bucket, advance in advances.items():
            self._free[bucket] = start + advance
        return start

    def hold(self, bucket: str, until: float) -> None:
        self._free[bucket] = max(until, self._free.get(bucket, until))

    def count(self) -> None:
        self.requests += 1

    def may_repeat(self) -> bool:
        if self.repeats >= max(LEAST_REPEATS, self.requests // SHARE_OF_REPEATS):
            return False
        self.repeats += 1
        return True


class Shared:
    """The book of a run that several processes make: a file in the run's directory.

    Args:
        wait: lets some seconds pass.

    Raises:
        NotRecorded: it can be neither made nor opened here.
    """

    def __init__(self, path: Path, wait: Callable[[float], None] = time.sleep) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            self._set_up(wait)
        except sqlite3.Error as error:
            raise NotRecorded(path, "the book of all processes", OSError(str(error))) from error
        except OSError as error:
            raise NotRecorded(path, "the book of all processes", error) from error

    def _set_up(self, wait: Callable[[float], None]) -> None:
        """Makes what is not there yet; others may be doing the same.

        SQLite refuses the change to a write-ahead log at once where another process is writing, whatever the timeout.
        """
        until = time.monotonic() + PATIENCE
        while not self._logs_ahead(last=time.monotonic() >= until):
            wait(_BETWEEN)
        self._file.execute("PRAGMA synchronous=OFF")
        with self._alone():
            self._file.execute("CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, free REAL NOT NULL)")
            self._file.execute("CREATE TABLE IF NOT EXISTS spent (name TEXT PRIMARY KEY, count INTEGER NOT NULL)")

    def _logs_ahead(self, *, last: bool) -> bool:
        """Changes to a write-ahead log; False where another process was in the way, which is an error the last time."""
        try:
            self._file.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if last or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    def reserve(self, now: float, advances: Mapping[str, float]) -> float:
        with self._alone():
            frees = [self._free(bucket, now) for bucket in advances]
            start = max([now, *frees])
            for bucket, advance in advances.items():
                self._set(bucket, start + advance)
        return start

    def hold(self, bucket: str, until: float) -> None:
        with self._alone():
            self._set(bucket, max(until, self._free(bucket, until)))

    def count(self) -> None:
        with self._alone():
            self._add("requests")

    def may_repeat(self) -> bool:
        with self._alone():
            if self._spent("repeats") >= max(LEAST_REPEATS, self._spent("requests") // SHARE_OF_REPEATS):
                return False
            self._add("repeats")
        return True

    def close(self) -> None:
        """Closes the file; it stays for the other processes."""
        self._file.close()

    def _alone(self) -> "_Alone":
        return _Alone(self._file)

    def _free(self, bucket: str, otherwise: float) -> float:
        row = self._file.execute("SELECT free FROM bucket WHERE name = ?", (bucket,)).fetchone()
        return otherwise if row is None else float(row[0])

    def _set(self, bucket: str, free: float) -> None:
        self._file.execute("INSERT OR REPLACE INTO bucket VALUES (?, ?)", (bucket, free))

    def _spent(self, name: str) -> int:
        row = self._file.execute("SELECT count FROM spent WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def _add(self, name: str) -> None:
        self._file.execute(
            "INSERT INTO spent VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1", (name,)
        )


class _Alone:
    """A transaction that keeps all other processes out."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def __enter__(self) -> None:
        self._file.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._file.execute("ROLLBACK" if kind else "COMMIT")
