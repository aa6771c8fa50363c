"""The one writer of a run's record: head first, then a line as each case finishes.

The one place where anything is redacted: over the bytes of a body as it came, and over the bytes of every line before
it is summed and written. Nothing is written elsewhere, nothing is redacted later.
"""

import errno
import json
import os
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from harness.record.bounds import SAID, VALUE, bounded, cut_text, plain, shortened
from harness.record.chain import ChainFile, NotRecorded
from harness.record.exchanges import Bodies, kept
from harness.record.fields import encode, reader
from harness.record.lines import Body, CaseLine, ExchangesHead, FindingLine, Head, TurnLine, Where
from harness.record.withholding import withheld_body, withheld_exchange
from harness.wire.exchange import Exchange

Redact = Callable[[bytes], bytes]
"""Bytes in, the same bytes without secrets out. Offsets stay true where it keeps the length."""

SYNC_EVERY: Final = 1.0
"""Seconds between two times that the system is made to put on disk what was written."""


_NO_SUCH_SYNC: Final = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)
"""What file systems answer that have no such thing for directories."""


class RedactionBroke(Exception):
    """Redacting a line left no JSON; the line was not written, because nothing goes to disk unredacted."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"redacting a line of kind {kind!r} left no valid JSON: its replacement must be plain ASCII")


def identity(data: bytes) -> bytes:
    """Redacts nothing: for runs that have no secrets."""
    return data


def file_names(shard: str | None) -> tuple[str, str]:
    """The names of a shard's record and exchanges; the whole run's where there are no shards.

    Raises:
        ValueError: the shard's name is not made of letters, digits, `_` and `-`.
    """
    if shard is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", shard):
        raise ValueError(f"a shard's name is made of letters, digits, _ and -: {shard!r}")
    suffix = f"-{shard}" if shard else ""
    return f"record{suffix}.jsonl", f"exchanges{suffix}.jsonl"


class RunWriter:
    """Writes the record of one process of a run into a directory (made with mode 0700, files with 0600).

    When it has been made, the head is on disk. Each line is handed to the system in one `write`, so that a killed
    process loses nothing that was finished; a thread of its own has it put on disk once a second, so that no case
    waits for a slow disk. May be called from any thread.

    Args:
        again: take up the files that are there, behind their last whole lines; a head that is there stays.

    Raises:
        RecordExists: the directory holds a record of this name.
        CannotGoOn: it is taken up again, and its end is not as it was written.
        NotRecorded: the directory or its files cannot be made.
    """

    def __init__(
        self, directory: Path, head: Head, *, redact: Redact = identity, shard: str | None = None, again: bool = False
    ) -> None:
        record, exchanges = file_names(shard)
        self.directory = directory
        self._redact, self._lock = redact, threading.Lock()
        self._dirty, self._closing = threading.Event(), threading.Event()
        self._failed: NotRecorded | None = None
        try:
            directory.parent.mkdir(parents=True, exist_ok=True)
            directory.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise NotRecorded(directory, "the directory", error) from error
        self._bodies = Bodies(directory / "bodies")
        self._record = self._begun(directory / record, again, "head", replace(head, shard=shard))
        try:
            self._record.sync()
            first = ExchangesHead(head.run, shard)
            self._exchanges = self._begun(directory / exchanges, again, "exchanges", first)
        except BaseException:
            self._record.close()
            raise
        try:
            _sync_directory(directory)
        except NotRecorded:
            self._record.close()
            self._exchanges.close()
            raise
        self._syncing = threading.Thread(target=self._keep_in_sync, name="record-sync", daemon=True)
        self._syncing.start()

    def _begun(self, path: Path, again: bool, kind: str, first: Any) -> ChainFile:
        """A file that has its first line."""
        file = ChainFile.again(path) if again else ChainFile(path)
        try:
            if file.empty:
                self._append(file, kind, first)
        except BaseException:
            file.close()
            raise
        return file

    def exchanges(
        self, case: str, turn: str, number: int, exchange: Exchange, sent: int = 1, *, sensitive: bool = False
    ) -> Where:
        """Keeps an exchange, the `number`th of its case from 0, and answers where its line stands.

        `sent` is more than 1 where the same request was refused before, and repeated. Of what is `sensitive` no text is
        kept.

        Raises:
            NotRecorded: it could not be kept; so for every later call.
            RedactionBroke: nothing was written, see there.
        """
        with self._lock:
            line = kept(case, turn, number, exchange, self._withhold if sensitive else self._keep, sent)
            line = withheld_exchange(line) if sensitive else line
            offset, length = self._append(self._exchanges, "exchange", line)
        return Where(self._exchanges.path.name, offset, length)

    def case(self, line: CaseLine) -> None:
        """Keeps a finished case; values that are too long are cut (see `harness.record.bounds`).

        Raises:
            NotRecorded: it could not be kept; so for every later call.
            RedactionBroke: nothing was written, see there.
        """
        with self._lock:
            self._append(self._record, "case", line)

    def close(self) -> None:
        """Puts everything on disk and closes the files; a second time does nothing.

        Raises:
            NotRecorded: something could not be put on disk.
        """
        if self._closing.is_set():
            return
        self._closing.set()
        self._syncing.join()
        try:
            self._sync()
        finally:
            self._record.close()
            self._exchanges.close()
        if self._failed:
            raise self._failed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _keep(self, data: bytes) -> Body:
        if self._failed:
            raise self._failed
        try:
            return self._bodies.keep(self._redact(data))
        except NotRecorded as error:
            self._failed = error
            raise

    def _withhold(self, data: bytes) -> Body:
        return withheld_body(self._redact(data))

    def _append(self, file: ChainFile, kind: str, line: Any) -> tuple[int, int]:
        if self._failed:
            raise self._failed
        body = _plainly(line)
        redacted = self._redact(body)
        if redacted != body and not _is_one_line_of_json(redacted):
            raise RedactionBroke(kind)
        if isinstance(line, CaseLine) and len(redacted) > (VALUE if line.findings else SAID):
            redacted = _bounded_case(redacted)  # after redacting: half a secret would not be known as one
        try:
            where = file.append(kind, redacted)
        except NotRecorded as error:
            self._failed = error
            raise
        self._dirty.set()
        return where

    def _keep_in_sync(self) -> None:
        while not self._closing.wait(SYNC_EVERY):
            if not self._dirty.is_set():
                continue
            self._dirty.clear()
            try:
                self._sync()
            except NotRecorded as error:
                self._failed = self._failed or error
                return

    def _sync(self) -> None:
        self._bodies.sync()
        self._exchanges.sync()
        self._record.sync()  # last: what a case line refers to is there before it


def _plainly(line: Any) -> bytes:
    """A line's body in JSON: as it is where it holds what JSON can hold, else made so."""
    try:
        return encode(line).encode("ascii")
    except (ValueError, TypeError, RecursionError):
        return encode(plain(line)).encode("ascii")


def _bounded_case(body: bytes) -> bytes:
    """A case line's body with what is too long cut."""
    line: CaseLine = reader(CaseLine)(json.loads(body))
    return encode(in_bounds(line)).encode("ascii")


def in_bounds(line: CaseLine) -> CaseLine:
    """A case line whose values are plain and short enough to be kept."""
    return replace(
        line,
        reason=line.reason if line.reason is None else cut_text(line.reason),
        values={key: bounded(value) for key, value in line.values.items()},
        outline=None if line.outline is None else bounded(line.outline, SAID),
        findings=tuple(_finding_in_bounds(finding) for finding in line.findings),
        turns=tuple(_turn_in_bounds(turn) for turn in line.turns),
    )


def _finding_in_bounds(line: FindingLine) -> FindingLine:
    return replace(
        line,
        message=cut_text(line.message),
        difference=cut_text(line.difference),
        expected=_once(line.expected),
        actual=_once(line.actual),
        source_line=line.source_line if line.source_line is None else cut_text(line.source_line),
    )


def _once(value: Any) -> Any:
    """A bounded value; one that was cut before is left as it is."""
    return value if isinstance(value, dict) and set(value) == {"$cut", "bytes", "sha256"} else bounded(value)


def _turn_in_bounds(line: TurnLine) -> TurnLine:
    said = shortened(line.said)
    return replace(line, asked=shortened(line.asked), said=tuple(said) if isinstance(said, list) else (said,))


def _is_one_line_of_json(data: bytes) -> bool:
    try:
        return b"\n" not in data and isinstance(json.loads(data), dict)
    except ValueError:
        return False


def _sync_directory(directory: Path) -> None:
    """Makes the new names in a directory outlast a power cut, where the system can.

    Raises:
        NotRecorded: it can, and could not.
    """
    if os.name == "nt":  # pragma: no cover - Windows opens no directories
        return
    try:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_SUCH_SYNC:
            raise NotRecorded(directory, "the directory", error) from error
