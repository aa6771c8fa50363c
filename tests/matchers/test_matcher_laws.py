"""Laws that hold for every value: three-valued logic, and what each matcher is to the others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.matchers import compile
from harness.matchers.base import alike
from harness.matchers.numbers import quantity
from harness.pointer import MISSING, resolve

scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text("abcAB", max_size=4)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
anything = values | st.just(MISSING)
texts = st.text("abcAB ", max_size=6)
parts = st.text("abcAB ", min_size=1, max_size=3)
simple = st.one_of(
    parts.map(lambda part: {"contains": part}),
    parts.map(lambda part: {"excludes": part}),
    parts.map(lambda part: {"starts_with": part}),
    st.integers(-9, 9).map(lambda bound: {"at_least": bound}),
    st.integers(-9, 9).map(lambda bound: {"below": bound}),
    st.integers(0, 3).map(lambda count: {"length": count}),
    st.sampled_from(["string", "number", "array", "null"]).map(lambda name: {"type": name}),
    st.booleans().map(lambda wanted: {"exists": wanted}),
    values.map(lambda value: {"equals": value}),
    st.lists(scalars, min_size=1, max_size=3).map(lambda choice: {"one_of": choice}),
)
matchers = st.recursive(
    simple,
    lambda inner: st.one_of(
        inner.map(lambda one: {"not": one}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"all_of": some}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any_of": some}),
        inner.map(lambda one: {"each": one}),
        inner.map(lambda one: {"some": one}),
    ),
    max_leaves=5,
)


def holds(written, value):
    return compile(written).holds(value)


def negated(outcome):
    return None if outcome is None else not outcome


@given(matchers, anything)
def test_not_negates_and_keeps_doubt(written, value):
    assert holds({"not": written}, value) is negated(holds(written, value))


@given(st.lists(matchers, min_size=1, max_size=3), anything)
def test_all_of_is_the_least_and_any_of_the_greatest(several, value):
    """Kleene's logic: false < unknown < true."""
    order = {False: 0, None: 1, True: 2}
    outcomes = [order[holds(one, value)] for one in several]

    assert order[holds({"all_of": several}, value)] == min(outcomes)
    assert order[holds({"any_of": several}, value)] == max(outcomes)


@given(st.lists(matchers, min_size=1, max_size=3), anything)
def test_de_morgan(several, value):
    assert holds({"not": {"all_of": several}}, value) is holds({"any_of": [{"not": one} for one in several]}, value)


@given(matchers, values)
def test_some_and_each_are_duals_where_there_is_an_entry(written, value):
    if value not in ([], {}):
        assert holds({"not": {"some": written}}, value) is holds({"each": {"not": written}}, value)


@given(simple, simple, anything)
def test_a_mapping_of_matchers_is_all_of_them(one, other, value):
    if one.keys() != other.keys():
        assert holds({**one, **other}, value) is holds({"all_of": [one, other]}, value)


@given(matchers, anything)
def test_matching_never_raises_and_mismatches_point_into_the_value(written, value):
    for mismatch in compile(written).match(value):
        assert "\n" not in mismatch.message
        if value is not MISSING and mismatch.actual is not None and mismatch.pointer:
            assert resolve(value, mismatch.pointer) is not MISSING


@given(values)
def test_equals_is_reflexive(value):
    assert holds({"equals": value}, value) is True


@given(values, values)
def test_equals_is_symmetric_and_one_of_is_equals(one, other):
    assert holds({"equals": one}, other) is holds({"equals": other}, one) is alike(one, other)
    assert holds({"one_of": [one]}, other) is alike(one, other)


@given(parts, anything)
def test_contains_and_excludes_are_complementary(part, value):
    assert holds({"excludes": part}, value) is negated(holds({"contains": part}, value))


@given(st.lists(parts, min_size=1, max_size=3), texts)
def test_several_parts(several, text):
    assert holds({"contains": several}, text) is all(part in text for part in several)
    assert holds({"contains_any": several}, text) is any(part in text for part in several)
    assert holds({"excludes": several}, text) is not any(part in text for part in several)


@given(parts, texts)
def test_beginning_and_end_are_contained(part, text):
    if holds({"starts_with": part}, text) or holds({"ends_with": part}, text):
        assert holds({"contains": part}, text)


@given(st.integers(-99, 99) | st.floats(-99, 99), st.integers(-99, 99), st.integers(0, 20))
def test_bounds(value, low, width):
    high = low + width
    assert holds({"below": low}, value) is not holds({"at_least": low}, value)
    assert holds({"above": low}, value) is not holds({"at_most": low}, value)
    assert holds({"between": [low, high]}, value) is holds({"at_least": low, "at_most": high}, value)
    assert holds({"close_to": {"value": low, "within": width}}, value) is (abs(value - low) <= width)


@given(st.lists(values, max_size=4))
def test_length_and_count_agree_on_lists(value):
    assert holds({"length": len(value)}, value)
    assert holds({"count": len(value)}, value)
    assert holds({"count": {"of": {"type": "string"}, "is": sum(isinstance(each, str) for each in value)}}, value)


@given(parts, texts)
def test_case_is_ignored_on_both_sides(part, text):
    ignoring = {"ignore_case": {"contains": part}}
    assert holds(ignoring, text) is holds(ignoring, text.swapcase())
    assert holds(ignoring, text) is (part.casefold() in text.casefold())


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_quantities(amount):
    assert quantity(f"{amount}s") == (amount, "duration")
    assert quantity(f"{amount}ms")[0] * 1000 == pytest.approx(amount)
    assert quantity(f"{amount}MB") == (amount * 10**6, "size")
    assert quantity(f"{amount}") is None
    assert quantity(f"{amount} s") is None
