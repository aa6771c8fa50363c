"""Rules over whole replies: streamed and plain ones are judged alike."""

import pytest
from builders import answer_defects
from builders import streams as s
from builders.replies import both, of, plain, streamed
from builders.reply_defects import DEFECTS, ENCRYPTED, FAILED

from harness.findings import Level
from harness.rules import RULES, judge


def found(reply):
    """The codes that are found in a reply, with their levels and pointers."""
    return [(finding.rule, finding.level.value, finding.wire.pointer) for finding in judge(of(reply)).findings]


ROWS = [*DEFECTS, *answer_defects.DEFECTS]


@pytest.mark.parametrize(("id_", "events", "request_", "code", "level", "pointer"), ROWS, ids=[row[0] for row in ROWS])
def test_a_defect_is_found_in_streamed_and_plain_replies(id_, events, request_, code, level, pointer):
    for reply in both(events, request_):
        assert found(reply) == [(code, level, pointer)], reply.streamed


@pytest.mark.parametrize(
    ("events", "request_"), [row[1:] for row in answer_defects.PASSES], ids=[row[0] for row in answer_defects.PASSES]
)
def test_what_keeps_the_rules_of_meaning_passes(events, request_):
    for reply in both(events, request_):
        assert found(reply) == []


@pytest.mark.parametrize("name", sorted(s.BASES))
def test_correct_exchanges_are_passed_streamed_and_plain(name):
    for reply in both(s.BASES[name](), ENCRYPTED if name == "X3" else {}):
        assert found(reply) == []


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        ({"temperature": 1, "top_p": 1.0, "metadata": {}, "service_tier": "auto"}, {}),
        ({"instructions": ""}, {}),
        ({"instructions": "Be brief."}, {"instructions": "Be brief."}),
        ({"conversation": {"id": "conv_1"}}, {"conversation": {"id": "conv_1"}}),
        ({"conversation": "conv_1"}, {"conversation": {"id": "conv_1"}, "previous_response_id": "resp_0"}),
        (
            {"reasoning": {"effort": None, "summary": "auto"}},
            {"reasoning": {"effort": "medium", "summary": "detailed"}},
        ),
        ({"text": {"format": {"type": "text"}}}, {}),
        (
            {"tool_choice": {"type": "function", "name": "f"}},
            {
                "tool_choice": {"type": "function", "name": "f", "x": 1},
                "output": s.call(s.Telling(), "{}", name="f").output,
            },
        ),
        ({"prompt_cache_key": "k"}, {}),  # an answer of before July 2025 has no such field
        ({"model": "alias"}, {"model": "gpt-5-mini-2025-08-07"}),
    ],
)
def test_what_services_may_fill_in_is_not_compared(request_, fields):
    assert found(plain(request_, **fields)) == []


def test_a_parent_that_nobody_asked_for_is_found():
    assert found(plain(previous_response_id="resp_0")) == [("state.echo_mismatch", "error", "/previous_response_id")]


def test_an_error_event_says_why_a_response_failed():
    error = {"type": "error", "sequence_number": 3, "code": "rate_limit_exceeded", "message": "m", "param": None}

    assert [code for code, _, _ in found(streamed([*FAILED, error]))] == ["avail.stream_error"]


@pytest.mark.parametrize(("seconds", "far"), [(0, False), (299, False), (301, True), (-301, True)])
def test_the_services_clocks_agree_within_five_minutes(seconds, far):
    """Defect B70; the recorded date is that of the header."""
    date = {"date": "Thu, 28 May 2026 20:26:40 GMT"}  # 1 780 000 000
    reply = plain(headers=date, created_at=s.CREATED_AT - seconds)

    assert found(reply) == ([("sem.clock", "note", "/created_at")] if far else [])


def test_a_date_that_is_none_is_left_alone():
    assert found(plain(headers={"date": "yesterday"})) == []


def test_calls_of_plain_replies_are_judged_as_those_of_streams():
    output = s.x2()[-1]["response"]["output"]
    broken = [{**output[0], "arguments": '{"a":'}, {**output[1], "call_id": output[0]["call_id"]}]

    assert found(plain(output=broken)) == [
        ("tool.args_not_json", "error", "/output/0/arguments"),
        ("tool.duplicate_call_id", "error", "/output/1/call_id"),
    ]


def test_the_shape_of_a_plain_reply_is_judged():
    """Defect A119."""
    assert found(plain(model=...)) == [("reply.shape", "error", "/model")]


def test_each_rule_says_how_often_it_had_something_to_look_at():
    applied = judge(of(plain(), streamed(s.x16()), plain(usage=None))).applied

    assert applied["sem.usage_sum"] == 2
    assert applied["order.annotation_index"] == 1
    assert "sem.failed_no_error" not in applied


def test_no_reply_of_any_shape_makes_a_rule_stumble():
    odd = [None, True, -1, 1e300, "", "x", [], [[]], {}, {"type": []}, [{"type": {}}], [{"type": "reasoning"}]]
    base = s.response("completed")
    for name in base:
        for value in odd:
            request = {"include": ENCRYPTED["include"], name: value}
            reply = plain(request, headers={"date": "Thu, 28 May 2026 20:26:40 GMT"}, **{name: value})
            findings = judge(of(reply)).findings
            assert all(finding.level in Level for finding in findings)
    assert all(rule.page for rule in RULES)
