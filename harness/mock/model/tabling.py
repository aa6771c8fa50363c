"""Questions about files: what stands in a table, how large a file is, what it says.

A column is meant by its name, a row by a cell of it that the prompt names:

    What is the depth of Bergen?                the cell of that row under that column
    What is the total depth?                    a statistic of a column of numbers
    What is the mean fee where port is Oslo?    of the rows with that cell
    Which port has the lowest fee?              the cell beside the extreme
    How many rows have the port Oslo?           how many there are
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from harness.mock.interpreter import HOME, Table, Wrong, table_of, typed
from harness.mock.model.written import MEANS, Written

TABULAR: Final = (".csv", ".json", ".txt")
"""Endings of files that may hold a table; a text that has no commas has none."""

STATISTIC: Final = re.compile(rf"\b({'|'.join(MEANS)})\b", re.IGNORECASE)
HOW_MANY: Final = re.compile(r"\b(?:how many|number of|count)\b", re.IGNORECASE)
HOW_LARGE: Final = re.compile(r"\b(?:how (?:large|big)|size|bytes)\b", re.IGNORECASE)
SAYS: Final = re.compile(r"\b(?:say|says|contain|contains|content|contents|read|show|what (?:is|stands) in)\b", re.I)
LINES: Final = re.compile(r"\blines\b", re.IGNORECASE)
WHO: Final = re.compile(r"\b(?:which|who|what|name)\b", re.IGNORECASE)
LOOK: Final = re.compile(r"\b(?:file|table|csv|data|spreadsheet|rows?|columns?|lines?)\b", re.IGNORECASE)
OWN_NAME: Final = re.compile(r"^(?:assistant|file)-[0-9A-Za-z]{8,40}-")
"""What a file's name begins with where it came by its id."""


def from_files(prompt: str, files: Mapping[str, bytes]) -> Written | None:
    """The code for a question about one of the files; None where it is about none of them."""
    tables = [Read(path, table) for path, table in readable(files)]
    scores = [one.fits(prompt) for one in tables]
    as_a_whole = HOW_LARGE.search(prompt) or (HOW_MANY.search(prompt) and LINES.search(prompt))
    if max(scores, default=0) and not as_a_whole:
        return tables[scores.index(max(scores))].answering(prompt)
    return of_bytes(prompt, files, [one.path for one in tables])


def readable(files: Mapping[str, bytes]) -> Iterator[tuple[str, Table]]:
    """The files that hold tables, all cells as they are written."""
    for path, raw in files.items():
        if path.lower().endswith(TABULAR):
            try:
                table = table_of(path, raw, words=True)
            except Wrong:
                continue
            if len(table.columns) > 1:
                yield path, table


def named(prompt: str, name: str) -> bool:
    """Whether a prompt names this, whatever its case, underscores for blanks."""
    if not name.strip():
        return False
    pattern = re.escape(name.strip()).replace("_", "[ _]").replace(r"\ ", "[ _]")
    return re.search(rf"(?<![\w.]){pattern}(?:s|es)?(?![\w])", prompt, re.IGNORECASE) is not None


@dataclass(frozen=True)
class Read:
    """A table that was looked at, so that code about it can be written."""

    path: str
    table: Table

    def fits(self, prompt: str) -> int:
        """How much of the table a prompt names."""
        named_at_all = 2 * len(self.columns(prompt)) + 3 * (bare_name(self.path).lower() in prompt.lower())
        return named_at_all + (self.cell(prompt) is not None) if named_at_all else 0

    def columns(self, prompt: str) -> list[str]:
        """The columns that the prompt names, in the order in which it does."""
        names = [column.name for column in self.table.columns if named(prompt, column.name)]
        names = [name for name in names if not any(name != other and name in other for other in names)]
        return sorted(names, key=lambda name: prompt.lower().find(name.lower().replace("_", " ")))

    def cell(self, prompt: str) -> tuple[str, str] | None:
        """The column and the longest of its cells that the prompt names; a cell that is a column's name is none."""
        names, lowered = {column.name.lower() for column in self.table.columns}, prompt.lower()
        spaced = lowered.replace(" ", "_")
        found = [
            (str(cell), column.name)
            for column in self.table.columns
            for cell in dict.fromkeys(column.cells)
            if cell and (cell.lower() in lowered or cell.lower() in spaced) and cell.lower() not in names
        ]
        found = [one for one in found if named(prompt, one[0])]
        if not found:
            return None
        cell, name = max(found, key=lambda one: len(one[0]))
        return name, cell

    def answering(self, prompt: str) -> Written:
        """The code for what the prompt asks of the table."""
        asked, cell = self.columns(prompt), self.cell(prompt)
        if cell is not None:
            asked = [name for name in asked if name != cell[0]]
        match, rows = STATISTIC.search(prompt), row_mask(cell)
        as_numbers = row_mask(cell, typed=cell is not None and self.is_numeric(cell[0]))
        numbers = [name for name in asked if self.is_numeric(name)]
        if match is not None and numbers:
            others = [name for name in asked if name != numbers[0]]
            if MEANS[match[1].lower()] in ("max", "min") and others and WHO.search(prompt):
                return self.beside(match[1].lower(), numbers[0], others[0])
            return self.measured(match[1].lower(), numbers[0], as_numbers, cell)
        if HOW_MANY.search(prompt):
            return self.counted(rows, cell)
        if cell is not None and asked:
            return self.found(asked[0], rows, cell)
        if cell is not None:
            shown = (f"found = df{rows}", "found")
            return Written((*self.opening(words=True), *shown), 'str(len(found)) + " rows"', "found")
        return Written((*self.opening(), "print(df.shape)", "df.columns"), 'str(len(df)) + " rows"', "df")

    def is_numeric(self, name: str) -> bool:
        there = [cell for cell in typed([cell or "" for cell in self.table.column(name).cells]) if cell is not None]
        return bool(there) and not isinstance(there[0], str)

    def opening(self, *, words: bool = False) -> tuple[str, ...]:
        kind = "json" if self.path.lower().endswith(".json") else "csv"
        option = ", dtype=str" if words else ""
        return ("import pandas as pd", "", f"df = pd.read_{kind}({quoted(self.path)}{option})")

    def measured(self, word: str, name: str, rows: str, cell: tuple[str, str] | None) -> Written:
        said = f"{word} of {name}" + (f" where {cell[0]} is {cell[1]}" if cell else "")
        lines = (
            *self.opening(),
            f"result = round(df{rows}[{quoted(name)}].{MEANS[word]}(), 6)",
            f"print({quoted(said + ' =')}, result)",
        )
        return Written(lines, f"{quoted(said + ' = ')} + str(result)", f"df{rows}" if cell else "df")

    def beside(self, word: str, name: str, other: str) -> Written:
        said = f"{other} with the {word} {name}"
        extreme = f"idx{MEANS[word]}"
        lines = (
            *self.opening(),
            f"result = df.loc[df[{quoted(name)}].{extreme}(), {quoted(other)}]",
            f"print({quoted(said + ' =')}, result)",
        )
        return Written(lines, f"{quoted(said + ' = ')} + str(result)", "df")

    def counted(self, rows: str, cell: tuple[str, str] | None) -> Written:
        said = "number of rows" + (f" where {cell[0]} is {cell[1]}" if cell else "")
        lines = (*self.opening(words=True), f"result = len(df{rows})", f"print({quoted(said + ' =')}, result)")
        return Written(lines, f"{quoted(said + ' = ')} + str(result)", f"df{rows}")

    def found(self, name: str, rows: str, cell: tuple[str, str]) -> Written:
        said = f"{name} of {cell[1]}"
        lines = (
            *self.opening(words=True),
            f"result = df{rows}[{quoted(name)}].iloc[0]",
            f"print({quoted(said + ' =')}, result)",
        )
        return Written(lines, f"{quoted(said + ' = ')} + str(result)", f"df{rows}")


def row_mask(cell: tuple[str, str] | None, *, typed: bool = False) -> str:
    """The rows with a cell, as code takes them; `typed` where its column is read as numbers."""
    if cell is None:
        return ""
    return f"[df[{quoted(cell[0])}] == {float(cell[1]) if typed else quoted(cell[1])}]"


def quoted(text: str) -> str:
    """A text as code has it."""
    return json.dumps(text, ensure_ascii=False)


def bare_name(path: str) -> str:
    """A file's name as the person who sent it knows it."""
    return OWN_NAME.sub("", path.removeprefix(HOME))


def of_bytes(prompt: str, files: Mapping[str, bytes], tables: list[str]) -> Written | None:
    """The code for a question about a file as a whole: the one that is named, or the only one."""
    meant = [path for path in files if bare_name(path).lower() in prompt.lower()]
    if not meant and len(files) == 1 and LOOK.search(prompt):
        meant = list(files)
    if not meant:
        return None
    path, name = meant[0], bare_name(meant[0])
    if HOW_LARGE.search(prompt):
        return told(f"size of {name} in bytes", ("import os", ""), f"os.path.getsize({quoted(path)})")
    reading = f"Path({quoted(path)}).read_text()"
    if HOW_MANY.search(prompt) and LINES.search(prompt):
        return told(f"lines of {name}", ("from pathlib import Path", ""), f"len({reading}.splitlines())")
    if path in tables:
        return Written(("import pandas as pd", "", f"pd.read_csv({quoted(path)}).head()"))
    if SAYS.search(prompt):
        return Written(("from pathlib import Path", "", f"print({reading}[:500])"))
    return None


def told(said: str, head: tuple[str, ...], expression: str) -> Written:
    """Code that prints one value."""
    lines = (*head, f"result = {expression}", f"print({quoted(said + ' =')}, result)")
    return Written(lines, f"{quoted(said + ' = ')} + str(result)")
