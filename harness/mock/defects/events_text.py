"""Defects of texts, tool arguments and annotations: deltas, done events and snapshots that do not agree."""

from typing import Any, Final

from harness.mock.defects import streams
from harness.mock.defects.base import Defect, OfEvents
from harness.mock.defects.mutations import mutation
from harness.mock.defects.streams import (
    double_delta,
    drop_delta,
    editing,
    ending,
    renumbered,
    swap_deltas,
)
from harness.mock.writing import Event


def swap_delta_texts(events: list[Event]) -> None:
    found = streams.unlike_neighbours(events, streams.deltas(events))
    if found is not None:
        one, other = (events[at] for at in found)
        one["delta"], other["delta"] = other["delta"], one["delta"]


def other_text(event: Event) -> None:
    event["text"] = streams.other(event["text"])


def other_arguments(event: Event) -> None:
    event["arguments"] = streams.other(event["arguments"])


def other_item_text(events: list[Event]) -> None:
    """The closed item and the last snapshot say something else than the parts; they agree with each other."""
    at = streams.at_of(events, streams.ITEM_DONE)
    if at is None:
        return
    for item in streams.copies(events, events[at]["item"].get("id")):
        streams.change_text(item)


def broken_json(events: list[Event]) -> None:
    """The arguments lose their last character in every copy, so that all agree and none is JSON."""
    found = streams.deltas(events, streams.ARGUMENTS_DELTA)
    if not found:
        return
    index, item_id = events[found[0]].get("output_index"), events[found[0]].get("item_id")
    events[found[-1]]["delta"] = events[found[-1]]["delta"][:-1]
    for event in events:
        if event.get("type") == streams.ARGUMENTS_DONE and event.get("output_index") == index:
            event["arguments"] = event["arguments"][:-1]
    for item in streams.copies(events, item_id):
        item["arguments"] = item["arguments"][:-1]
    if not events[found[-1]]["delta"]:
        del events[found[-1]]
        streams.renumber(events)


def lone_surrogate(events: list[Event]) -> None:
    """Half of a surrogate pair at the end of the text, in every copy."""
    found = streams.deltas(events, streams.TEXT_DELTA)
    if not found:
        return
    half, index = "\ud83d", events[found[0]].get("output_index")
    events[found[-1]]["delta"] += half
    for event in events:
        if event.get("type") == streams.TEXT_DONE and event.get("output_index") == index:
            event["text"] += half
        elif event.get("type") == streams.PART_DONE and event.get("output_index") == index:
            event["part"]["text"] += half
    for item in streams.copies(events, events[found[0]].get("item_id")):
        for part in streams.parts(item):
            part["text"] += half


def without_seal(events: list[Event]) -> None:
    for event in events:
        for holder in (event.get("item"), *((event.get("response") or {}).get("output") or ())):
            if isinstance(holder, dict):
                holder.pop("encrypted_content", None)


def reindexed_annotation(event: Event) -> None:
    event["annotation_index"] += 1


def other_annotations(events: list[Event]) -> None:
    """The part, the item and the last snapshot agree on annotations that were not streamed."""
    change_annotations(events, "title", "Another title")


def outside_annotations(events: list[Event]) -> None:
    """Every copy of the first annotation ends after the text does."""
    change_annotations(events, "end_index", 1_000_000)
    for at in streams.places(events, streams.ANNOTATION)[:1]:
        events[at]["annotation"]["end_index"] = 1_000_000


def change_annotations(events: list[Event], field: str, value: object) -> None:
    at = streams.first(events, streams.ANNOTATION)
    if at is None:
        return
    holders: list[Any] = [e["part"] for e in events if e.get("type") == streams.PART_DONE]
    holders += list(streams.copies(events, events[at].get("item_id")))
    for holder in holders:
        for part in streams.parts(holder):
            if part.get("annotations"):
                part["annotations"][0][field] = value


def hosted_deltas(row: str, letter: str, base: str, noun: str, kind: str, finding: str) -> tuple[Defect, ...]:
    """A delta of a hosted tool's text dropped, doubled, swapped; numbers rewritten."""
    kinds = (("dropped", drop_delta), ("doubled", double_delta), ("swapped", swap_deltas))
    return tuple(
        OfEvents(
            id=f"{row}{chr(ord(letter) + number)}",
            slug=f"{noun}-delta-{how}",
            title=f"a delta of {noun.replace('-', ' ')} is {how}, renumbered",
            base=base,
            findings=(finding,),
            change=renumbered(change(kind)),
        )
        for number, (how, change) in enumerate(kinds)
    )


DONE: Final = "text.done_mismatch"

TABLE: Final[tuple[Defect, ...]] = (
    mutation("A45", "lone-surrogate", "a delta holds half of a surrogate pair", lone_surrogate, "wire.lone_surrogate"),
    mutation(
        "A53", "text-delta-dropped-renumbered", "one delta is left out, renumbered", renumbered(drop_delta()), DONE
    ),
    mutation("A54", "text-delta-dropped", "one delta is left out, numbers kept", drop_delta(), "order.seq_gap", DONE),
    mutation(
        "A55", "text-delta-repeated", "one delta comes twice under one number", double_delta(), "order.seq_repeat"
    ),
    mutation("A56", "text-delta-doubled", "one delta comes twice, renumbered", renumbered(double_delta()), DONE),
    mutation("A57", "text-delta-swapped", "two deltas are swapped with their numbers", swap_deltas(), "order.seq_back"),
    mutation("A58", "text-delta-texts-swapped", "only the texts of two deltas are swapped", swap_delta_texts, DONE),
    mutation(
        "A62",
        "text-done-differs",
        "text.done differs from the joined deltas",
        editing(streams.TEXT_DONE, other_text),
        DONE,
    ),
    mutation(
        "A63",
        "part-done-differs",
        "part.done differs from text.done",
        editing(streams.PART_DONE, streams.change_text),
        "text.part_mismatch",
    ),
    mutation(
        "A64",
        "item-text-differs",
        "item and last snapshot differ from the parts",
        other_item_text,
        "text.item_mismatch",
    ),
    mutation(
        "A65",
        "final-text-differs",
        "only the text in the last snapshot differs",
        ending(streams.change_text),
        "text.final_mismatch",
    ),
    mutation(
        "A88",
        "arguments-done-differs",
        "arguments.done differs from the joined deltas",
        editing(streams.ARGUMENTS_DONE, other_arguments),
        "tool.args_mismatch",
        base="X2",
    ),
    mutation(
        "A90",
        "arguments-not-json",
        "arguments agree everywhere and are no JSON",
        broken_json,
        "tool.args_not_json",
        base="X2",
    ),
    mutation(
        "A96",
        "summary-done-differs",
        "the summary's done event differs from its deltas",
        editing(streams.SUMMARY_DONE, other_text),
        DONE,
        base="X3",
    ),
    mutation(
        "A97",
        "reasoning-not-encrypted",
        "encrypted content was asked for and is absent",
        without_seal,
        "state.reasoning_not_encrypted",
        base="X3",
    ),
    *hosted_deltas("A109", "a", "X12", "code", "response.code_interpreter_call_code.delta", DONE),
    *hosted_deltas("A110", "a", "X9", "mcp-arguments", "response.mcp_call_arguments.delta", DONE),
    *hosted_deltas("A110", "d", "X18", "custom-input", "response.custom_tool_call_input.delta", DONE),
    *hosted_deltas("A110", "g", "X18", "patch-diff", "response.apply_patch_call_operation_diff.delta", DONE),
    *hosted_deltas("A110", "j", "X18", "shell-command", "response.shell_call_command.delta", DONE),
    mutation(
        "A113a",
        "annotation-dropped",
        "an annotation's event is left out, renumbered",
        streams.dropping(streams.ANNOTATION),
        "order.annotations_differ",
        "order.annotation_index",
        base="X16",
        any_of=True,
    ),
    mutation(
        "A113b",
        "annotation-doubled",
        "an annotation's event comes twice, renumbered",
        streams.doubling(streams.ANNOTATION),
        "order.annotation_index",
        "order.annotations_differ",
        base="X16",
        any_of=True,
    ),
    mutation(
        "A113c",
        "annotation-reindexed",
        "an annotation stands under another index",
        editing(streams.ANNOTATION, reindexed_annotation),
        "order.annotation_index",
        base="X16",
    ),
    mutation(
        "A114a",
        "annotations-differ",
        "the part's annotations differ from those streamed",
        other_annotations,
        "order.annotations_differ",
        base="X16",
    ),
    mutation(
        "A114b",
        "annotation-outside-text",
        "an annotation ends after the text does",
        outside_annotations,
        "order.annotations_differ",
        base="X16",
    ),
)
