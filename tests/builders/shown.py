"""Which tests show what: a row of a page, a file below `tests/`, tests in it. A row may have several lines."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]

Shown = Mapping[str, tuple[tuple[str, str], ...]]
"""Row → file and test, for each test that shows it."""


def table(text: str) -> Shown:
    """The lines of a table: row, file without its ending, names of tests without theirs."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for line in text.strip().splitlines():
        row, file, *tests = line.split()
        found[row] = (*found.get(row, ()), *((f"{file}.py", f"test_{test}") for test in tests))
    return found


@cache
def functions(file: str) -> frozenset[str]:
    """The names of the tests of a file; empty where there is no such file."""
    path = TESTS / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lacking(shown: Shown) -> list[str]:
    """What is named and does not exist."""
    return [
        f"{row}: {file}::{test}" for row, tests in shown.items() for file, test in tests if test not in functions(file)
    ]
