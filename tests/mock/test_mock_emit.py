"""Correct streams: what a stream says piece by piece is what it says at the end, for every kind of item."""

import json
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.mock import bases, emit, frames
from harness.mock.defects import spoiling

WHOLE = {
    "response.output_text": "text",
    "response.refusal": "refusal",
    "response.function_call_arguments": "arguments",
    "response.mcp_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.code_interpreter_call_code": "code",
    "response.reasoning_summary_text": "text",
    "response.shell_call_command": "command",
    "response.apply_patch_call_operation_diff": "diff",
}


@pytest.mark.parametrize("name", bases.BASES)
def test_numbers_places_and_snapshots(name):
    events = bases.events(name)
    last = events[-1]["response"]

    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert events[0]["type"] == "response.created"
    assert events[-1]["type"] == f"response.{last['status']}"
    open_item = None
    for event in events:
        if event["type"] == "response.output_item.added":
            assert open_item is None
            open_item = event["item"]["id"]
        elif event["type"] == "response.output_item.done":
            assert event["item"] == last["output"][event["output_index"]]
            open_item = None
        elif "item_id" in event:
            assert event["item_id"] == open_item == last["output"][event["output_index"]]["id"]


@pytest.mark.parametrize("name", bases.BASES)
def test_deltas_spell_the_whole(name):
    spelled = defaultdict(str)
    wholes = 0
    for event in bases.events(name):
        stem, _, ending = event["type"].rpartition(".")
        inner = (event.get(f"{level}_index") for level in ("content", "summary", "command"))
        place = (stem, event.get("output_index"), *inner)
        if ending == "delta":
            spelled[place] += event["delta"]
        elif ending == "done" and stem in WHOLE:
            wholes += 1
            assert spelled[place] == event[WHOLE[stem]] != ""
    assert wholes or name == "X9a"


def test_padding_stands_on_foreground_deltas_alone():
    padded = [event for event in bases.events("X1") if "obfuscation" in event]

    assert {event["type"] for event in padded} == {"response.output_text.delta"}
    assert not any("obfuscation" in event for event in bases.events("X8"))


def test_background_stream_is_queued_first():
    kinds = [event["type"] for event in bases.events("X8")]

    assert kinds[:3] == ["response.created", "response.queued", "response.in_progress"]


def test_sealed_values_never_look_alike():
    seals = iter(range(100))
    events = emit.events(bases.response("X3"), again=lambda sealed: f"{sealed}{next(seals)}", stand_in=lambda _: "?")

    shown = [event["item"]["encrypted_content"] for event in events if event.get("item", {}).get("type") == "reasoning"]
    shown.append(events[-1]["response"]["output"][0]["encrypted_content"])
    assert len(set(shown)) == 3


@given(st.text(max_size=200))
def test_pieces_join_to_the_text(text):
    pieces = emit.pieces(text)

    assert "".join(pieces) == text
    assert all(pieces)
    assert len(pieces) >= min(3, len(text))


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_quick_spelling_is_the_plain_one(text):
    """Lone surrogates included: they go out as escapes, everything else as UTF-8."""
    response = bases.response("X1")
    response["output"][0]["content"][0]["text"] = text
    events = emit.events(response)

    quick = frames.frames(events)

    assert quick == [frames.frame(event) for event in events]
    assert [json.loads(frame.partition(b"data: ")[2]) for frame in quick] == events


@given(st.lists(st.binary(min_size=1, max_size=9000), max_size=12))
def test_chunks_keep_every_byte(spelled):
    chunks = frames.chunks(spelled)

    assert b"".join(chunks) == b"".join(spelled)
    assert all(chunks)


def test_spoiling_without_defects_changes_nothing():
    events = bases.events("X3")

    assert b"".join(spoiling.spoil(events)) == b"".join(map(frames.frame, events))
