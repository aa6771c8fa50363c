"""Each way in which a record can be unsound, as an exception with its facts."""

from pathlib import Path
from typing import ClassVar


class Unsound(Exception):
    """A record cannot be used as it stands, or not wholly.

    `line` counts from 1, as editors do; `case` is the case concerned, where it is known. `harmless` problems take
    nothing from what was read.
    """

    harmless: ClassVar[bool] = False

    def __init__(self, path: Path, message: str, *, line: int | None = None, case: str | None = None) -> None:
        self.path, self.message, self.line, self.case = path, message, line, case
        where = path.name if line is None else f"{path.name}, line {line}"
        super().__init__(f"{where}: {message}")


class NoRecord(Unsound):
    """There is nothing at the path that could be a record."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, f"no record there: {why}")


class Empty(Unsound):
    """The file holds nothing: its process ended before the head was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "the record is empty")


class NoHead(Unsound):
    """The first line is not a whole head, so nothing is known of the run."""

    def __init__(self, path: Path, why: str = "the first line is not the head of a record") -> None:
        super().__init__(path, why, line=1)


class NewerFormat(Unsound):
    """The record was written by a newer harness in a format that this one does not know."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        self.found, self.known = found, known
        super().__init__(
            path,
            f"the record has format {found}, this harness reads up to {known}: read it with a newer one",
            line=1,
        )


class Altered(Unsound):
    """A line is not as it was written: it was changed, moved, or lines were taken out before it."""

    def __init__(self, path: Path, line: int, why: str, case: str | None = None) -> None:
        self.why = why
        super().__init__(path, why, line=line, case=case)


class Cut(Unsound):
    """The last line has no end: its process was killed while it wrote. It is left out."""

    harmless = True

    def __init__(self, path: Path, line: int, length: int) -> None:
        self.length = length
        super().__init__(
            path, f"the last line is cut after {length} bytes and was left out; its case counts as not run", line=line
        )


class Doubled(Unsound):
    """The same attempt at a case stands in the run twice. The first is taken."""

    def __init__(self, path: Path, line: int | None, case: str, attempt: int) -> None:
        self.attempt = attempt
        super().__init__(path, f"attempt {attempt} at {case} stands in this run already", line=line, case=case)


class Foreign(Unsound):
    """A case is recorded that the head did not plan."""

    def __init__(self, path: Path, line: int, case: str) -> None:
        super().__init__(path, f"the head did not plan {case}", line=line, case=case)


class Different(Unsound):
    """Records cannot be joined: what must be equal is not."""

    def __init__(self, path: Path, what: str, first: object, other: object) -> None:
        self.what, self.first, self.other = what, first, other
        super().__init__(path, f"cannot be joined: its {what} is {other!r}, that of the first {first!r}")
