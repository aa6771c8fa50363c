"""What the events so far spell, before the response is whole."""

from typing import Any

import pytest
from builders import streams as s
from builders.corners import REFUSAL, SHOWN, commands
from builders.streams import Events, at, changed, inserted, without

from harness.pointer import resolve
from harness.protocol.stream import StreamChecker


def spelled(events: Events) -> Any:
    """What the fold tells after these events."""
    checker = StreamChecker()
    for event in events:
        checker.feed(event)
    return checker.fold.response


def told(events: Events, type_: str, nth: int, pointer: str) -> Any:
    """What stands at a pointer of the output when the n-th event of a type was there."""
    return resolve(spelled(events[: at(events, type_, nth) + 1]), f"/output{pointer}")


@pytest.mark.parametrize("name", sorted(s.BASES))
def test_at_the_end_it_is_the_response(name: str):
    events = s.BASES[name]()

    assert spelled(events) == {
        **events[-1]["response"],
        "output": [e["item"] for e in events if "done" in e["type"] and "item" in e],
    }


def test_before_the_first_snapshot_there_is_none():
    assert spelled([]) is None
    assert spelled(s.x1()[2:4]) is None


def test_the_fields_are_those_of_the_latest_snapshot():
    assert spelled(s.x1()[:1])["status"] == "in_progress"
    assert spelled(s.x8()[:3]) == {**s.x8()[2]["response"], "output": []}


@pytest.mark.parametrize(
    ("events", "type_", "nth", "pointer", "value"),
    [
        (s.x1(), "output_text.delta", 1, "/0/content", [{"type": "output_text", "text": "The capital "}]),
        (s.x1(), "output_text.done", 0, "/0/content/0/text", "The capital is Paris."),
        (s.x1(), "output_item.added", 0, "/0/content", []),
        (s.x1(), "content_part.added", 0, "/0/content", [{"type": "output_text", "text": ""}]),
        (s.two_messages(), "output_text.delta", 4, "/1/content/0/text", "And that "),
        (REFUSAL, "refusal.delta", 0, "/0/content", [{"type": "refusal", "refusal": "No, "}]),
        (SHOWN, "reasoning_text.delta", 0, "/0/content", [{"type": "reasoning_text", "text": "No, "}]),
        (
            s.x3(),
            "reasoning_summary_text.delta",
            4,
            "/0/summary",
            [{"type": "summary_text", "text": "First this."}, {"type": "summary_text", "text": "Then that"}],
        ),
        (s.x2(), "function_call_arguments.delta", 1, "/0/arguments", '{"city":"Paris"'),
        (s.x12(), "code_interpreter_call_code.delta", 1, "/0/code", "print(1+"),
        (s.x18(), "custom_tool_call_input.delta", 0, "/0/input", "print("),
        (s.x18(), "apply_patch_call_operation_diff.delta", 1, "/1/operation/diff", "+a\n+b"),
        (s.x18(), "shell_call_command.delta", 1, "/2/action/commands", ["ls -l"]),
        (commands(), "shell_call_output_content.delta", 1, "/0/output", []),
    ],
)
def test_an_open_item_is_told_as_announced_and_grown_since(
    events: Events, type_: str, nth: int, pointer: str, value: Any
):
    assert told(events, type_, nth, pointer) == value


def test_what_was_announced_is_kept():
    (item,) = spelled(s.x2()[:5])["output"]

    assert item == {**s.x2()[2]["item"], "arguments": '{"city":"Paris"'}


def test_a_value_that_was_announced_grows_on():
    begun = changed(s.x18(), at(s.x18(), "output_item.added", 2), "/item/action/commands", ["", "pwd"])

    assert told(begun, "shell_call_command.delta", 0, "/2/action/commands") == ["ls", "pwd"]


def test_a_text_settled_otherwise_than_it_grew_is_told_as_settled():
    said = changed(s.x1(), at(s.x1(), "output_text.done"), "/text", "Else.")

    assert told(said, "output_text.done", 0, "/0/content/0/text") == "Else."


@pytest.mark.parametrize("content", [..., None, "text"])
def test_an_announcement_of_another_shape_makes_room(content: Any):
    odd = changed(s.x1(), 2, "/item/content", content)

    assert told(odd, "output_text.delta", 0, "/0/content") == [{"type": "output_text", "text": "The ca"}]


def test_what_has_no_place_is_left_out():
    """A part whose neighbours before it were lost, and one in a list of what are no parts."""
    checker = StreamChecker()
    for event in s.x1()[:3]:
        checker.feed(event)
    checker.skip()
    checker.feed({**s.x1()[4], "content_index": 3})

    assert checker.fold.response["output"][0]["content"] == []
    assert told(changed(s.x1(), 2, "/item/content", ["text"]), "output_text.delta", 0, "/0/content") == ["text"]


def test_an_item_that_nobody_announced_is_not_spelled_until_it_is_closed():
    events = without(s.x1(), 2)

    assert spelled(events[:4])["output"] == []
    assert spelled(events[:9])["output"] == [s.x1()[9]["item"]]


def test_items_stand_in_the_order_of_their_indices():
    events = s.two_messages()
    first, second = at(events, "output_item.added"), at(events, "output_item.added", 1)
    turned = inserted(events[:2], 2, events[second], events[first])

    assert [item["id"] for item in spelled(turned)["output"]] == ["msg_1", "msg_2"]
