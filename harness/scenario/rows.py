"""`cases:` as it is written, in the file itself or in a table beside it → parameter rows, or every mistake in them."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any, Final

from harness.scenario import attachments
from harness.scenario.attachments import CannotAttach
from harness.scenario.mistakes import Mistakes
from harness.scenario.scope import Scope
from harness.source.document import Path
from harness.source.place import Diagnostic, Place, shown

MOST: Final = 10_000
"""Rows of a scenario, at most."""
LARGEST: Final = 4 << 20
"""Bytes of a table, at most."""
ENDINGS: Final = (".csv", ".jsonl")

Row = dict[str, Any]


class Rows:
    """Reads the rows of one document; what is wrong in them goes to `mistakes`, what they are called to `columns`."""

    def __init__(self, mistakes: Mistakes, folder: FilePath | None) -> None:
        """`folder` is where the scenario's file lies, None where it is none: then no table can be read."""
        self.mistakes = mistakes
        self.folder = folder
        self.columns: frozenset[str] = frozenset()

    def read(self, raw: dict[str, Any]) -> list[Row]:
        """The rows, each with the same columns; none where the scenario has none."""
        written = raw.get("cases")
        if isinstance(written, str) and written:
            return self._table(written)
        if not isinstance(written, list):
            if "cases" in raw:
                told = "`cases` is a list of rows, or the name of a table"
                self.mistakes.add(("cases",), told, "write `- {column: value}` below it, or `rows.csv`")
            return []
        if not written:
            self.mistakes.add(("cases",), "`cases` needs a row", key=True)
        if len(written) > MOST:
            self.mistakes.add(("cases",), f"`cases` has at most {MOST} rows, and here are {len(written)}", key=True)
            return []
        for number, row in enumerate(written):
            if not isinstance(row, dict):
                self.mistakes.add(("cases", number), "a row is a mapping of columns and values", "write `{column: 1}`")
        rows = [row for row in written if isinstance(row, dict)]
        self._columns(rows)
        return rows

    def _columns(self, rows: list[Row]) -> None:
        """Every row has the same columns, by names that variables may have."""
        first = rows[0] if rows else {}
        self.columns = frozenset(first)
        for number, row in enumerate(rows):
            for column in row.keys() - first.keys():
                self._mistake(("cases", number, column), f"row 1 has no column `{shown(column)}`", key=True)
            for column in first.keys() - row.keys():
                self._mistake(("cases", number), f"this row lacks the column `{shown(column)}`")
        for column in first:
            if told := Scope.name_mistake(column):
                self._mistake(("cases", 0, column), *told, key=True)
        if rows and not first:
            self._mistake(("cases", 0), "a row without columns")

    def _mistake(self, path: Path, message: str, hint: str | None = None, *, key: bool = False) -> None:
        self.mistakes.add(path, message, hint, key=key)

    def _table(self, name: str) -> list[Row]:
        """The rows of a table below the scenario's folder; its mistakes have their place in the table."""
        if not name.endswith(ENDINGS):
            self._mistake(("cases",), f"`{shown(name)}` is no table", f"its name ends in {' or '.join(ENDINGS)}")
            return []
        if self.folder is None:
            self._mistake(("cases",), "a scenario that is no file has no table beside it")
            return []
        try:
            content, _ = attachments.opened(self.folder, name)
        except CannotAttach as reason:
            self._mistake(("cases",), str(reason), reason.hint)
            return []
        if len(content) > LARGEST:
            self._mistake(("cases",), f"a table has at most {LARGEST >> 20} MiB")
            return []
        table = Table(str(PurePosixPath(self.mistakes.document.file).parent / name), content.decode("utf-8-sig"))
        rows = list(table.csv() if name.endswith(".csv") else table.jsonl())
        self.columns = table.columns
        for each in table.found:
            self.mistakes.note(each)
        if not rows and not table.found:
            self._mistake(("cases",), f"`{shown(name)}` has no row")
        return rows


class Table:
    """A table of rows in a file of its own; `found` holds what is wrong with it, by line."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = text.splitlines()
        self.found: list[Diagnostic] = []
        self.columns: frozenset[str] = frozenset()

    def _mistake(self, line: int, message: str, hint: str | None = None) -> None:
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        self.found.append(Diagnostic(Place(self.file, line, 1, max(1, len(text))), message, hint, text))

    def csv(self) -> Iterator[Row]:
        """The rows of comma-separated values; the first line names the columns, and every value is text."""
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        head: list[str] | None = None
        count = 0
        try:
            for cells in reader:
                if not cells:
                    continue
                if head is None:
                    head = cells
                    self._head(head)
                elif len(cells) != len(head):
                    self._mistake(reader.line_num, f"this row has {len(cells)} cells, and the first line {len(head)}")
                elif self._within(count := count + 1, reader.line_num):
                    yield dict(zip(head, cells, strict=True))
        except csv.Error as error:
            self._mistake(reader.line_num, f"this is no CSV: {error}", "a quote within quotes is written twice")

    def jsonl(self) -> Iterator[Row]:
        """The rows of one JSON object a line; values keep their types."""
        first: Row | None = None
        count = 0
        for number, line in enumerate(self.lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line, object_pairs_hook=_once, parse_constant=_no_json)
            except (ValueError, RecursionError) as error:
                self._mistake(number, f"this is no JSON: {shown(str(error))}", "each line is one JSON object")
                continue
            if not isinstance(row, dict) or not row:
                self._mistake(number, "this is no row", "each line is a JSON object of columns and values")
                continue
            if first is None:
                first = row
                self._head(list(row))
            if missing := [column for column in first if column not in row]:
                self._mistake(number, f"this row lacks the column `{shown(missing[0])}`")
            elif extra := [column for column in row if column not in first]:
                self._mistake(number, f"the first row has no column `{shown(extra[0])}`")
            elif self._within(count := count + 1, number):
                yield row

    def _head(self, columns: list[str]) -> None:
        self.columns = frozenset(columns)
        for index, column in enumerate(columns):
            if told := Scope.name_mistake(column):
                self._mistake(1, *told)
            elif column in columns[:index]:
                self._mistake(1, f"the column `{shown(column)}` stands here twice")

    def _within(self, count: int, line: int) -> bool:
        if count == MOST + 1:
            self._mistake(line, f"a table has at most {MOST} rows")
        return count <= MOST


def _once(pairs: list[tuple[str, Any]]) -> Row:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise ValueError("a key stands here twice")
    return row


def _no_json(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
