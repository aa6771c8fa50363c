"""Tables as code reads them from CSV and JSON files: columns of numbers or words, filters, a few statistics.

Bounded in size: what is larger is an error of the code that reads it.
"""

import csv
import io
import json
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from harness.mock.interpreter.wrong import Wrong

LARGEST: Final = 2_000_000
"""Bytes of a table's file."""
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 200

Cell: TypeAlias = int | float | str | None

WHOLE: Final = re.compile(r"[-+]?\d{1,300}")
FRACTION: Final = re.compile(r"[-+]?(?:\d{1,300}\.\d{0,300}|\.\d{1,300}|\d{1,300}(?=[eE]))(?:[eE][-+]?\d{1,3})?")


@dataclass(frozen=True)
class Column:
    """One column: its name and its cells; a mask, where they are truth values."""

    name: str
    cells: tuple[Any, ...]

    def numbers(self) -> list[int | float]:
        """The cells that are there, all of them numbers. Raises `Wrong`."""
        there = [cell for cell in self.cells if cell is not None]
        if any(isinstance(cell, str) for cell in there):
            raise Wrong("TypeError", f"Could not convert column '{self.name}' to numeric")
        return there

    def compared(self, holds: Callable[[Any, Any], Any], other: object) -> "Column":
        """A mask: of which cells it holds; of cells of another kind it does not."""

        def held(cell: Cell) -> bool:
            try:
                return cell is not None and bool(holds(cell, other))
            except TypeError:
                return False

        return Column(self.name, tuple(held(cell) for cell in self.cells))

    def where(self, mask: "Column") -> "Column":
        return Column(self.name, tuple(cell for cell, kept in zip(self.cells, mask.cells, strict=True) if kept))

    def extreme(self, pick: Callable[[Sequence[int | float]], int | float]) -> int:
        """The row of the largest or smallest number, the first of several. Raises `Wrong`."""
        numbers = self.numbers()
        if not numbers:
            raise Wrong("ValueError", "attempt to get argmax of an empty sequence")
        return self.cells.index(pick(numbers))


@dataclass(frozen=True)
class Table:
    """Columns of the same length, in order."""

    columns: tuple[Column, ...]

    @property
    def rows(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0

    def column(self, name: object) -> Column:
        """Raises `Wrong`."""
        for column in self.columns:
            if column.name == name:
                return column
        raise Wrong("KeyError", repr(name))

    def where(self, mask: Column) -> "Table":
        """The rows for which the mask holds. Raises `Wrong`."""
        if len(mask.cells) != self.rows:
            raise Wrong("ValueError", f"Item wrong length {len(mask.cells)} instead of {self.rows}.")
        return Table(tuple(column.where(mask) for column in self.columns))

    def first(self, rows: int) -> "Table":
        return Table(tuple(Column(column.name, column.cells[:rows]) for column in self.columns))

    def as_csv(self) -> str:
        """The table as text, with a line of names."""
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        writer.writerows(zip(*(column.cells for column in self.columns), strict=True))
        return written.getvalue()

    def __str__(self) -> str:
        lines = [[column.name for column in self.columns]]
        lines += [[shown(column.cells[row]) for column in self.columns] for row in range(min(self.rows, 20))]
        return "\n".join("  ".join(line) for line in lines)


def shown(cell: object) -> str:
    """A cell as it is printed."""
    return "NaN" if cell is None else str(cell)


MEANS: Final[Mapping[str, Callable[[list[int | float]], int | float]]] = {
    "sum": sum,
    "mean": statistics.fmean,
    "median": statistics.median,
    "max": max,
    "min": min,
}
"""Statistics of numbers by the name that code has for them."""


def measured(name: str, numbers: list[int | float]) -> int | float:
    """A statistic of some numbers. Raises `Wrong` where there are none to take it of."""
    if not numbers and name != "sum":
        raise Wrong("ValueError", f"{name} of an empty sequence")
    try:
        made = MEANS[name](numbers)
    except OverflowError as error:
        raise Wrong("OverflowError", str(error)) from error
    return int(made) if isinstance(made, bool) else made


def table_of(path: str, raw: bytes, *, words: bool = False) -> Table:
    """The table in a file, by the ending of its name; with `words` every cell stays text. Raises `Wrong`."""
    if len(raw) > LARGEST:
        raise Wrong("MemoryError", f"{path} is larger than {LARGEST} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Wrong("UnicodeDecodeError", f"'utf-8' codec can't decode byte in position {error.start}") from error
    names, rows = from_json(text) if path.lower().endswith(".json") else from_csv(text)
    if len(names) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        raise Wrong("MemoryError", f"{path} has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")
    cells = [[row[at] if at < len(row) else "" for row in rows] for at in range(len(names))]
    made = [tuple(column) if words else typed(column) for column in cells]
    return Table(tuple(Column(name, column) for name, column in zip(names, made, strict=True)))


def from_csv(text: str) -> tuple[list[str], list[list[str]]]:
    """The names of the first line, and the rows. Raises `Wrong`."""
    first = text.partition("\n")[0]
    mark = max(",;\t|", key=first.count)
    try:
        lines = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if row]
    except csv.Error as error:
        raise Wrong("ParserError", str(error)) from error
    if not lines:
        raise Wrong("EmptyDataError", "No columns to parse from file")
    return [name.strip() for name in lines[0]], [[cell.strip() for cell in row] for row in lines[1:]]


def from_json(text: str) -> tuple[list[str], list[list[str]]]:
    """A list of objects as a table. Raises `Wrong`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Wrong("ValueError", "Expected object or value") from error
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Wrong("ValueError", "Expected a list of records")
    names = list(dict.fromkeys(name for row in value for name in row))
    return names, [["" if row.get(name) is None else str(row[name]) for name in names] for row in value]


def typed(cells: list[str]) -> tuple[Cell, ...]:
    """A column of numbers where all its cells are numbers or empty, else of words."""
    there = [cell for cell in cells if cell]
    if there and all(WHOLE.fullmatch(cell) for cell in there):
        return tuple(int(cell) if cell else None for cell in cells)
    if there and all(WHOLE.fullmatch(cell) or FRACTION.fullmatch(cell) for cell in there):
        return tuple(float(cell) if cell else None for cell in cells)
    return tuple(cell or None for cell in cells)
