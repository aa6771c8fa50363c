"""What two modes of one scenario may differ in, and what they must not."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from builders.cases import refused
from builders.replies import plain

from harness.conversation import Conversation, Knowledge, TurnTaken
from harness.findings import Finding
from harness.rules.modes import SLACK, SameInAllModes

PART = {"type": "output_text", "text": "OK", "annotations": []}
SAID = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [PART]}
REFUSED = {**SAID, "content": [{"type": "refusal", "refusal": "No."}]}
THOUGHT = {"id": "rs_1", "type": "reasoning", "summary": []}
SHORTER = {"id": "cmp_1", "type": "compaction", "encrypted_content": "sealed"}
SEARCH = {"id": "ws_1", "type": "web_search_call", "status": "completed"}
TOOLS = {"tools": [{"type": "function", "name": "look"}]}
SCHEMA = {"format": {"type": "json_schema", "name": "x", "schema": {}}}


def call(name: str = "look", **arguments: Any) -> dict[str, Any]:
    return {"id": "fc", "type": "function_call", "call_id": "c", "name": name, "arguments": json.dumps(arguments)}


def worded(text: str) -> dict[str, Any]:
    return {**SAID, "content": [{**PART, "text": text}]}


def usage(tokens: int) -> dict[str, int]:
    return {"input_tokens": tokens, "output_tokens": 1, "total_tokens": tokens + 1}


def came(output: Sequence[Any] = (SAID,), request: Any = None, **fields: Any) -> Conversation:
    """A case of one turn that came to this."""
    reply = plain(request, output=list(output), **fields)
    return Conversation((TurnTaken("one", (reply,), None, reply, rounds=(reply,)),))


def differences(ours: Conversation, theirs: Conversation) -> list[Finding]:
    beside = Conversation(ours.turns, others={"a.yaml::x[other]": theirs.outline})
    assert SameInAllModes().applied(beside) == 1
    return list(SameInAllModes().judge(beside))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (came(), came([worded("All right.")])),
        (came(), came([THOUGHT, SAID])),
        (came(), came([SAID, SHORTER])),
        (came(), came([SAID, SAID])),
        (came([call(city="Oslo")]), came([call(city="Bergen"), call(city="Oslo")])),
        (
            came([worded('{"a": [{"b": 1}]}')], text=SCHEMA),
            came([worded('{"a": [{"b": 2}, {"b": null}]}')], text=SCHEMA),
        ),
        (came([worded("{}")]), came([worded('{"a": 1}')])),
        (came(usage=usage(50)), came(usage=usage(50 + SLACK))),
        (came(usage=usage(10_000)), came(usage=usage(12_000))),
        (came(usage=usage(50)), came(usage=None)),
    ],
)
def test_what_may_differ(one: Conversation, other: Conversation):
    """Wording, counts, values, thoughts and compactions, whether usage is told, and a few tokens."""
    assert differences(one, other) == differences(other, one) == []


@pytest.mark.parametrize(
    ("one", "other", "pointer", "level"),
    [
        (came(), came(status="incomplete"), "/status", "error"),
        (came(), came([]), "/output", "error"),
        (came(), came([REFUSED]), "/output", "error"),
        (came(), came([SAID, SEARCH]), "/output", "error"),
        (came([SAID], TOOLS), came([SAID, SEARCH], TOOLS), "/output", "warning"),
        (came([call(city="Oslo")]), came([call(town="Oslo")]), "/output", "error"),
        (came([call("look")], TOOLS), came([call("find")], TOOLS), "/output", "warning"),
        (
            came([call("look")], {**TOOLS, "tool_choice": "required"}),
            came([call("find")], {**TOOLS, "tool_choice": "required"}),
            "/output",
            "error",
        ),
        (came([worded('{"a": 1}')], text=SCHEMA), came([worded('{"a": 1, "b": 2}')], text=SCHEMA), "/output", "error"),
        (came([worded('{"a": 1}')], text=SCHEMA), came([worded("sorry")], text=SCHEMA), "/output", "error"),
        (came(usage=usage(50)), came(usage=usage(50 + 4 * SLACK)), "/usage/input_tokens", "error"),
    ],
)
def test_what_must_be_the_same(one: Conversation, other: Conversation, pointer: str, level: str):
    """Found either way round, once, with both values and the other case's name; a choice of the model weighs less."""
    for ours, theirs in ((one, other), (other, one)):
        (finding,) = differences(ours, theirs)
        assert (finding.wire.pointer, finding.level, finding.turn) == (pointer, level, "one")
        assert "a.yaml::x[other]" in finding.message
        assert finding.expected != finding.actual


def test_a_refused_request_is_a_status():
    """An error that both demand is no difference; one that only one gives is."""

    def turned_away(status: int) -> Conversation:
        reply = refused(status)
        return Conversation((TurnTaken("one", (reply,), None, reply),))

    assert differences(turned_away(400), turned_away(400)) == []
    (finding,) = differences(turned_away(400), came())
    assert (finding.expected, finding.actual) == ("completed", "refused with 400")


def test_later_turns_may_cost_something_else():
    """What compaction, thoughts and wording make of the context is not for this rule."""

    def two(second: int) -> Conversation:
        replies = [plain(output=[SAID], usage=usage(50)), plain(output=[SAID], usage=usage(second))]
        return Conversation(tuple(TurnTaken(f"turn-{n}", (each,), None, each) for n, each in enumerate(replies)))

    assert differences(two(60), two(6000)) == []


def test_without_others_there_is_nothing_to_judge():
    assert SameInAllModes().applied(came()) == 0
    assert list(SameInAllModes().judge(came())) == []


def test_a_fact_that_one_mode_brings_back_and_another_does_not():
    """A weak sign by itself: a warning, beside what the rule of carried state makes of two signs."""

    def asked(text: str) -> Conversation:
        return replace(came([worded(text)]), knowledge=Knowledge(asked={"one": ("heron", "basalt")}))

    ours = replace(asked("The heron."), others={"a.yaml::x[other]": asked("The heron, and basalt.").outline})

    (finding,) = SameInAllModes().judge(ours)
    assert (finding.level, finding.expected, finding.actual) == ("warning", [True, True], [True, False])
