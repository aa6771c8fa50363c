"""What is said where a value differs: place, what was demanded, what is there, and in which words.

After a deliberate change `python tests/matchers/test_mismatch_words.py` writes the golden text anew; read what changed
before you keep it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from test_difference import VALUES
from test_matcher_tables import TABLE

from harness.matchers import Matcher, Mismatch, compile
from harness.matchers.collections import InOrder
from harness.matchers.structure import Equals, Fields
from harness.pointer import MISSING

GOLDEN = Path(__file__).parents[1] / "golden" / "matchers" / "mismatches.txt"

SEVERAL = [f"line {n}" for n in range(9)]
MORE: list[tuple[Any, list[Any]]] = [
    *(({"equals": expected}, [actual]) for expected, actual, _ in VALUES),
    ({"equals": [[1, 2], [3]]}, [[[1], [3, 4], "x"]]),
    ({"equals": "\n".join(SEVERAL)}, ["\n".join(SEVERAL[::2]), "\x1b[2J\u202e" + "a" * 300]),
    ({"starts_with": "a" * 80}, ["a" * 40 + "b" * 80]),
    ({"ends_with": "a" * 80}, ["b" * 80 + "a" * 40]),
    ({"matches": "(a|b)\t$"}, ["c" * 100]),
    ({"excludes": {"a": 1}}, [{"a": 1, "b": 2}]),
    ({"contains": {"a": {"b": 1}}}, [{"a": 7}, [{"a": {"b": 2}}]]),
    ({"each": {"equals": {"a": 1, "b": 2}}}, [[{"a": 1, "b": 3}, {"a": 2}], {"x/y": {}}]),
    ({"each": {"each": {"above": 1}}}, [[[2, 1], [], 5]]),
    ({"some": {"each": {"above": 1}}}, [[[1], []], [[1], [0]]]),
    ({"count": {"of": {"above": 1}, "is": {"at_least": 2, "below": 1}}}, [[1, 5], {"a": "x"}]),
    ({"length": {"at_least": 5, "not": 3}}, ["abc", {"a": 1}]),
    ({"any_of": [{"contains": str(n)} for n in range(7)]}, ["x", 7]),
    ({"not": {"all_of": [{"contains": "a"}, {"above": 1}]}}, [1]),
    ({"json_schema": {"patternProperties": {"^a": {"items": {"type": "string"}}}}}, [{"ab": ["x", 1], "b": [1]}]),
    ({"json_schema": {"additionalProperties": {"minimum": 3}, "properties": {"b": {}}}}, [{"a/~": 1, "b": 1}]),
    ({"json_schema": {"additionalProperties": False}}, [{"a": 1, "b": 2}]),
    ({"json_schema": {"uniqueItems": True, "pattern": "^a"}}, [[1, [2], [2]], "b\u202e"]),
    ({"json_schema": {"required": ["x" * 200]}}, [{}]),
    ({"json_schema": {"$ref": "#/$defs/nowhere"}}, [1]),
    ({"not": {"exists": False}}, [MISSING]),
    ({"equals": {"a": ["1", None, ""]}}, [{"a": [1, "null", None]}]),
    ({"ignore_case": {"equals": {"A": "X"}}}, [{"A": "Y"}]),
    ({"close_to": {"value": "2s", "within": "500ms"}}, [3]),
    ({"type": ["string", "null"]}, [1]),
    ({"count": {"at_least": 2}}, [[1], {"a": 1}, "ab"]),
    ({"each": {"contains": ["a", "b"]}}, [["a", 1, "ab", "c"]]),
    ({"equals": ["a" * 100]}, [["b" * 100]]),
]
"""What the table of examples has no values for: places deep inside, long texts, several mismatches at once."""

UNNAMED: dict[str, tuple[Matcher, list[Any]]] = {
    "entries in order": (InOrder(("a", "b", "a")), [["a", "b"], ["b", "a", "a"], [], "aba", {}, MISSING]),
    "fields": (
        Fields({"city": Equals("Oslo"), "a/b": Equals(1)}),
        [{"city": "Rome", "a/b": 2}, {"city": "Oslo"}, [], 1],
    ),
    "counts": (Fields({"a": Equals(1)}, counts=True), [{}, {"a": 2}]),
}
"""Matchers that stand behind keys of an expectation and have no name of their own."""


def rows() -> Iterator[tuple[str, Matcher, list[Any]]]:
    for written_, values in [*((row[0], [*row[2], *row[3]]) for row in TABLE), *MORE]:
        yield written(written_), compile(written_), values
    for name, (matcher, values) in UNNAMED.items():
        yield name, matcher, values


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, default=repr)


def lines(mismatch: Mismatch) -> list[str]:
    """One mismatch, every field of it."""
    wanted, there = written(mismatch.expected), written(mismatch.actual)
    told = [
        f"  {mismatch.message}",
        f"    at {written(mismatch.pointer)}: {wanted} and not {there}" + ("" if mismatch.fits else " (does not fit)"),
    ]
    return [*told, *(f"    | {written(line)}" for line in mismatch.difference.split("\n") if mismatch.difference)]


def spoken() -> str:
    """Every mismatch of every row: the matcher as it was written, the value, and what is said."""
    said = []
    for name, matcher, values in rows():
        if values:
            said.append(f"\n== {name}")
        for value in values:
            said.append(f"-- {written(value)}")
            said += [line for mismatch in matcher.match(value) for line in lines(mismatch)]
    return "\n".join(said) + "\n"


def test_what_differs_is_said_as_the_golden_text_has_it():
    assert spoken().split("\n== ") == GOLDEN.read_text(encoding="utf-8").split("\n== ")


if __name__ == "__main__":
    GOLDEN.write_text(spoken(), encoding="utf-8")
