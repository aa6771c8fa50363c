"""What differs is said at its smallest place, and long texts show where."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.matchers import compile
from harness.matchers.base import alike
from harness.matchers.difference import GLANCE, LONGEST_LINE, MOST_LINES, of_texts

LINES = [f"line {n}" for n in range(20)]


def places(expected: Any, actual: Any) -> list[tuple[str, Any, Any]]:
    return [(each.pointer, each.expected, each.actual) for each in compile({"equals": expected}).match(actual)]


VALUES: list[tuple[Any, Any, list[tuple[str, Any, Any]]]] = [
    ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, [("/a/c", 2, 3)]),
    ({"a": 1}, {}, [("/a", 1, None)]),
    ({}, {"a": 1}, [("/a", None, 1)]),
    ({"a": 1, "b": 2}, {"b": 3, "c": 4}, [("/a", 1, None), ("/b", 2, 3), ("/c", None, 4)]),
    ([1, 2, 3], [1, 3], [("/1", 2, None)]),
    ([1, 3], [1, 2, 3], [("/1", None, 2)]),
    ([1, 2], [1, 5], [("/1", 2, 5)]),
    ([{"id": 1}, {"id": 2}], [{"id": 2}], [("/0", {"id": 1}, None)]),
    ([1, {"a": 1}, 9], [1, {"a": 2}, 9, 9], [("/1/a", 1, 2), ("/3", None, 9)]),
    ([], [1], [("", [], [1])]),
    ([1, 2], 7, [("", [1, 2], 7)]),
    ([[1, 2], [3]], [[1, 2], [3, 4]], [("/1/1", None, 4)]),
    ({"a/b": 1}, {"a/b": 2}, [("/a~1b", 1, 2)]),
]


@pytest.mark.parametrize(("expected", "actual", "told"), VALUES, ids=[f"{e}-{a}" for e, a, _ in VALUES])
def test_the_smallest_places(expected: Any, actual: Any, told: list[tuple[str, Any, Any]]):
    assert places(expected, actual) == told


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(json_values, json_values)
def test_silent_exactly_where_equal(expected: Any, actual: Any):
    """Law: there is a difference to tell if and only if the values are not equal as JSON."""
    assert (places(expected, actual) == []) is alike(expected, actual)


def test_long_lists_are_not_held_against_each_other():
    """The effort has a bound: one place then, with how many entries there are."""
    (mismatch,) = compile({"equals": list(range(1_000))}).match(list(range(999)))
    assert mismatch.message == "999 entries, not 1000"


@pytest.mark.parametrize(
    ("expected", "actual", "shown"),
    [
        ("short", "other", ""),
        ("same" * 40, "same" * 40, ""),
        ("a\nb", "a\nc", "  a\n- b\n+ c"),
        ("a\nb\nc", "a\nc", "  a\n- b\n  c"),
        ("a\nc", "a\nb\nc", "  a\n+ b\n  c"),
        (
            "\n".join(LINES),
            "\n".join([*LINES[:10], "new", *LINES[11:]]),
            "  … 8 lines the same\n  line 8\n  line 9\n- line 10\n+ new\n  line 11\n  line 12\n  … 7 lines the same",
        ),
        (
            "x" * 100 + "one" + "y" * 100,
            "x" * 100 + "two" + "y" * 100,
            f"- …{'x' * 30}one{'y' * 30}…\n+ …{'x' * 30}two{'y' * 30}…",
        ),
    ],
)
def test_how_texts_differ(expected: str, actual: str, shown: str):
    assert of_texts(expected, actual) == shown


@given(st.text("ab \n", max_size=200), st.text("ab \n", max_size=200))
def test_every_difference_is_bounded_and_marked(expected: str, actual: str):
    """Law: each line says whose it is, and what is shown stays small."""
    shown = of_texts(expected, actual)
    lines = shown.split("\n") if shown else []
    assert all(line[0] in "-+ " and len(line) <= LONGEST_LINE + 2 for line in lines)
    assert len(lines) <= MOST_LINES + 1
    if expected != actual and max(len(expected), len(actual)) > GLANCE:
        assert any(line[0] in "-+" for line in lines)


def test_a_megabyte_is_quick():
    """A million different lines do not hold up a run."""
    import time

    started = time.monotonic()
    assert of_texts("a\n" * 500_000, "b\n" * 400_000)
    assert time.monotonic() - started < 5


def test_a_difference_goes_with_its_mismatch():
    """Through whatever stands around the matcher."""
    long, other = "a\n" * 10, "a\n" * 9 + "b\n"
    for written, value in (
        (long, other),
        ({"each": long}, [other]),
        ({"all_of": [long]}, other),
        ({"starts_with": long}, other),
        ({"ends_with": long}, other),
    ):
        (mismatch,) = compile(written).match(value)
        assert "- a\n+ b" in mismatch.difference
