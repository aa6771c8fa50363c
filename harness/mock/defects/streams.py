"""Tools for mutating a list of events: find, drop, double, swap, renumber, change one field or all its copies.

Every function leaves a stream alone that has not what it looks for. A stream that nothing can be found in is not
an error: a defect that needs two deltas does nothing to a stream of one.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

from harness.mock.writing import Event

Change = Callable[[list[Event]], None]

CREATED: Final = "response.created"
IN_PROGRESS: Final = "response.in_progress"
QUEUED: Final = "response.queued"
ITEM_ADDED: Final = "response.output_item.added"
ITEM_DONE: Final = "response.output_item.done"
PART_ADDED: Final = "response.content_part.added"
PART_DONE: Final = "response.content_part.done"
TEXT_DELTA: Final = "response.output_text.delta"
TEXT_DONE: Final = "response.output_text.done"
COMPLETED: Final = "response.completed"
TERMINALS: Final = (COMPLETED, "response.incomplete", "response.failed")


def places(events: list[Event], *kinds: str) -> list[int]:
    """Where events of these types stand."""
    return [at for at, event in enumerate(events) if event.get("type") in kinds]


def first(events: list[Event], *kinds: str) -> int | None:
    """Where the first event of these types stands."""
    return next((at for at, event in enumerate(events) if event.get("type") in kinds), None)


def terminal(events: list[Event]) -> int | None:
    """Where the event stands that ends the response."""
    return first(events, *TERMINALS)


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
    """Leaves out the first event of this type."""

    def change(events: list[Event]) -> None:
        at = first(events, kind)
        if at is not None:
            del events[at]

    return change


def doubling(kind: str) -> Change:
    """Sends the first event of this type twice."""

    def change(events: list[Event]) -> None:
        at = first(events, kind)
        if at is not None:
            events.insert(at + 1, dict(events[at]))

    return change


def editing(kind: str, edit: Callable[[Event], None], nth: int = 0) -> Change:
    """Changes the first (or nth) event of this type."""

    def change(events: list[Event]) -> None:
        found = places(events, kind)
        if len(found) > nth:
            edit(events[found[nth]])

    return change


def setting(kind: str, field: str, value: object, nth: int = 0) -> Change:
    """Sets a field of the first (or nth) event of this type."""

    def edit(event: Event) -> None:
        event[field] = value

    return editing(kind, edit, nth)


def both(*changes: Change) -> Change:
    """One change after the other."""

    def changed(events: list[Event]) -> None:
        for change in changes:
            change(events)

    return changed


def is_delta(event: Event) -> bool:
    """Whether the event carries a piece of text."""
    return str(event.get("type")).endswith(".delta") and isinstance(event.get("delta"), str)


def deltas(events: list[Event]) -> list[int]:
    """Where the deltas of the first text stand; of the first other delta's kind and item where there is no text."""
    at = first(events, TEXT_DELTA)
    if at is None:
        at = next((number for number, event in enumerate(events) if is_delta(event)), None)
    if at is None:
        return []
    return same_span(events, at)


def same_span(events: list[Event], at: int) -> list[int]:
    """Where the deltas stand that belong together with this one."""
    keys = ("type", "output_index", "content_index", "summary_index", "command_index")
    wanted = [events[at].get(key) for key in keys]
    return [n for n, event in enumerate(events) if is_delta(event) and [event.get(key) for key in keys] == wanted]


def middle(found: list[int]) -> int | None:
    """One in the middle, so that there is something before and after it."""
    return found[len(found) // 2] if found else None


def unlike_neighbours(events: list[Event], found: list[int]) -> tuple[int, int] | None:
    """Two neighbouring deltas whose swapping can be seen."""
    for one, other in pairwise(found):
        if events[one]["delta"] + events[other]["delta"] != events[other]["delta"] + events[one]["delta"]:
            return one, other
    return None


def texts(value: Any) -> Iterator[dict[str, Any]]:
    """Every output text part and refusal inside an item or a response."""
    if isinstance(value, dict):
        if value.get("type") in ("output_text", "refusal"):
            yield value
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def other(text: str) -> str:
    """A text of the same length that differs in its last character."""
    return text[:-1] + ("#" if text[-1:] != "#" else "*") if text else "#"


def change_text(value: Any) -> None:
    """Makes the first text inside an item or a response another one."""
    part = next(texts(value), None)
    if part is not None:
        field = "refusal" if part["type"] == "refusal" else "text"
        part[field] = other(part[field])
