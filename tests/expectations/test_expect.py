"""A demand on a turn: silent where it holds, else a finding with place, pointer and both values."""

from typing import Any

import pytest
from builders.cases import refused, said
from builders.replies import plain
from builders.scenarios import scenario

from harness.conversation import TurnTaken
from harness.expectations import expect
from harness.expectations.expect import POINTERS
from harness.expectations.subjects import LOOKS
from harness.findings import Finding, Level
from harness.matchers import patterns
from harness.reply import Reply
from harness.source.place import Refused


def judged(demand: str, reply: Reply, **bindings: Any) -> list[Finding]:
    """What is found of a turn whose `expect:` is `demand`, on the fourth line."""
    found = scenario(f"scenario: A\nturns:\n- user: a\n  expect: {demand}\n", settings=tuple(bindings))
    taken = TurnTaken("one", (reply,), found.turns[0], reply)
    return [each for expectation in found.turns[0].expect for each in expect.judge(taken, expectation, bindings)]


@pytest.mark.parametrize(
    ("demand", "pointer", "expected", "actual", "column"),
    [
        ("{status: failed}", "/status", "failed", "completed", 12),
        ("{text: {contains: word}}", "/output", {"contains": "word"}, "Hello", 12),
        ("{model: other}", "/model", "other", "gpt-5-mini", 12),
        ("{items: [reasoning]}", "/output", "reasoning", "message", 12),
        ("{usage: {total_tokens: {at_most: 5}}}", "/usage", {"at_most": 5}, 43, 20),
        ("{path: {$.object: other}}", "", "other", "response", 19),
        ("{headers: {X-One: '2'}}", "", "2", "1", 22),
    ],
)
def test_a_demand_that_does_not_hold(demand: str, pointer: str, expected: Any, actual: Any, column: int):
    """One finding: named after its subject, an error, at the place that says so."""
    reply = plain(output=[said("Hello")], headers={"X-One": "1"})
    (finding,) = judged(demand, reply)

    assert finding.rule.startswith("expect.")
    assert finding.rule.removeprefix("expect.") in LOOKS
    assert (finding.level, finding.turn, finding.wire.pointer) == (Level.ERROR, "one", pointer)
    assert (finding.expected, finding.actual) == (expected, actual)
    assert finding.place is not None
    assert (finding.place.file, finding.place.line, finding.place.column) == ("a.yaml", 4, column)


@pytest.mark.parametrize(
    "demand",
    [
        "{status: completed, text: Hello, model: gpt-5-mini}",
        "{items: [message], usage: {total_tokens: 43}}",
        "{path: {'$.output[*].type': [message]}}",
        "{text: {not: {contains: word}}}",
    ],
)
def test_a_demand_that_holds_is_silent(demand: str):
    assert judged(demand, plain(output=[said("Hello")])) == []


@pytest.mark.parametrize(
    "demand", ["{incomplete_reason: x}", "{incomplete_reason: {not: x}}", "{path: {$.x: {not: 1}}}"]
)
def test_nothing_to_look_at_never_passes(demand: str):
    """Missing is neither right nor wrong: found, and without an actual value."""
    (finding,) = judged(demand, plain())

    assert finding.actual is None


def test_several_demands_are_several_findings():
    found = judged("{status: failed, text: word, model: other}", plain())

    assert [each.rule for each in found] == ["expect.status", "expect.text", "expect.model"]


def test_a_message_names_what_was_looked_at():
    """As the author wrote it, with its part, and where within it."""
    (finding,) = judged("{path: {'$.output[*].type': [reasoning]}}", plain(output=[said("x")]))
    assert finding.message.startswith("path $.output[*].type/0: ")


def test_variables_are_put_in():
    assert judged('{text: "${word}"}', plain(output=[said("Hello")]), word="Hello") == []
    (finding,) = judged('{text: "${word}"}', plain(output=[said("Hello")]), word="Bye")
    assert (finding.expected, finding.actual) == ("Bye", "Hello")
    with pytest.raises(Refused):
        judged('{usage: {total_tokens: {at_most: "${word}"}}}', plain(), word="Hello")


@pytest.mark.parametrize("demand", ['{text: {matches: "(a|aa)+$"}}', "{path: {\"$..[?search(@, '(a|aa)+$')]\": []}}"])
def test_a_check_without_end_is_the_authors(demand: str, monkeypatch: pytest.MonkeyPatch):
    """E20: neither held nor failed; a diagnostic at the line that asks for it."""
    monkeypatch.setattr(patterns, "SECONDS", 0.1)
    with pytest.raises(Refused, match="did not come to an end") as refusal:
        judged(demand, plain(output=[said("a" * 100 + "!")]))
    assert refusal.value.diagnostics[0].place.line == 4


def turn_expecting(demand: str, reply: Reply) -> Finding | None:
    turn = scenario(f"turns: [{{user: a, expect: {demand}}}]").turns[0]
    return expect.answers(TurnTaken("one", (reply,), turn, reply), turn.expect)


def test_a_refusal_is_one_finding():
    """With status, code and message; none where an error is expected, of whatever kind, or none came."""
    finding = turn_expecting("{text: x}", refused(404, code="nope", message="gone"))
    assert finding is not None
    assert finding.rule == "expect.answered"
    assert finding.message == "the request was refused (status 404, code nope): gone"
    assert finding.place is not None

    assert turn_expecting("{error: {status: 400}}", refused(404)) is None
    assert turn_expecting("{text: x}", plain()) is None
    assert turn_expecting("{text: x}", plain(status="failed", error={"code": "x", "message": "y"})) is None


def test_pointers_belong_to_subjects():
    assert set(POINTERS) <= set(LOOKS)
