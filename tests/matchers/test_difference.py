"""What differs is said at its smallest place, and long texts show where."""

from difflib import SequenceMatcher
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.matchers import Mismatch, compile, difference
from harness.matchers.base import alike
from harness.matchers.difference import GLANCE, LONGEST_LINE, MOST_COMPARED, MOST_LINES, of_texts, steps

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
    assert mismatch == Mismatch("", list(range(1_000)), list(range(999)), "999 entries, not 1000")


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
            "\n".join(["first", *LINES[:5], "last"]),
            "\n".join(["1st", *LINES[:5], "final"]),
            "- first\n+ 1st\n  line 0\n  line 1\n  line 2\n  line 3\n  line 4\n- last\n+ final",
        ),
        (
            "\n".join(["first", *LINES[:6], "last"]),
            "\n".join(["1st", *LINES[:6], "final"]),
            "- first\n+ 1st\n  line 0\n  line 1\n  … 2 lines the same\n  line 4\n  line 5\n- last\n+ final",
        ),
        (
            "\n".join([*LINES[:2], "a", *LINES[:2]]),
            "\n".join([*LINES[:2], "b", "c", *LINES[:2]]),
            "  line 0\n  line 1\n- a\n+ b\n+ c\n  line 0\n  line 1",
        ),
        (
            "\n".join([*LINES[:3], "a", *LINES[:3]]),
            "\n".join([*LINES[:3], "b", *LINES[:3]]),
            "  … 1 line the same\n  line 1\n  line 2\n- a\n+ b\n  line 0\n  line 1\n  … 1 line the same",
        ),
        ("x" * 30 + "a", "x" * 30 + "b" * 31, f"- {'x' * 30}a\n+ {'x' * 30}{'b' * 31}"),
        ("x" * 31 + "a" + "y" * 30, "x" * 31 + "b" + "y" * 30, f"- …{'x' * 30}a{'y' * 30}\n+ …{'x' * 30}b{'y' * 30}"),
        ("x" * 30 + "a" + "y" * 31, "x" * 30 + "b" + "y" * 31, f"- {'x' * 30}a{'y' * 30}…\n+ {'x' * 30}b{'y' * 30}…"),
        ("a" * 200, "b" * 201, f"- {'a' * 200}\n+ {'b' * 199}…"),
        ("\n".join("a" * 20), "\n".join("b" * 21), "- a\n" * 20 + "+ b\n" * 20 + "  … 1 line more"),
        ("\n".join("a" * 20), "\n".join("b" * 20), "\n".join(["- a\n+ b"] * 20)),
        ("a" * 60, "b" * 60, ""),
        ("a" * 61, "b", f"- {'a' * 61}\n+ b"),
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


def test_texts_of_many_lines_are_not_held_against_each_other(monkeypatch: pytest.MonkeyPatch):
    """The effort would be the product of both: a million different lines must not hold up a run."""
    held: list[int] = []

    class Watched(SequenceMatcher):
        def __init__(self, *given: Any, **known: Any) -> None:
            held.append(max(len(given[1]), len(given[2])))
            super().__init__(*given, **known)

    monkeypatch.setattr(difference, "SequenceMatcher", Watched)
    assert steps(["a"] * MOST_COMPARED, ["b"] * (MOST_COMPARED + 1)) is None
    shown = of_texts("a\n" * 500_000, "b\n" * 400_000).split("\n")
    assert shown == ["- a"] * MOST_LINES + [f"  … {900_000 - MOST_LINES + 1} lines more"]
    assert held == []
    assert steps(["a"] * MOST_COMPARED, ["b"]) == [("replace", 0, MOST_COMPARED, 0, 1)]
    assert held == [MOST_COMPARED]


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


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ("Q-7719", "It is Q-7719.", "`It is Q-7719.` is not `Q-7719`, though it holds that: `contains` would do"),
        ("Q-7719", "Q-77", "`Q-77` is not `Q-7719`"),
        ("", "Q-7719", "`Q-7719` is not ``"),
    ],
)
def test_who_wants_a_part_is_told_how(expected: str, actual: str, told: str):
    (mismatch,) = compile({"equals": expected}).match(actual)

    assert mismatch.message == told
