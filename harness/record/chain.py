"""Lines that vouch for themselves and for the line before: the framing of every file of a record.

A line is, byte for byte,

    {"n":<N>,"kind":"<KIND>","body":<BODY>,"before":"<SUM of line N-1>","sum":"<SUM>"}<LF>

N counts the lines of the file from 0; BODY is a JSON object in ASCII; SUM is the SHA-256, in hex, of the line's bytes
from its first brace up to, but without, `,"sum":`. The first line's `before` is 64 zeros. So a changed byte is seen in
its own line, and a line that was taken out, put in, moved or written anew is seen in the line after it. The bytes
themselves are summed: nobody has to agree on a canonical form of JSON. A file's last lines can be cut off unseen by
the chain; the planned cases in the head tell what is missing then.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from pydantic_core import from_json

START: Final = "0" * 64
"""What the first line has in place of the sum of a line before."""

_SUM: Final = b',"sum":"'
_TAIL: Final = len(_SUM) + 64 + len(b'"}')


class NotRecorded(OSError):
    """Something could not be kept: the disk is full, gone or read-only.

    The file is whole up to the line before; nothing more should be started.
    """

    def __init__(self, path: Path, what: str, error: OSError) -> None:
        self.path, self.what, self.error = path, what, error
        super().__init__(
            f"{path}: {what} could not be written ({error.strerror or error}); "
            "what was recorded before it is whole and can be read"
        )


class CannotGoOn(Exception):
    """A file cannot be taken up again: what stands at its end is not what was written there."""

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path}: {why}, so nothing is appended to it")


class RecordExists(FileExistsError):
    """The file is there already: another run, or another process of this one, writes or wrote it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} exists: choose another directory, or a shard of its own for each process")


def frame(n: int, kind: str, body: bytes, before: str) -> tuple[bytes, str]:
    """A line with its line feed, and its sum."""
    summed = b'{"n":%d,"kind":"%s","body":%s,"before":"%s"' % (n, kind.encode(), body, before.encode())
    digest = hashlib.sha256(summed).hexdigest()
    return b'%s,"sum":"%s"}\n' % (summed, digest.encode()), digest


@dataclass(frozen=True, slots=True)
class Framed:
    """A line as it was read: its parts, and whether its sum is right. `sum` is what it says of itself."""

    n: int
    kind: str
    body: Any
    before: str
    sum: str
    sound: bool


def unframe(line: bytes) -> Framed | None:
    """The parts of a line without its line feed; None where it is so damaged that it has none."""
    head, tail = line[:-_TAIL], line[-_TAIL:]
    try:
        outer = _decoded(line)
    except (ValueError, RecursionError):
        return None
    match outer:
        case {"n": int(n), "kind": str(kind), "body": body, "before": str(before), "sum": str(said)}:
            digest = hashlib.sha256(head).hexdigest()
            sound = len(outer) == 5 and tail == b'%s%s"}' % (_SUM, digest.encode())
            return Framed(n, kind, body, before, said, sound)
    return None


def _decoded(line: bytes) -> Any:
    """The line's value, as `json` has it: read in half the time where nothing in it is rare.

    Raises:
        ValueError, RecursionError: the line is no JSON.
    """
    try:
        return from_json(line)
    except ValueError:  # half of a surrogate pair, deep nesting: or no JSON
        return json.loads(line)


_BLOCK: Final = 1 << 16


def _last_line(path: Path) -> tuple[bytes | None, int]:
    """The last whole line of a file without its line feed (None: there is none), and the byte behind the line feed."""
    with path.open("rb") as file:
        at = file.seek(0, os.SEEK_END)
        data = b""
        while at and data.count(b"\n") < 2:
            start = max(0, at - max(_BLOCK, len(data)))  # twice as much each time: a line may be long
            file.seek(start)
            data, at = file.read(at - start) + data, start
    end = data.rfind(b"\n") + 1
    if not end:
        return None, 0
    begin = data.rfind(b"\n", 0, end - 1) + 1
    return data[begin : end - 1], at + end


class ChainFile:
    """A file of such lines, opened to be appended to by this process alone. One `write` a line.

    Raises:
        RecordExists: the file is there already.
        NotRecorded: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._open(path, os.O_EXCL)

    def _open(self, path: Path, flags: int) -> None:
        self.path = path
        self._n, self._before, self._end = 0, START, 0
        flags |= os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(path, flags, 0o600)
        except FileExistsError as error:
            raise RecordExists(path) from error
        except OSError as error:
            raise NotRecorded(path, "the file", error) from error

    @classmethod
    def again(cls, path: Path) -> Self:
        """The file taken up where its last whole line ends; a new one where there is none yet.

        A line that was cut when its process ended is taken away: nothing counts on it, and what is appended begins a
        line of its own.

        Raises:
            CannotGoOn: the last whole line is not as it was written.
            NotRecorded: the file cannot be read or written.
        """
        file = cls.__new__(cls)
        file._open(path, 0)
        try:
            last, end = _last_line(path)
            if last is not None:
                framed = unframe(last)
                if framed is None or not framed.sound:
                    raise CannotGoOn(path, "its last line is not as it was written")
                file._n, file._before = framed.n + 1, framed.sum
            if end < os.fstat(file._file).st_size:
                os.ftruncate(file._file, end)
        except OSError as error:
            file.close()
            raise NotRecorded(path, "the file", error) from error
        except CannotGoOn:
            file.close()
            raise
        file._end = end
        return file

    @property
    def empty(self) -> bool:
        """Whether it holds no line yet."""
        return self._n == 0

    def append(self, kind: str, body: bytes) -> tuple[int, int]:
        """Writes a line; answers its offset in the file and its length, both in bytes and with the line feed.

        Raises:
            NotRecorded: it could not be written whole. What was written of it is taken back.
        """
        line, digest = frame(self._n, kind, body, self._before)
        try:
            written = os.write(self._file, line)
            while written < len(line):  # a nearly full disk takes a part; the next call says what is wrong
                written += os.write(self._file, line[written:])
        except OSError as error:
            self._take_back()
            raise NotRecorded(self.path, f"line {self._n + 1}", error) from error
        offset = self._end
        self._n, self._before, self._end = self._n + 1, digest, offset + len(line)
        return offset, len(line)

    def _take_back(self) -> None:
        try:
            os.ftruncate(self._file, self._end)
        except OSError:
            return  # a cut last line is known to every reader

    def sync(self) -> None:
        """Has the system put on disk what was written.

        Raises:
            NotRecorded: it could not.
        """
        try:
            os.fsync(self._file)
        except OSError as error:
            raise NotRecorded(self.path, "what was written", error) from error

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
