"""Every test can fail by what it looks at: it asserts something, itself or through what it calls."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
ASSERTING: Final = frozenset(
    {"raises", "warns", "fail", "fnmatch_lines", "no_fnmatch_line", "assert_outcomes", "assert_"}
)
"""Calls of pytest that fail a test."""
RAISING: Final = {
    "test_any_text_is_a_query_or_is_refused": "raises where a text makes it stumble",
    "test_schemas_at_their_limits": "raises where a schema within bounds is refused",
    "test_no_json_object_makes_it_raise": "raises where an event makes the checker stumble",
    "test_no_sequence_of_events_makes_it_raise": "likewise, for sequences",
    "test_it_is_a_schema": "the validator raises where it is none",
}
"""Tests whose call is the assertion, and when it fails."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def called(function: ast.AST) -> Iterator[str]:
    """The names of what is called, and of what is handed on to be called."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            for each in (node.func, *node.args):
                if isinstance(each, ast.Name):
                    yield each.id
                elif isinstance(each, ast.Attribute):
                    yield each.attr


def asserts(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(function)) or bool(ASSERTING & set(called(function)))


def functions(trees: Iterable[ast.AST]) -> Iterator[Function]:
    return (node for tree in trees for node in ast.walk(tree) if isinstance(node, Function))


def silent(trees: dict[str, ast.Module]) -> list[str]:
    """The tests that assert nothing, through any number of functions of the tests' own."""
    every = list(functions(trees.values()))
    speaking = {function.name for function in every if asserts(function)}
    grown = True
    while grown:
        more = {each.name for each in every if each.name not in speaking and speaking & set(called(each))}
        speaking |= more
        grown = bool(more)
    return [
        f"{name}:{function.lineno} {function.name}"
        for name, tree in trees.items()
        if name.rpartition("/")[2].startswith("test_")
        for function in functions([tree])
        if function.name.startswith("test_") and not asserts(function) and not speaking & set(called(function))
    ]


def test_no_test_is_silent():
    trees = {
        str(path.relative_to(TESTS)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(TESTS.rglob("*.py"))
    }

    assert sum(name.startswith("test_") for name in (path.name for path in TESTS.rglob("test_*.py"))) > 100
    assert {line.split()[1] for line in silent(trees)} - set(RAISING) == set()


def test_a_silent_test_is_seen():
    planted = """
def looked(value):
    assert value
def through(value):
    looked(value)
def idle(value):
    return value
def test_asserts(): assert 1
def test_raises():
    with pytest.raises(ValueError): int("a")
def test_calls(): through(1)
def test_hands_on(): visiting(looked)
def test_nothing(): idle(1)
def test_prints(): print(1)
async def test_waits(): await idle(1)
"""

    found = silent({"test_planted.py": ast.parse(planted)})

    assert [line.split()[1] for line in found] == ["test_nothing", "test_prints", "test_waits"]
