"""Tools for mutating a list of events: find, drop, double, swap, renumber, change one field or all its copies.

Every function leaves a stream alone that has not what it looks for. A stream that nothing can be found in is not
an error: a defect that needs two deltas does nothing to a stream of one.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

from harness.mock.writing import Event

Change = Callable[[list[Event]], None]
Edit = Callable[[Event], None]

CREATED: Final = "response.created"
QUEUED: Final = "response.queued"
IN_PROGRESS: Final = "response.in_progress"
ITEM_ADDED: Final = "response.output_item.added"
ITEM_DONE: Final = "response.output_item.done"
PART_ADDED: Final = "response.content_part.added"
PART_DONE: Final = "response.content_part.done"
TEXT_DELTA: Final = "response.output_text.delta"
TEXT_DONE: Final = "response.output_text.done"
ARGUMENTS_DELTA: Final = "response.function_call_arguments.delta"
ARGUMENTS_DONE: Final = "response.function_call_arguments.done"
SUMMARY_DONE: Final = "response.reasoning_summary_text.done"
SUMMARY_PART_DONE: Final = "response.reasoning_summary_part.done"
ANNOTATION: Final = "response.output_text.annotation.added"
PARTIAL_IMAGE: Final = "response.image_generation_call.partial_image"
TERMINALS: Final = ("response.completed", "response.incomplete", "response.failed")


def places(events: list[Event], *kinds: str) -> list[int]:
    """Where events of these types stand."""
    return [at for at, event in enumerate(events) if event.get("type") in kinds]


def first(events: list[Event], *kinds: str) -> int | None:
    """Where the first event of these types stands."""
    return next((at for at, event in enumerate(events) if event.get("type") in kinds), None)


def terminal(events: list[Event]) -> int | None:
    """Where the event stands that ends the response."""
    return first(events, *TERMINALS)


def main_index(events: list[Event]) -> int:
    """The output index of the item that has something inside: the first message or call; else the first item."""
    for event in events:
        index = event.get("output_index")
        if isinstance(index, int) and event["type"] not in (ITEM_ADDED, ITEM_DONE):
            return index
    return 0


def of_main(events: list[Event], kind: str) -> int | None:
    """Where the event of this type stands that belongs to the main item."""
    index = main_index(events)
    return next((at for at in places(events, kind) if events[at].get("output_index") == index), None)


def renumber(events: list[Event], start: int = 0) -> None:
    """Rewrites the sequence numbers, so that only what else was done to the stream is wrong."""
    for number, event in enumerate(events, start):
        if "sequence_number" in event:
            event["sequence_number"] = number


def renumbered(change: Change) -> Change:
    """The change with the numbers rewritten after it."""

    def changed(events: list[Event]) -> None:
        start = events[0].get("sequence_number") if events else 0
        change(events)
        renumber(events, start if isinstance(start, int) else 0)

    return changed


def dropping(kind: str) -> Change:
    """Leaves out the main item's event of this type, or the first one; the numbers are rewritten."""

    def change(events: list[Event]) -> None:
        at = at_of(events, kind)
        if at is not None:
            del events[at]

    return renumbered(change)


def doubling(kind: str) -> Change:
    """Sends that event twice; the numbers are rewritten."""

    def change(events: list[Event]) -> None:
        at = at_of(events, kind)
        if at is not None:
            events.insert(at + 1, dict(events[at]))

    return renumbered(change)


def at_of(events: list[Event], kind: str) -> int | None:
    """Where the main item's event of this type stands, or else the first of this type."""
    at = of_main(events, kind)
    return first(events, kind) if at is None else at


def swapping(kind: str, other: str) -> Change:
    """The first events of the two types change places; the numbers are rewritten."""

    def change(events: list[Event]) -> None:
        one, two = at_of(events, kind), at_of(events, other)
        if one is not None and two is not None:
            events[one], events[two] = events[two], events[one]

    return renumbered(change)


def moved_before(kind: str, before: str) -> Change:
    """The event of one type comes right before that of another; the numbers are rewritten."""

    def change(events: list[Event]) -> None:
        one, two = at_of(events, kind), at_of(events, before)
        if one is not None and two is not None and one > two:
            events.insert(two, events.pop(one))

    return renumbered(change)


def editing(kind: str, edit: Edit) -> Change:
    """Changes the main item's event of this type, or the first one."""

    def change(events: list[Event]) -> None:
        at = at_of(events, kind)
        if at is not None:
            edit(events[at])

    return change


def ending(edit: Callable[[dict[str, Any]], None]) -> Change:
    """Changes the response that the last event shows."""

    def change(events: list[Event]) -> None:
        at = terminal(events)
        if at is not None:
            edit(events[at]["response"])

    return change


def on_delta(edit: Edit) -> Change:
    """Changes a delta in the middle."""

    def change(events: list[Event]) -> None:
        at = middle(deltas(events))
        if at is not None:
            edit(events[at])

    return change


def setting(field: str, value: object) -> Edit:
    """Sets a field."""

    def edit(event: Event) -> None:
        event[field] = value

    return edit


def without(field: str) -> Edit:
    """Takes a field away."""

    def edit(event: Event) -> None:
        event.pop(field, None)

    return edit


def is_delta(event: Event) -> bool:
    """Whether the event carries a piece of text."""
    return str(event.get("type")).endswith(".delta") and isinstance(event.get("delta"), str)


def deltas(events: list[Event], kind: str | None = None) -> list[int]:
    """Where the deltas of one text stand: of the first of this type, or of a message if there is one."""
    at = first(events, kind or TEXT_DELTA)
    if at is None and kind is None:
        at = next((number for number, event in enumerate(events) if is_delta(event)), None)
    if at is None:
        return []
    span = ("type", "output_index", "content_index", "summary_index", "command_index")
    wanted = [events[at].get(key) for key in span]
    return [n for n, event in enumerate(events) if is_delta(event) and [event.get(key) for key in span] == wanted]


def middle(found: list[int]) -> int | None:
    """One in the middle, so that there is something before and after it."""
    return found[len(found) // 2] if found else None


def unlike_neighbours(events: list[Event], found: list[int]) -> tuple[int, int] | None:
    """Two neighbouring deltas whose swapping can be seen."""
    for one, other in pairwise(found):
        if events[one]["delta"] + events[other]["delta"] != events[other]["delta"] + events[one]["delta"]:
            return one, other
    return None


def drop_delta(kind: str | None = None) -> Change:
    """Leaves out a delta in the middle; the numbers stay as they were."""

    def change(events: list[Event]) -> None:
        at = middle(deltas(events, kind))
        if at is not None:
            del events[at]

    return change


def double_delta(kind: str | None = None) -> Change:
    """Sends a delta in the middle twice, with one number."""

    def change(events: list[Event]) -> None:
        at = middle(deltas(events, kind))
        if at is not None:
            events.insert(at + 1, dict(events[at]))

    return change


def swap_deltas(kind: str | None = None) -> Change:
    """Two neighbouring deltas change places, with their numbers."""

    def change(events: list[Event]) -> None:
        found = unlike_neighbours(events, deltas(events, kind))
        if found is not None:
            one, other = found
            events[one], events[other] = events[other], events[one]

    return change


def copies(events: list[Event], item_id: object) -> Iterator[dict[str, Any]]:
    """Every copy of an item: announced, closed, in the last snapshot."""
    for event in events:
        item = event.get("item")
        if isinstance(item, dict) and item.get("id") == item_id:
            yield item
        response = event.get("response")
        if isinstance(response, dict):
            yield from (one for one in response.get("output", ()) if one.get("id") == item_id)


def items_of(events: list[Event], kind: str) -> list[str]:
    """The ids of the announced items of this type, in order."""
    return [e["item"]["id"] for e in events if e.get("type") == ITEM_ADDED and e["item"].get("type") == kind]


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every text or refusal part inside an item or a response."""
    if isinstance(value, dict):
        if value.get("type") in ("output_text", "refusal"):
            yield value
        for inner in value.values():
            yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def other(text: str) -> str:
    """A text of the same length that differs in its last character."""
    return text[:-1] + ("#" if text[-1:] != "#" else "*") if text else "#"


def change_text(value: Any) -> None:
    """Makes the first text inside an item or a response another one."""
    part = next(parts(value), None)
    if part is not None:
        field = "refusal" if part["type"] == "refusal" else "text"
        part[field] = other(part[field])
