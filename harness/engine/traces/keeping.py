"""What one process of a run holds open in the run's directory: its lock, its record, its ledger."""

import os
from pathlib import Path
from typing import Final

from harness.engine.ledger import Ledger, ledger_name
from harness.engine.traces.resuming import CannotResume, Earlier
from harness.record.chain import CannotGoOn, ChainFile, NotRecorded, RecordExists
from harness.record.fields import encode
from harness.record.lines import Head
from harness.record.lock import Held, RunLock, held
from harness.record.writer import Redact, RunWriter, identity

TAKEN_UP: Final = "resumptions"
"""The file that tells each time that a run was taken up again; no reader of records needs it."""

REFUSALS: Final = (Held, NotRecorded, RecordExists, CannotGoOn, CannotResume)
"""Why a run cannot begin in a directory: nothing was sent."""


class Keeping:
    """Opens what a process of a run writes, and closes it.

    Args:
        part: what its files are named after, where several processes write: its shard, its worker.
        earlier: what the directory holds already, where the run is taken up again.
    """

    def __init__(self, directory: Path, part: str | None = None, earlier: Earlier | None = None) -> None:
        self.directory, self.part, self.earlier = directory, part, earlier
        self._lock: RunLock | None = None
        self._writer: RunWriter | None = None
        self._ledger: Ledger | None = None

    def lock(self, since: str, *, alone: bool = False) -> None:
        """Takes this part's lock; a second time does nothing. `alone`: nobody may write a part of this part.

        Raises:
            Held: another process has it.
            NotRecorded: there is no place for it.
        """
        if self._lock is not None:
            return
        try:
            self.directory.parent.mkdir(parents=True, exist_ok=True)
            self.directory.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise NotRecorded(self.directory, "the directory", error) from error
        self._lock = RunLock(self.directory, self.part, since)
        for other in held(self.directory, self.part, self._lock.path) if alone else ():
            self.close()
            raise Held(*other)

    def open(self, head: Head, redact: Redact = identity) -> tuple[RunWriter, Ledger]:
        """The record, its head on disk, and the ledger. In a run that is taken up again the first head stays.

        Raises:
            RecordExists, CannotGoOn, NotRecorded: see `RunWriter`.
        """
        first = head if self.earlier is None else self.earlier.head
        self._writer = RunWriter(self.directory, first, redact=redact, shard=self.part, again=self.earlier is not None)
        if self.earlier is not None:
            self._note(head, self.earlier)
        self._ledger = Ledger(self.directory / ledger_name(self.part), first.run)
        return self._writer, self._ledger

    def _note(self, head: Head, earlier: Earlier) -> None:
        """Writes down that the run was taken up again: when, with how much finished, and what is not as it was."""
        suffix = f"-{self.part}" if self.part else ""
        file = ChainFile.again(self.directory / f"{TAKEN_UP}{suffix}.jsonl")
        finished = sum(case in earlier.lines for case in earlier.head.planned)
        told = {
            "run": earlier.head.run,
            "started": head.started,
            "pid": os.getpid(),
            "versions": head.versions,
            "planned": len(earlier.head.planned),
            "finished": finished,
            "changed": [list(each) if isinstance(each, tuple) else each for each in sorted(earlier.anew, key=str)],
        }
        try:
            file.append("resumption", encode(told).encode("ascii"))
            file.sync()
        finally:
            file.close()

    def close(self) -> str | None:
        """Puts on disk what was written and gives the lock back; in words what could not be kept."""
        problem = None
        if self._ledger is not None:
            self._ledger.close()
        try:
            if self._writer is not None:
                self._writer.close()
        except NotRecorded as error:
            problem = str(error)
        if self._lock is not None:
            self._lock.release()
        return problem
