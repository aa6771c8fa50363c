"""Each matcher on a table: what it holds of, what it does not, and where there is nothing to look at."""

import pytest

from harness.matchers import MATCHERS, BadMatcher, compile
from harness.pointer import MISSING

# (matcher as written, values of which it holds, of which it does not, at which it cannot look)
TABLE = [
    ("completed", ["completed"], ["failed", "Completed", 1, None, []], [MISSING]),
    (5, [5, 5.0], [6, "5", True, None], [MISSING]),
    (1, [1, 1.0], [True, 2], []),
    (True, [True], [1, "true", False, None], []),
    (None, [None], [0, "", [], False], [MISSING]),
    ([1, {"a": 2}], [[1, {"a": 2}], [1.0, {"a": 2.0}]], [[1], [1, {"a": 3}], [1, {"a": 2, "b": 1}], {}], []),
    ({"equals": {"a": [1]}}, [{"a": [1]}], [{"a": [2]}, {}, {"a": [1], "b": 1}], []),
    ({"not": "a"}, ["b", 1, None], ["a"], [MISSING]),
    ({"not": {"contains": "a"}}, ["b", ["b"]], ["abc", ["a"]], [1, None, MISSING]),
    ({"not": {"not": {"contains": "a"}}}, ["abc"], ["b"], [1, MISSING]),
    ({"contains": "44"}, ["4417", "44", ["44", 1], {"44": 1}], ["4", "", ["4417"], {}], [44, None, MISSING, True]),
    ({"contains": 44}, [[44], [44.0]], [[45], []], ["44", 44, None]),
    ({"contains": ["a", "b"]}, ["ab", "b a", ["b", "a", "c"]], ["a", ["a"]], [5]),
    ({"contains": {"a": {"b": 1}}}, [{"a": {"b": 1, "c": 2}, "d": 3}, [{"a": {"b": 1}}]], [{"a": {"c": 1}}, {}], ["a"]),
    ({"contains_any": ["a", "b"]}, ["xa", "b", ["b"]], ["c", [], ""], [3, None, MISSING]),
    ({"excludes": "a"}, ["b", "", [], ["ab"]], ["a", "cab", ["a"]], [3, None, MISSING]),
    ({"excludes": ["a", "b"]}, ["c", ["c"]], ["xa", "b", "ab"], [MISSING]),
    ({"matches": "^[0-9]+$"}, ["4417"], ["44a", ""], [4417, None, ["4"], MISSING]),
    ({"matches": "b"}, ["abc"], ["ac"], []),
    ({"starts_with": "resp_"}, ["resp_1"], ["xresp_", ""], [1, ["resp_"], MISSING]),
    ({"ends_with": "."}, ["a."], [". ", ""], [1, None]),
    ({"one_of": ["a", 1, None]}, ["a", 1, 1.0, None], ["b", True, []], [MISSING]),
    ({"at_least": 2}, [2, 2.5], [1.9, -3], ["2", None, True, MISSING, [2]]),
    ({"at_most": 2}, [2, -1], [2.1], ["2", False]),
    ({"above": 2}, [2.1], [2, 0], ["3", None]),
    ({"below": "500ms"}, [0.4, 0], [0.5, 1], ["0.4", MISSING]),
    ({"below": "1m"}, [59], [60], []),
    ({"at_most": "50MB"}, [50_000_000], [50_000_001], []),
    ({"at_least": "1KiB"}, [1024], [1023], []),
    ({"between": [1, 3]}, [1, 2, 3], [0.9, 3.1], ["2", None, True]),
    ({"between": ["1s", "2s"]}, [1.5], [2.5], []),
    ({"close_to": {"value": 3, "within": 0.5}}, [3, 2.5, 3.5], [3.6, 2.4], ["3", None]),
    ({"length": 2}, ["ab", [1, 2], {"a": 1, "b": 2}], ["a", [], {}], [2, None, MISSING]),
    ({"length": {"at_least": 1, "at_most": 2}}, ["a", "ab"], ["", "abc"], [3]),
    ({"count": 2}, [[1, 2], {"a": 1, "b": 2}], [[1]], ["ab", 2]),
    ({"count": {"of": "x", "is": 2}}, [["x", "y", "x"]], [["x"], []], ["xx"]),
    ({"count": {"of": {"above": 1}, "is": {"at_least": 1}}}, [[0, 2, "a"]], [[0, "a"]], [2]),
    ({"each": {"above": 0}}, [[1, 2], {"a": 1}], [[1, 0], {"a": 0}], [[], {}, 1, MISSING, ["a"]]),
    ({"some": {"above": 0}}, [[0, 1], {"a": 1}, ["a", 1]], [[0], [], {}], [1, ["a"], MISSING]),
    ({"type": "string"}, ["", "a"], [1, None, [], True], [MISSING]),
    ({"type": "number"}, [1, 1.5], [True, "1"], []),
    ({"type": "integer"}, [1, 1.0], [1.5, True], []),
    ({"type": ["object", "array"]}, [{}, []], ["", None], []),
    ({"type": "null"}, [None], [0, ""], [MISSING]),
    ({"type": "boolean"}, [True, False], [0, 1], []),
    ({"exists": True}, [0, "", [], False], [None, MISSING], []),
    ({"exists": False}, [None, MISSING], [0, "", False], []),
    ({"not": {"exists": True}}, [None, MISSING], [0], []),
    (
        {"json_schema": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/n"}},
                         "$defs": {"n": {"type": "integer"}}}},
        [{"a": 1}, {"a": 1, "b": 2}],
        [{}, {"a": "x"}, 3, None],
        [MISSING],
    ),
    ({"all_of": [{"contains": "a"}, {"contains": "b"}]}, ["ab"], ["a", ""], [1]),
    ({"contains": "a", "excludes": "b"}, ["a"], ["ab", "b"], [1, MISSING]),
    ({"any_of": ["a", {"starts_with": "b"}]}, ["a", "bc"], ["c"], [1, MISSING]),
    ({"any_of": [{"exists": False}, {"contains": "a"}]}, [None, MISSING, "a"], ["b"], [1]),
    ({"ignore_case": "OsLo"}, ["oslo", "OSLO"], ["osl"], [MISSING]),
    ({"ignore_case": {"contains": "STRASSE"}}, ["Straße 1"], ["Strase"], [1]),
    ({"ignore_case": {"matches": "^OK"}}, ["ok then"], ["not ok"], [1]),
    ({"ignore_case": {"one_of": ["A", "B"]}}, ["a", "B"], ["c"], []),
    ({"ignore_case": {"any_of": [{"starts_with": "A"}, {"equals": ["X"]}]}}, ["ab", ["x"]], ["b"], []),
]  # fmt: skip


@pytest.mark.parametrize(("written", "good", "bad", "nothing"), TABLE, ids=[str(row[0])[:60] for row in TABLE])
def test_what_it_holds_of(written, good, bad, nothing):
    matcher = compile(written)

    for value in good:
        assert list(matcher.match(value)) == [], value
        assert matcher.holds(value) is True, value
    for value in bad:
        assert matcher.holds(value) is False, value
    for value in nothing:
        assert list(matcher.match(value)), value
        assert matcher.holds(value) is None, value


def test_every_matcher_stands_in_the_table():
    """A matcher that this table does not show is not tested."""
    shown = {name for written, *_ in TABLE if isinstance(written, dict) for name in written}
    assert set(MATCHERS) <= shown | {"equals"}


MISTAKES = [
    ({"contain": "a"}, "unknown matcher `contain`"),
    ({"contains": ""}, "`contains` of nothing says nothing"),
    ({"contains": []}, "`contains` needs a list with an entry"),
    ({"contains": ["a", ""]}, "`contains` of nothing says nothing"),
    ({"contains_any": "a"}, "`contains_any` needs a list"),
    ({"excludes": ""}, "of nothing says nothing"),
    ({"matches": "("}, "`(` is no regular expression"),
    ({"matches": "(?P<a>x)(?P<a>y)"}, "no regular expression"),
    ({"matches": 5}, "`matches` needs a text, not the number 5"),
    ({"matches": "a" * 10_001}, "at most 10000 characters"),
    ({"matches": "[[a]"}, "no regular expression: Possible nested set"),
    ({"json_schema": {"properties": {"a": {"pattern": "[[b]"}}}}, "is no regular expression: Possible nested set"),
    ({"matches": ""}, "of nothing says nothing"),
    ({"starts_with": 5}, "`starts_with` needs a text"),
    ({"ends_with": None}, "`ends_with` needs a text, not null"),
    ({"starts_with": ""}, "of nothing says nothing"),
    ({"one_of": "a"}, "`one_of` needs a list"),
    ({"one_of": []}, "`one_of` needs a list with an entry"),
    ({"at_least": "x"}, "`at_least` needs a number"),
    ({"at_least": True}, "`at_least` needs a number"),
    ({"below": "5 parsecs"}, "`below` needs a number"),
    ({"between": [1]}, "`between` needs two numbers"),
    ({"between": [3, 1]}, "nothing lies between"),
    ({"close_to": 5}, "`close_to` needs `value` and `within`"),
    ({"close_to": {"value": 5}}, "`close_to` needs"),
    ({"close_to": {"value": 5, "within": "x"}}, "needs a number"),
    ({"length": -1}, "whole number from 0 on"),
    ({"length": "3"}, "whole number from 0 on"),
    ({"length": {"contains": "a"}}, "`contains` looks at"),
    ({"count": 1.5}, "whole number"),
    ({"count": {"of": "a"}}, "`count` needs both"),
    ({"each": {}}, "an empty mapping says nothing"),
    ({"some": {"abve": 1}}, "unknown matcher `abve`"),
    ({"type": "text"}, "no type of JSON"),
    ({"type": []}, "a list with an entry"),
    ({"type": {}}, "no type of JSON"),
    ({"type": [["string"]]}, "no type of JSON"),
    ({"json_schema": {"properties": {"a": {"pattern": "["}}}}, "`[` is no regular expression"),
    ({"exists": "yes"}, "needs true or false"),
    ({"json_schema": {"type": "strin"}}, "this is no JSON Schema"),
    ({"json_schema": 5}, "`json_schema` needs a mapping"),
    ({"json_schema": {"$ref": "https://example.com/schema"}}, "leads out of the schema"),
    ({"json_schema": {"properties": {"a": {"$ref": "file:///etc/passwd"}}}}, "leads out of the schema"),
    ({"json_schema": {"allOf": [{"$dynamicRef": "other#x"}]}}, "leads out of the schema"),
    ({"all_of": {"contains": "a"}}, "`all_of` needs a list"),
    ({"any_of": []}, "a list with an entry"),
    ({"any_of": [{"x": 1}]}, "unknown matcher `x`"),
    ({"not": {}}, "an empty mapping"),
    ({"ignore_case": True}, "`ignore_case` needs a matcher"),
    ({"ignore_case": {"json_schema": {}}}, "cannot ignore case"),
    ({}, "an empty mapping says nothing"),
]


@pytest.mark.parametrize(("written", "message"), MISTAKES, ids=[str(row[0])[:60] for row in MISTAKES])
def test_a_matcher_that_is_none(written, message):
    with pytest.raises(BadMatcher) as mistake:
        compile(written)
    assert message in str(mistake.value)


def test_every_mistake_is_told_with_its_path():
    told = []
    compile(
        {"all_of": [{"contain": "a"}, {"between": ["x", 1]}], "length": {"above": "y"}},
        lambda path, message, hint, key: told.append((path, key)),
    )
    assert told == [
        (("all_of", 0, "contain"), True),
        (("all_of", 1, "between", 0), False),
        (("length", "above"), False),
    ]


@pytest.mark.parametrize(
    ("kind", "written", "message"),
    [
        ("text", 4417, "needs a text"),
        ("text", True, "needs a text"),
        ("text", {"contains": 4417}, "`contains` needs a text"),
        ("text", {"contains": ["a", 1]}, "`contains` needs a text"),
        ("text", {"one_of": ["a", 1]}, "`one_of` needs a text"),
        ("text", {"above": 3}, "`above` looks at duration, number, size; here is a text"),
        ("text", {"not": {"above": 3}}, "here is a text"),
        ("text", {"all_of": [{"each": "a"}]}, "here is a text"),
        ("number", "5", "compared with a number"),
        ("number", True, "compared with a number"),
        ("number", {"contains": 5}, "here is a number"),
        ("number", {"above": "2s"}, "is a duration; what is looked at is a number"),
        ("duration", {"below": 2}, "a duration has a unit"),
        ("duration", {"below": "2MB"}, "is a size; what is looked at is a duration"),
        ("duration", "2s", "no duration equals another exactly"),
        ("size", {"below": "2s"}, "is a duration"),
        ("list", "message", "compared with a list"),
        ("mapping", 5, "compared with a mapping"),
        ("flag", "yes", "compared with a flag"),
        ("flag", 1, "compared with a flag"),
    ],
)
def test_a_matcher_that_can_never_look_at_such_a_value(kind, written, message):
    with pytest.raises(BadMatcher, match=message):
        compile(written, kind=kind)


def test_a_null_may_be_demanded_of_every_kind():
    for kind in ("text", "number", "duration", "list", "mapping", "flag"):
        assert compile(None, kind=kind).holds(None)


def test_equality_points_at_each_difference():
    matcher = compile({"equals": {"a": [1, {"b": 2}], "c": 3}})
    found = list(matcher.match({"a": [1, {"b": 5}], "d": 4}))
    assert [(each.pointer, each.expected, each.actual) for each in found] == [
        ("/a/1/b", 2, 5),
        ("/c", 3, None),
        ("/d", None, 4),
    ]


def test_each_points_at_the_entry():
    (found,) = compile({"each": {"json_schema": {"properties": {"x": {"type": "integer"}}}}}).match(
        [{"x": 1}, {"x": "a"}]
    )
    assert (found.pointer, found.actual) == ("/1/x", "a")


def test_a_message_is_short_and_shows_nothing_hidden():
    (found,) = compile({"contains": "x"}).match("\x1b[2J\u202e" + "a" * 10_000)
    assert len(found.message) < 200
    assert "\x1b" not in found.message
    assert "\u202e" not in found.message


def test_a_regular_expression_sees_no_more_than_a_megabyte():
    matcher = compile({"matches": "needle"})
    assert matcher.holds("x" * ((1 << 20) - 6) + "needle")
    assert matcher.holds("x" * (1 << 20) + "needle") is False


def test_mismatches_are_bounded():
    many = list(range(10_000))
    assert len(list(compile({"equals": [0] * 10_000}).match(many))) <= 20
    assert len(list(compile({"each": {"below": 0}}).match(many))) <= 21
    assert len(list(compile({"json_schema": {"items": {"type": "string"}}}).match(many))) <= 20


def test_a_schema_that_refers_to_nothing_does_not_pass():
    assert compile({"json_schema": {"$ref": "#/$defs/nowhere"}}).holds({}) is None


def test_a_schema_without_an_end_does_not_hang():
    assert compile({"json_schema": {"$ref": "#"}}).holds({}) is None
