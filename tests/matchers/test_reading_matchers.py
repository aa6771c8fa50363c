"""How a matcher is read: variables that are still to come, every mistake told and none raised, values in messages."""

from typing import Any

import pytest
from test_matcher_tables import MISTAKES, TABLE

from harness.matchers import MATCHERS, BadMatcher, compile
from harness.matchers.base import UNKNOWN, Reading, brief, described, folded, spelt
from harness.matchers.collections import InOrder
from harness.matchers.structure import Fields
from harness.matchers.table import read
from harness.pointer import MISSING

Told = list[tuple[tuple[str | int, ...], str, str | None, bool]]


def told(written: Any, **known: Any) -> Told:
    """Every mistake in a matcher as it was written."""
    found: Told = []
    compile(written, lambda *mistake: found.append(mistake), **known)
    return found


def unknown(written: Any) -> Any:
    """The same with a variable in the place of every value that a variable may stand for."""
    if isinstance(written, dict):
        return {key: unknown(inner) for key, inner in written.items()}
    if isinstance(written, list):
        return [unknown(each) for each in written]
    return UNKNOWN


@pytest.mark.parametrize("name", MATCHERS)
def test_a_variable_may_stand_for_a_whole_argument(name: str):
    """What it will be is not known yet, so nothing is said against it."""
    assert told({name: UNKNOWN}, draft=True) == []


@pytest.mark.parametrize("written", [row[0] for row in TABLE], ids=lambda written: str(written)[:60])
def test_variables_may_stand_for_what_is_inside(written: Any):
    assert told(unknown(written), draft=True) == []


@pytest.mark.parametrize("kind", ["text", "number", "duration", "size", "list", "mapping", "flag"])
def test_a_variable_may_stand_for_a_value_of_any_kind(kind: str):
    assert told(UNKNOWN, kind=kind, draft=True) == told({"equals": UNKNOWN}, kind=kind, draft=True) == []
    assert told({"one_of": [UNKNOWN]}, kind=kind, draft=True) == []


def test_a_list_stands_where_a_list_must_even_for_a_variable():
    assert told({"any_of": [UNKNOWN, {"contain": "a"}]}, draft=True) == [
        (("any_of", 1, "contain"), "unknown matcher `contain`", "did you mean `contains`?", True)
    ]


def test_a_pattern_with_a_variable_is_read_later():
    """`${n}` is no repetition; without a draft the pattern is read as it stands."""
    assert told({"matches": "(${open}"}, draft=True) == []
    ((_, message, _, _),) = told({"matches": "(${open}"})
    assert message.startswith("`(${open}` is no regular expression: ")
    ((_, message, _, _),) = told({"matches": "("}, draft=True)
    assert message.startswith("`(` is no regular expression: ")


def test_a_schema_with_a_variable_is_read_later():
    assert told({"json_schema": {"type": UNKNOWN}}, draft=True) == []
    assert told({"json_schema": {"type": "strin"}}, draft=True) != []


@pytest.mark.parametrize(("written", "message"), MISTAKES, ids=[str(row[0])[:60] for row in MISTAKES])
def test_every_mistake_is_told_and_none_is_raised(written: Any, message: str):
    """With somebody to tell it to; the first is the one that is raised where there is nobody."""
    ((_, first, hint, _), *_) = told(written)
    assert message in first
    with pytest.raises(BadMatcher) as raised:
        compile(written)
    assert str(raised.value).startswith(first)
    assert str(raised.value).endswith(f"; {hint}" if hint else first[-1:] if "(at" not in str(raised.value) else ")")


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ({"starts_with": 5}, (("starts_with",), "`starts_with` needs a text, not the number 5",
                              'put it in quotes: "5"', False)),
        ({"starts_with": True}, (("starts_with",), "`starts_with` needs a text, not true",
                                 'put it in quotes: "true"', False)),
        ({"starts_with": []}, (("starts_with",), "`starts_with` needs a text, not a list", None, False)),
        ({"length": True}, (("length",), "`length` needs a whole number from 0 on, not true", None, False)),
        ({"exists": 1}, (("exists",), "`exists` needs true or false, not the number 1", None, False)),
        ({"one_of": 1}, (("one_of",), "`one_of` needs a list, not the number 1", "write `[…]`", False)),
        ({"one_of": []}, (("one_of",), "`one_of` needs a list with an entry", None, False)),
        ({"at_least": "x"}, (("at_least",), "`at_least` needs a number, not the text `x`", None, False)),
        ({"between": [1]}, (("between",), "`between` needs two numbers", "write `[1, 10]`", False)),
        ({"between": [2, 1]}, (("between",), "nothing lies between these two", "the smaller number comes first",
                               False)),
        ({"between": [1, "x"]}, (("between", 1), "`between` needs a number, not the text `x`", None, False)),
        ({"close_to": {"value": 5}}, (("close_to",), "`close_to` needs `value` and `within`",
                                      "write `{value: 3.14, within: 0.01}`", False)),
        ({"close_to": {"value": 5, "within": []}}, (("close_to", "within"), "`close_to` needs a number, not a list",
                                                    None, False)),
        ({"count": {"of": "a"}}, (("count",), "`count` needs both `of` and `is`", "write `{of: function_call, is: 2}`",
                                  False)),
        ({"count": {"of": {"x": 1}, "is": 1}}, (("count", "of", "x"), "unknown matcher `x`",
                                                "a mapping as a value stands under `equals:`", True)),
        ({"count": {"of": 1, "is": -1}}, (("count", "is"), "`count` needs a whole number from 0 on, not the number -1",
                                          None, False)),
        ({"type": "text"}, (("type",), "the text `text` is no type of JSON",
                            "one of string, number, integer, boolean, object, array, null", False)),
        ({"type": ["string", "nul"]}, (("type", 1), "the text `nul` is no type of JSON", "did you mean `null`?",
                                       False)),
        ({"contains": ["a", {}]}, (("contains", 1), "`contains` of nothing says nothing", None, False)),
        ({"starts_with": ""}, (("starts_with",), "`starts_with` of nothing says nothing", None, False)),
        ({"matches": ""}, (("matches",), "`matches` of nothing says nothing", None, False)),
        ({"ignore_case": False}, (("ignore_case",), "`ignore_case` needs a matcher",
                                  "write `ignore_case: {contains: …}`", False)),
        ({"ignore_case": {"json_schema": {}}}, (("ignore_case", "json_schema"), "`json_schema` cannot ignore case",
                                                None, False)),
        ({"json_schema": []}, (("json_schema",), "`json_schema` needs a mapping, not a list", None, False)),
        ({"each": {}}, (("each",), "an empty mapping says nothing", "write a matcher, such as `contains: …`", False)),
    ],
    ids=lambda given: str(given)[:60],
)  # fmt: skip
def test_a_mistake_says_where_what_and_how_to_mend_it(written: Any, mistake: Any):
    assert told(written)[0] == mistake


@pytest.mark.parametrize(
    ("kind", "written", "mistake"),
    [
        ("duration", {"below": 2}, (("below",), "a duration has a unit", "write `2s` or `2ms`", False)),
        ("duration", {"below": "x"}, (("below",), "`below` needs a number, not the text `x`",
                                      "such as `500ms`, `2s`, `1m`", False)),
        ("size", {"below": "x"}, (("below",), "`below` needs a number, not the text `x`", "such as `50MB`", False)),
        ("size", {"between": [1, "2s"]}, (("between", 1), "`2s` is a duration; what is looked at is a size", None,
                                          False)),
        ("duration", {"close_to": {"value": "1s", "within": 2}}, (("close_to", "within"), "a duration has a unit",
                                                                  "write `2s` or `2ms`", False)),
        ("size", 5, ((), "no size equals another exactly", "use `at_most`, `below` or `between`", False)),
        ("list", {"equals": 5}, (("equals",), "this is compared with a list, and the number 5 is none",
                                 "write `[…]`, or a matcher such as `each:` or `some:`", False)),
        ("flag", 5, ((), "this is compared with a flag, and the number 5 is none", None, False)),
        ("text", 5, ((), "`equals` needs a text, not the number 5", 'put it in quotes: "5"', False)),
        ("text", {"one_of": ["a", 5]}, (("one_of", 1), "`one_of` needs a text, not the number 5",
                                        'put it in quotes: "5"', False)),
        ("text", {"contains": ["a", 5]}, (("contains", 1), "`contains` needs a text, not the number 5",
                                          'put it in quotes: "5"', False)),
        ("text", {"not": {"above": 1}}, (("not", "above"), "`above` looks at duration, number, size; here is a text",
                                         None, True)),
    ],
    ids=lambda given: str(given)[:60],
)  # fmt: skip
def test_a_mistake_against_what_is_known_of_the_value(kind: str, written: Any, mistake: Any):
    assert told(written, kind=kind) == [mistake]


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("duration", {"below": 0}),
        ("duration", {"close_to": {"value": "2s", "within": "500ms"}}),
        ("size", {"between": ["1KiB", 5_000]}),
        ("number", {"above": 0.5}),
        ("text", {"one_of": ["a", None]}),
        ("mapping", {"equals": {"a": 1}}),
        ("flag", False),
        ("list", {"each": {"contains": 1}}),
        ("text", {"length": {"at_most": 3}}),
    ],
)
def test_what_fits_the_value_is_no_mistake(kind: str, written: Any):
    assert told(written, kind=kind) == []


def test_a_refusal_without_a_path_names_none():
    with pytest.raises(BadMatcher) as raised:
        compile({})
    assert str(raised.value) == "an empty mapping says nothing; write a matcher, such as `contains: …`"
    with pytest.raises(BadMatcher) as raised:
        compile({"any_of": [{"exists": 1}]})
    assert str(raised.value) == "`exists` needs true or false, not the number 1 (at any_of/0/exists)"


@pytest.mark.parametrize(
    ("value", "kind", "short", "yaml"),
    [
        (None, "null", "`null`", "null"),
        (True, "true", "`true`", "true"),
        (7, "the number 7", "`7`", "7"),
        (-0.5, "the number -0.5", "`-0.5`", "-0.5"),
        ("", "an empty text", "``", ""),
        ("a\tb", "the text `a\\tb`", "`a\\tb`", "a\tb"),
        ({}, "a mapping", "`{}`", "{}"),
        ([1], "a list", "`[1]`", "[1]"),
        ((1,), "a list", "`(1,)`", "(1,)"),
        (MISSING, "nothing", "nothing", "MISSING"),
        (b"", "`bytes`", "`b''`", "b''"),
    ],
)
def test_how_a_value_is_told(value: Any, kind: str, short: str, yaml: str):
    assert (described(value), brief(value), spelt(value)) == (kind, short, yaml)


def test_texts_are_folded_wherever_they_stand_and_keys_are_not():
    assert folded({"Key": ["A", 1, {"B": "STRASSE ß"}], "n": None}) == {"Key": ["a", 1, {"B": "strasse ss"}], "n": None}


def reading(kind: str = "", name: str = "of") -> tuple[Told, Reading]:
    found: Told = []
    return found, Reading(lambda *mistake: found.append(mistake), read, kind=kind, name=name)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        (UNKNOWN, None),
        ({}, "an empty `of` expects nothing"),
        ([], "`of` needs a mapping of names and matchers, not a list"),
    ],
)
def test_fields_that_are_none(argument: Any, message: str | None):
    found, at = reading()
    assert Fields.read(argument, at) == Fields({})
    assert [each[1] for each in found] == ([] if message is None else [message])


def test_fields_are_held_against_their_own_matchers():
    found, at = reading()
    fields = Fields.read({"city": "Oslo", "at/most": {"at_most": 3}}, at)
    assert found == []
    assert list(fields.match({"city": "Oslo", "at/most": 3, "more": 1})) == []
    assert [(each.pointer, each.message) for each in fields.match({"city": "Rome", "at/most": 4})] == [
        ("/city", "`city`: `Rome` is not `Oslo`"),
        ("/at~1most", "`at/most`: `4` is not at most `3`"),
    ]
    assert fields.holds({"at/most": 1}) is None
    assert fields.holds([]) is fields.holds(MISSING) is None


def test_what_is_counted_and_not_there_is_there_0_times():
    found, at = reading("counts")
    fields = Fields.read({"a": 0, "b": {"at_least": 1}}, at)
    assert found == []
    assert fields.holds({"b": 2}) is True
    assert [each.pointer for each in fields.match({})] == ["/b"]
    Fields.read({"a": {"contains": "x"}}, at)
    assert [each[0] for each in found] == [("a", "contains")]


def test_entries_in_their_order():
    found, at = reading()
    order = InOrder.read(["a", "b", "a"], at)
    assert found == []
    assert order.holds(["x", "a", "x", "b", "a"]) is True
    assert [each.message for each in order.match(["a", "b"])] == ["`a` does not come after `b`"]
    assert [each.message for each in order.match(["b", "a", "a"])] == ["`b` does not come after `a`"]
    assert [each.message for each in order.match(["b"])] == ["`a` does not come"]
    assert order.holds("aba") is order.holds(MISSING) is None
    assert InOrder.read([], at) == InOrder(())
    assert [each[1] for each in found] == ["`of` needs a list with an entry"]
