"""One record file, line by line: what is sound of it, and what is not.

A line whose checksum is wrong, or whose neighbour says that it was written anew, is not believed: the case in it
counts as errored, under whatever id can still be read. A last line without its line feed was being written when
its process ended; it is left out and said so.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final

from harness.findings import Verdict
from harness.record.chain import START, Framed, unframe
from harness.record.fields import WrongShape, reader
from harness.record.lines import FORMAT, CaseLine, Head
from harness.record.unsound import Altered, Cut, Doubled, Empty, Foreign, NewerFormat, NoHead, Unsound

_CASE: Final = re.compile(rb'"kind":"case","body":\{"case":("(?:[^"\\\n]|\\.)*")')


@dataclass(frozen=True, slots=True)
class FileRead:
    """A record file as it was read; `cases` in the order of its lines."""

    head: Head
    cases: tuple[CaseLine, ...]
    problems: tuple[Unsound, ...]


def read_file(path: Path) -> FileRead:
    """Reads a record file.

    Raises:
        Empty, NoHead, NewerFormat: there is nothing that could be read.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        first = file.readline()
        head, framed = _head(path, first)
        reading = _Reading(path, head, framed.sum if framed.sound else None)
        if not framed.sound:
            reading.problems.append(Altered(path, 1, "the checksum of the head is wrong"))
        reading.read(file)
    return reading.result()


def read_head(path: Path) -> Head:
    """The head of a record file alone.

    Raises:
        Empty, NoHead, NewerFormat, Altered: there is none that could be believed.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head, framed = _head(path, file.readline())
    if not framed.sound:
        raise Altered(path, 1, "the checksum of the head is wrong")
    return head


def _head(path: Path, line: bytes) -> tuple[Head, Framed]:
    if not line:
        raise Empty(path)
    framed = unframe(line.removesuffix(b"\n"))
    if framed is None or framed.kind != "head" or not isinstance(framed.body, dict):
        raise NoHead(path)
    format_ = framed.body.get("format")
    if type(format_) is int and format_ > FORMAT:
        raise NewerFormat(path, format_, FORMAT)
    if not line.endswith(b"\n"):
        raise NoHead(path, "the head is cut")
    try:
        head: Head = reader(Head)(framed.body)
    except WrongShape as wrong:
        raise NoHead(path, f"the head is none: {wrong}") from wrong
    if framed.before != START or framed.n != 0:
        raise NoHead(path, "the head is not the first line of its file")
    return head, framed


@dataclass
class _Reading:
    """The state of reading one file: what was found so far, and what the next line must say of the last one."""

    path: Path
    head: Head
    before: str | None  # the sum of the last line; None where that line is not believed
    n: int = 1  # what the next line counts, where `before` is known
    number: int = 1  # of the line last read, from 1
    found: list[tuple[int, CaseLine]] = field(default_factory=list)
    problems: list[Unsound] = field(default_factory=list)
    taken: set[tuple[str, int, int]] = field(default_factory=set)

    def read(self, file: BinaryIO) -> None:
        planned = frozenset(self.head.planned)
        for self.number, line in enumerate(file, 2):
            if not line.endswith(b"\n"):
                self.problems.append(Cut(self.path, self.number, len(line)))
                return
            framed = unframe(line[:-1])
            if framed is None or not framed.sound:
                self._altered(line, framed, planned)
                continue
            self._linked(framed)
            self.before, self.n = framed.sum, framed.n + 1
            self._case(framed, planned)

    def result(self) -> FileRead:
        return FileRead(self.head, tuple(line for _, line in self.found), tuple(self.problems))

    def _linked(self, framed: Framed) -> None:
        """Whether a sound line stands where it was written."""
        if self.before is None or framed.before == self.before:
            return
        if framed.n > self.n:
            why = f"{framed.n - self.n} line(s) that stood before it were taken out"
            self.problems.append(Altered(self.path, self.number, why))
        elif framed.n < self.n:
            self.problems.append(Altered(self.path, self.number, "it does not stand where it was written"))
        else:
            self._written_anew()

    def _written_anew(self) -> None:
        """The line before has a right sum, but not the one that it had when this line was written."""
        number = self.number - 1
        why = "it was written anew after it was recorded"
        case = None
        if self.found and self.found[-1][0] == number:
            line = self.found[-1][1]
            case = line.case
            self.found[-1] = (number, self._errored(line, number, why))
        self.problems.append(Altered(self.path, number, why, case))

    def _case(self, framed: Framed, planned: frozenset[str]) -> None:
        if framed.kind != "case":
            self.problems.append(Altered(self.path, self.number, f"a line of unknown kind {framed.kind!r}"))
            return
        try:
            line: CaseLine = reader(CaseLine)(framed.body)
        except WrongShape as wrong:
            self.problems.append(Altered(self.path, self.number, f"it is no case: {wrong}"))
            return
        if line.case not in planned:
            self.problems.append(Foreign(self.path, self.number, line.case))
        elif (line.case, line.repeat, line.attempt) in self.taken:
            self.problems.append(Doubled(self.path, self.number, line.case, line.attempt))
        else:
            self._take(line)

    def _take(self, line: CaseLine) -> None:
        self.taken.add((line.case, line.repeat, line.attempt))
        self.found.append((self.number, line))

    def _altered(self, raw: bytes, framed: Framed | None, planned: frozenset[str]) -> None:
        why = "its checksum is wrong" if framed else "it is damaged"
        self.before = None
        known = [case for case in _ids(raw) if case in planned]
        self.problems.append(Altered(self.path, self.number, why, known[0] if known else None))
        for case in known:
            line = _remains(case, framed)
            if (case, line.repeat, line.attempt) not in self.taken:
                self._take(self._errored(line, self.number, why))

    def _errored(self, line: CaseLine, number: int, why: str) -> CaseLine:
        """What is left of a case whose line is not believed: its names."""
        reason = f"line {number} of {self.path.name} is not as it was recorded: {why}"
        return replace(
            line,
            verdict=Verdict.ERRORED,
            reason=reason,
            findings=(),
            turns=(),
            applied_rules={},
            applied_expectations={},
        )


def _ids(raw: bytes) -> Iterator[str]:
    """The case ids that can still be read in a damaged line (two, where a line feed was lost)."""
    for match in _CASE.finditer(raw):
        try:
            yield json.loads(match[1])
        except ValueError:
            continue


def _remains(case: str, framed: Framed | None) -> CaseLine:
    if framed is not None:
        try:
            line: CaseLine = reader(CaseLine)(framed.body)
        except WrongShape:
            pass
        else:
            return line
    file, _, rest = case.partition("::")
    return CaseLine(case, rest.partition("[")[0], file, 0, case, "", Verdict.ERRORED)
