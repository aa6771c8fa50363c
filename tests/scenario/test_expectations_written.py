"""Expect blocks become one expectation for each subject or inner key, with the matcher that fits it."""

from collections import Counter

import pytest
from builders.scenarios import scenario, told

from harness.scenario.subjects import SUBJECTS, needs_stream


def expected(block: str):
    found = scenario(f"modes: {{delivery: [stream]}}\nturns: [{{user: a, expect: {{{block}}}}}]")
    return {each.key: each for each in found.turns[0].expect}


def only(block: str):
    (found,) = expected(block).values()
    return found


def test_one_expectation_for_each_subject_and_inner_key():
    found = expected(
        "status: completed, error: {status: 400, type: x}, usage: {total_tokens: {above: 0}}, "
        "path: {'$.a[0]': 1, $.b: {exists: true}}, headers: {X-Id: {starts_with: a}}, stream: {deltas: {above: 1}}"
    )
    assert [(each.key, each.subject, each.part) for each in found.values()] == [
        ("status", "status", None),
        ("error/status", "error", "status"),
        ("error/type", "error", "type"),
        ("usage/total_tokens", "usage", "total_tokens"),
        ("path/$.a[0]", "path", "$.a[0]"),
        ("path/$.b", "path", "$.b"),
        ("headers/x-id", "headers", "x-id"),
        ("stream/deltas", "stream", "deltas"),
    ]


def test_a_subject_with_parts_as_a_whole():
    assert only("error: {exists: false}").part is None
    assert only("error: {exists: false}").matcher.holds(None)
    assert only("usage: {not: {exists: false}}").key == "usage"
    assert only("error: null").matcher.holds(None)


def test_a_name_that_is_part_and_matcher_is_the_part():
    """An error's `type` is the API's word; the matcher of that name has nothing to do there."""
    assert only("error: {type: invalid_request_error}").matcher.holds("invalid_request_error")


OPEN = {"header": "{x-a: {exists: true}}", "JSONPath": "{$.a: 1}", "served tool": "{roll: 1}"}
OWN = {"judge": "{criteria: is kind}", "keeps": "[colour]", "plants": "2"}
"""Subjects and parts that are written in a way of their own."""


@pytest.mark.parametrize("name", [name for name, subject in SUBJECTS.items() if subject.built and name != "same_as"])
def test_every_built_subject_can_be_demanded(name):
    block = OWN.get(name) or OPEN.get(SUBJECTS[name].open_parts or "", "{exists: true}")
    assert only(f"{name}: {block}").subject == name


def test_another_turn_can_be_demanded():
    """The one subject that needs a turn before it."""
    _, second = scenario(
        "turns: [{id: one, user: a, expect: {status: completed}}, {user: a, expect: {same_as: one}}]"
    ).turns
    assert [each.subject for each in second.expect] == ["same_as"]


@pytest.mark.parametrize(
    ("name", "part"), [(name, part) for name, subject in SUBJECTS.items() for part in subject.parts if subject.built]
)
def test_every_part_can_be_demanded(name, part):
    block = OWN.get(part) or {"counts": "{a: 1}", "order": "[a]"}.get(SUBJECTS[name].parts[part], "{exists: true}")
    assert only(f"{name}: {{{part}: {block}}}").part == part


def test_what_only_a_stream_has():
    assert needs_stream("stream", "bytes")
    assert needs_stream("latency", "first_token")
    assert not needs_stream("latency", "total")
    assert not needs_stream("text", None)


def test_counts_of_events():
    matcher = only("stream: {events: {response.completed: 1, error: 0, delta: {at_least: 2}}}").matcher
    assert matcher.holds(Counter({"response.completed": 1, "delta": 3}))
    (found,) = matcher.match({"response.completed": 1, "delta": 1})
    assert found.pointer == "/delta"
    assert matcher.holds({"response.completed": 1, "delta": 3, "error": 1}) is False
    assert matcher.holds(None) is None


def test_order_of_events():
    matcher = only("stream: {order: [a, b, b, c]}").matcher
    assert matcher.holds(["x", "a", "b", "x", "b", "c", "y"])
    for wrong in (["a", "b", "c"], ["b", "a", "b", "c"], [], ["a", "b", "b"]):
        assert matcher.holds(wrong) is False
    (found,) = matcher.match(["a", "b", "c"])
    assert found.message == "`b` does not come after `b`"
    assert matcher.holds(None) is None


def call(name, **arguments):
    return {"name": name, "arguments": arguments}


@pytest.mark.parametrize(
    ("block", "good", "bad"),
    [
        ("[{name: roll}]", [[call("roll", sides=6)]], [[], [call("role")], [call("roll"), call("roll")]]),
        ("[{name: roll, count: 2}]", [[call("roll"), call("roll")]], [[call("roll")], [call("roll")] * 3]),
        ("[{name: a}, {name: b}]", [[call("a"), call("b")]], [[call("b"), call("a")], [call("a")]]),
        ("{calls: [{name: a}, {name: b}], order: any}", [[call("b"), call("a")]], [[call("a")], [call("c")], []]),
        ("{calls: [{name: a, count: {at_least: 1}}], order: any}", [[call("a")] * 3], [[], [call("a"), call("b")]]),
        ("{calls: [{name: a, count: 0}, {name: b}], order: any}", [[call("b")]], [[call("b"), call("a")]]),
        (
            "[{name: w, arguments: {city: Oslo, days: {at_most: 3}}}]",
            [[call("w", city="Oslo", days=2)], [call("w", city="Oslo", days=3, unit="c")]],
            [[call("w", city="Rome", days=2)], [call("w", city="Oslo", days=4)]],
        ),
        ("[{name: {starts_with: get_}}]", [[call("get_x")]], [[call("set_x")]]),
        ("{count: 0}", [[]], [[call("a")]]),
        ("{length: {at_least: 2}}", [[call("a")] * 2], [[call("a")]]),
    ],
)
def test_tool_calls(block, good, bad):
    matcher = only(f"tool_calls: {block}").matcher
    for calls in good:
        assert list(matcher.match(calls)) == []
    for calls in bad:
        assert matcher.holds(calls) is False
    assert matcher.holds(None) is None


def test_tool_calls_point_at_the_argument():
    matcher = only("tool_calls: [{name: w, arguments: {city: Oslo}}]").matcher
    (found,) = matcher.match([call("w", city="Rome")])
    assert (found.pointer, found.expected, found.actual) == ("/0/arguments/city", "Oslo", "Rome")


def test_tool_calls_with_variables():
    found = scenario(
        "cases: [{city: Oslo}]\nturns: [{user: a, expect: {tool_calls: [{name: w, arguments: {city: '${city}'}}]}}]"
    )
    demand = found.turns[0].expect[0]
    assert demand.names == {"city"}
    assert demand.bind({"city": "Oslo"}).matcher.holds([call("w", city="Oslo")])


def test_arguments_that_are_no_mapping_do_not_pass():
    matcher = only("tool_calls: [{name: w, arguments: {city: Oslo}}]").matcher
    for arguments in (None, "{broken", []):
        assert matcher.holds([{"name": "w", "arguments": arguments}]) is not True


def test_with_variables_shapes_are_checked_at_once():
    rows = "cases: [{a: 1}]\n"
    assert told(rows + "turns: [{user: a, expect: {text: {contain: '${a}'}}}]")[0].startswith(
        "unknown matcher `contain`"
    )
    assert told(rows + "turns: [{user: a, expect: {usage: {total_tokens: {between: ['${a}']}}}}]")
    assert told(rows + "turns: [{user: a, expect: {usage: {total_tokens: {above: '${a}'}}}}]") == []
