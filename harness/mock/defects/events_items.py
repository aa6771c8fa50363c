"""Defects of items and parts: opened, closed, done twice or never, under another index or identity."""

from typing import Final

from harness.mock.defects import streams
from harness.mock.defects.base import Defect
from harness.mock.defects.mutations import mutation
from harness.mock.defects.streams import (
    ARGUMENTS_DONE,
    ITEM_ADDED,
    ITEM_DONE,
    PART_ADDED,
    PART_DONE,
    SUMMARY_PART_DONE,
    TEXT_DONE,
    doubling,
    dropping,
    editing,
    moved_before,
    renumbered,
)
from harness.mock.writing import Event


def delta_after_done(events: list[Event]) -> None:
    found, done = streams.deltas(events, streams.TEXT_DELTA), streams.at_of(events, streams.TEXT_DONE)
    if found and done is not None:
        events.insert(done + 1, dict(events[found[-1]]))


def delta_after_terminal(events: list[Event]) -> None:
    found = streams.deltas(events)
    if found:
        events.append(dict(events[found[-1]]))


def taken_index(events: list[Event]) -> None:
    """The second item is announced under the index of the first."""
    found = streams.places(events, streams.ITEM_ADDED)
    if len(found) > 1:
        events[found[1]]["output_index"] = 0


def skipped_index(events: list[Event]) -> None:
    """The second item and all after it stand one index too high, in every event."""
    for event in events:
        if isinstance(event.get("output_index"), int) and event["output_index"] >= 1:
            event["output_index"] += 1


def other_call_id(event: Event) -> None:
    if "call_id" in event["item"]:
        event["item"]["call_id"] = streams.other(event["item"]["call_id"])


def one_call_id(events: list[Event]) -> None:
    calls = streams.items_of(events, "function_call")
    if len(calls) < 2:
        return
    shared = next(streams.copies(events, calls[0]))["call_id"]
    for item in streams.copies(events, calls[1]):
        item["call_id"] = shared


def foreign_delta(events: list[Event]) -> None:
    """A piece of the second call's arguments is credited to the first call."""
    calls = streams.items_of(events, "function_call")
    found = streams.places(events, streams.ARGUMENTS_DELTA)
    if len(calls) < 2:
        return
    home = next(events[at] for at in found if events[at]["item_id"] == calls[0])
    stray = next(events[at] for at in found if events[at]["item_id"] == calls[1])
    stray["item_id"], stray["output_index"] = home["item_id"], home["output_index"]


def message_in_progress(events: list[Event]) -> None:
    """The message is closed as still in progress, in the last snapshot too."""
    for item_id in streams.items_of(events, "message")[:1]:
        for item in streams.copies(events, item_id):
            item["status"] = "in_progress"


def message_becomes_call(events: list[Event]) -> None:
    """What was announced as a message is closed as a function call, in the last snapshot too."""
    for item_id in streams.items_of(events, "message")[:1]:
        for item in list(streams.copies(events, item_id))[1:]:
            item.clear()
            item.update(id=item_id, type="function_call", status="completed", arguments="{}")
            item.update(call_id="call_000000000000000000000000", name="changed")


def overlapping_items(events: list[Event]) -> None:
    """The first item is closed after the second was announced."""
    added = streams.places(events, streams.ITEM_ADDED)
    if len(added) > 1 and events[added[1] - 1].get("type") == streams.ITEM_DONE:
        events[added[1] - 1], events[added[1]] = events[added[1]], events[added[1] - 1]


def open_item(events: list[Event]) -> None:
    """The first of several items is never closed."""
    done = streams.places(events, streams.ITEM_DONE)
    if len(done) > 1:
        del events[done[0]]


ORPHAN, MISSING, TWICE = "order.orphan_event", "order.missing_done", "order.duplicate_done"
AFTER, OTHER_ITEM = "order.after_terminal", "order.item_mismatch"

TABLE: Final[tuple[Defect, ...]] = (
    mutation("A51", "item-added-missing", "item.added is left out", dropping(ITEM_ADDED), ORPHAN),
    mutation("A52", "part-added-missing", "part.added is left out", dropping(PART_ADDED), ORPHAN),
    mutation("A59", "text-done-missing", "text.done is left out", dropping(TEXT_DONE), MISSING),
    mutation("A60", "part-done-missing", "part.done is left out", dropping(PART_DONE), MISSING),
    mutation("A61", "item-done-missing", "item.done is left out", dropping(ITEM_DONE), MISSING),
    mutation("A72", "index-taken", "two items under one index", taken_index, "order.duplicate_index", base="X2"),
    mutation("A73", "index-skipped", "the second item under index 2", skipped_index, "order.index_gap", base="X2"),
    mutation("A82", "delta-after-done", "a delta after text.done", renumbered(delta_after_done), "order.after_done"),
    mutation("A83", "delta-after-completed", "a delta after the end", renumbered(delta_after_terminal), AFTER),
    mutation(
        "A85",
        "item-done-early",
        "item.done before item.added",
        moved_before(ITEM_DONE, ITEM_ADDED),
        "order.done_before_added",
    ),
    mutation("A89", "arguments-done-missing", "arguments.done left out", dropping(ARGUMENTS_DONE), MISSING, base="X2"),
    mutation(
        "A91",
        "call-id-changes",
        "call_id changes",
        editing(ITEM_ADDED, other_call_id),
        OTHER_ITEM,
        base="X2",
    ),
    mutation("A92", "call-id-shared", "two calls with one call_id", one_call_id, "tool.duplicate_call_id", base="X2"),
    mutation(
        "A93",
        "arguments-delta-foreign",
        "a piece of arguments credited to the other call",
        foreign_delta,
        ORPHAN,
        "tool.args_mismatch",
        base="X2",
        any_of=True,
    ),
    mutation("A94", "message-never-done", "a message closed as in_progress", message_in_progress, "order.item_status"),
    mutation("A95", "item-type-changes", "a message turns into a call", message_becomes_call, OTHER_ITEM),
    mutation("A104", "part-added-twice", "part.added comes twice", doubling(PART_ADDED), "order.duplicate_part"),
    mutation("A107a", "text-done-twice", "text.done comes twice", doubling(TEXT_DONE), TWICE),
    mutation("A107b", "part-done-twice", "part.done comes twice", doubling(PART_DONE), TWICE),
    mutation("A107c", "arguments-done-twice", "arguments.done comes twice", doubling(ARGUMENTS_DONE), TWICE, base="X2"),
    mutation("A107d", "summary-done-twice", "a summary is done twice", doubling(SUMMARY_PART_DONE), TWICE, base="X3"),
    mutation(
        "A108",
        "items-overlap",
        "two items open at once",
        renumbered(overlapping_items),
        "order.items_overlap",
        base="X2",
    ),
    mutation("A117", "cut-item-open", "cut, and an earlier item left open", renumbered(open_item), MISSING, base="X14"),
)
