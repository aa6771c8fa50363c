"""Bytes that can be looked at before they are read: a file or a pipe, never wholly in memory unless asked for."""

import io
from typing import BinaryIO, Final

HEAD: Final = 1 << 16
"""How many bytes are looked at to tell what a recording is."""


class Unreadable(Exception):
    """A recording that is none, or that breaks off."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Source:
    """A stream of bytes whose `head`, its first HEAD bytes, can be seen without taking them. `limit` bounds `whole`."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self.limit = limit
        self._file = file
        self.head = _read_full(file, HEAD)
        self._left = self.head

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, fewer only at the end; all that is left where it is negative."""
        if size < 0:
            return self._left + self._file.read()
        taken, self._left = self._left[:size], self._left[size:]
        return taken or self._file.read(size)

    def whole(self) -> tuple[bytes, bool]:
        """All bytes up to the limit, and whether there are more."""
        buffer = io.BytesIO()  # grows in place, and gives its bytes out without a copy
        size = 0
        while size <= self.limit and (chunk := self.read(min(1 << 20, self.limit + 1 - size))):
            size += buffer.write(chunk)
        if size > self.limit:
            buffer.truncate(self.limit)
        return buffer.getvalue(), size > self.limit


def _read_full(file: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end: a pipe gives what it has."""
    parts = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
