"""Standard streams that outlast whoever reads them: a pipe that is closed, or a full disk, takes no result with it.

What cannot be written there is dropped and remembered, and the command goes on to its end: record, report and result
files are whole. Its exit status is its own, but never 0: nobody was told.
"""

import errno
import io
import os
import sys
from typing import Any, Final, TextIO

UNTOLD: Final = 3


class _Outlasting(io.FileIO):
    """A descriptor that is written to until it fails once, and then no more."""

    def __init__(self, descriptor: int, failed: OSError | None) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self.failed = failed
        self.lost = False

    def write(self, data: Any) -> int | None:  # type: ignore[override]
        if self.failed is None:
            try:
                return super().write(data)
            except OSError as error:
                self.failed = error
        self.lost = True
        return len(data)


class Streams:
    """The standard streams of this process, made to outlast; those that somebody replaced are left alone."""

    def __init__(self) -> None:
        closed = _held()
        self._raw: list[_Outlasting] = []
        if sys.stdout in (None, sys.__stdout__):
            sys.stdout = self._made(1, sys.stdout, 1 in closed)
        if sys.stderr in (None, sys.__stderr__):
            sys.stderr = self._made(2, sys.stderr, 2 in closed)

    def _made(self, descriptor: int, before: TextIO | None, closed: bool) -> Any:
        if os.name == "nt" and before is not None and before.isatty():
            return before  # a console of Windows is written to in a way of its own
        if before is not None:
            before.flush()
        raw = _Outlasting(descriptor, OSError(errno.EBADF, os.strerror(errno.EBADF)) if closed else None)
        self._raw.append(raw)
        encoding = (before.encoding if before is not None else None) or "utf-8"
        lines = descriptor == 2 or (before is not None and before.isatty())
        # A sign that a console's code page has not is shown escaped: better than none, and no exception.
        return io.TextIOWrapper(
            io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=lines, write_through=descriptor == 2
        )

    def status(self, status: Any) -> Any:
        """The exit status of a command that ends with this one."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        lost = [raw for raw in self._raw if raw.lost]
        if not lost:
            return status
        if not any(raw.fileno() == 2 for raw in lost):
            why = lost[0].failed
            told = why.strerror if why is not None else ""
            sys.stderr.write(f"the output could not be written ({told}); what was kept in files is whole\n")
        return status or UNTOLD


def _held() -> set[int]:
    """Which standard streams were closed. Their numbers are held: else the next file, a record, would get one."""
    closed = set()
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            closed.add(number)
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    return closed
