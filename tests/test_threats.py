"""No kind of hostile input and no rule against threats is forgotten: each has its tests, which exist, or a reason."""

import ast
from functools import cache
from pathlib import Path

import pytest
import reference
from builders.threats import INPUTS, NOT_SHOWN, RULES

TESTS = Path(__file__).parent


@cache
def functions(file: str) -> frozenset[str]:
    """The names of the tests of a file; empty where there is no such file."""
    path = TESTS / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lacking(shown: dict[str, tuple[tuple[str, str], ...]]) -> list[str]:
    """What is named and does not exist."""
    return [
        f"{row}: {file}::{test}" for row, tests in shown.items() for file, test in tests if test not in functions(file)
    ]


def test_every_test_that_is_named_exists():
    assert lacking({**INPUTS, **RULES}) == []


def test_a_name_that_is_none_is_seen():
    planted = {"E99": (("test_threats.py", "test_of_another_name"), ("no_file.py", "test_a"))}

    assert lacking(planted) == ["E99: test_threats.py::test_of_another_name", "E99: no_file.py::test_a"]


@pytest.mark.parametrize(("shown", "group", "count"), [(INPUTS, "E", 80), (RULES, "R", 25)], ids=["inputs", "rules"])
def test_every_row_is_shown_or_says_why_not(shown, group: str, count: int):
    rows = reference.rows(group)
    said = {row for row in NOT_SHOWN if row.startswith(group)}

    assert len(rows) == count
    assert shown.keys() | said == rows
    assert shown.keys() & said == set()
    assert all(NOT_SHOWN.values())
