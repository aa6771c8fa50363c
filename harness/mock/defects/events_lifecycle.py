"""Defects of the life of a response: its first and last events, its snapshots, errors on the way."""

import copy
from typing import Any, Final

from harness.mock.defects import streams
from harness.mock.defects.base import Defect
from harness.mock.defects.mutations import mutation
from harness.mock.defects.streams import (
    CREATED,
    IN_PROGRESS,
    doubling,
    dropping,
    editing,
    ending,
    renumbered,
    setting,
    swapping,
)
from harness.mock.writing import Event


def without_terminal(events: list[Event]) -> None:
    at = streams.terminal(events)
    if at is not None:
        del events[at]


def late_in_progress(events: list[Event]) -> None:
    """A second in_progress after the first event of an item."""
    one, two = streams.first(events, streams.IN_PROGRESS), streams.first(events, streams.ITEM_ADDED)
    if one is not None and two is not None:
        events.insert(two + 1, dict(events[one]))


def second_terminal(events: list[Event]) -> None:
    at = streams.terminal(events)
    if at is not None:
        events.insert(at + 1, dict(events[at]))


def failed_too(events: list[Event]) -> None:
    at = streams.terminal(events)
    if at is not None:
        error = {"code": "server_error", "message": "The server had an error."}
        snapshot = {**events[at]["response"], "status": "failed", "error": error}
        events.insert(at + 1, {"type": "response.failed", "sequence_number": 0, "response": snapshot})


def early_terminal(events: list[Event]) -> None:
    start, at = streams.first(events, streams.IN_PROGRESS), streams.terminal(events)
    if start is not None and at is not None:
        events.insert(start + 1, events.pop(at))


def no_output(response: dict[str, Any]) -> None:
    response["output"] = []


def extra_output(response: dict[str, Any]) -> None:
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": "Nobody streamed this."}
    item = {"id": "msg_" + "0" * 50, "type": "message", "status": "completed", "content": [part], "role": "assistant"}
    response["output"].append(item)


def other_order(response: dict[str, Any]) -> None:
    response["output"].reverse()


def other_id(response: dict[str, Any]) -> None:
    response["id"] = streams.other(response["id"])


def other_model(response: dict[str, Any]) -> None:
    response["model"] = f"{response['model']}-other"


def completed_at_once(event: Event) -> None:
    event["response"] = {**event["response"], "status": "completed"}


def ends_as(kind: str, **fields: object) -> streams.Change:
    """The stream ends in another way than the work did."""

    def change(events: list[Event]) -> None:
        at = streams.terminal(events)
        if at is not None:
            events[at]["type"] = kind
            events[at]["response"] = {**events[at]["response"], **fields}

    return change


ERROR: Final = {"code": "server_error", "message": "The server had an error.", "param": None}
NESTED: Final = {"type": "error", "sequence_number": 0, "error": {"type": "server_error", **ERROR}}
FLAT: Final = {"type": "error", "sequence_number": 0, **ERROR}


def error_in_passing(events: list[Event]) -> None:
    at = streams.middle(streams.deltas(events))
    if at is not None:
        events.insert(at, copy.deepcopy(NESTED))


def breaking_off(error: Event) -> streams.Change:
    """The stream breaks off with an error event and response.failed, as it should."""

    def change(events: list[Event]) -> None:
        cut = streams.middle(streams.deltas(events))
        if cut is None:
            return
        said = {"code": "server_error", "message": "The server had an error."}
        snapshot = {**events[0]["response"], "status": "failed", "error": said}
        failed = {"type": "response.failed", "sequence_number": 0, "response": snapshot}
        events[cut:] = [copy.deepcopy(error), failed]

    return renumbered(change)


UNDETAILED: Final = ends_as("response.incomplete", status="incomplete", incomplete_details=None)
UNEXPLAINED: Final = ends_as("response.failed", status="failed", error=None)
LIFECYCLE: Final = "order.lifecycle"

TABLE: Final[tuple[Defect, ...]] = (
    mutation("A01", "terminal-missing", "the last event is left out", without_terminal, "wire.no_terminal"),
    mutation("A48", "created-missing", "created is left out", dropping(CREATED), "order.missing_created"),
    mutation("A49", "created-swapped", "created and in_progress swapped", swapping(CREATED, IN_PROGRESS), LIFECYCLE),
    mutation("A50", "created-twice", "created comes twice", doubling(CREATED), "order.duplicate_created"),
    mutation("A66", "final-output-empty", "no output at the end", ending(no_output), "order.final_output_missing"),
    mutation("A67", "final-output-extra", "one item more at the end", ending(extra_output), "order.final_output_extra"),
    mutation(
        "A68",
        "final-output-reordered",
        "another order at the end",
        ending(other_order),
        "order.final_output_order",
        base="X2",
    ),
    mutation("A79", "final-id-differs", "another id at the end", ending(other_id), "order.response_id_changed"),
    mutation("A80", "completed-twice", "the end comes twice", renumbered(second_terminal), "order.two_terminals"),
    mutation("A81", "completed-then-failed", "completed, then failed", renumbered(failed_too), "order.two_terminals"),
    mutation("A84", "completed-early", "the end stands first", renumbered(early_terminal), "order.after_terminal"),
    mutation(
        "A86",
        "completed-in-progress",
        "completed says in_progress",
        ending(setting("status", "in_progress")),
        "order.terminal_status_mismatch",
    ),
    mutation("A87", "incomplete-no-details", "incomplete, no details", UNDETAILED, "sem.incomplete_no_details"),
    mutation(
        "A98", "error-in-passing", "an error, then on as if nothing", renumbered(error_in_passing), "order.after_error"
    ),
    mutation("A99a", "error-event", "a nested error event, a proper end", breaking_off(NESTED), "avail.stream_error"),
    mutation("A99b", "error-event-flat", "a flat error event, a proper end", breaking_off(FLAT), "avail.stream_error"),
    mutation(
        "A100", "created-completed", "created already says completed", editing(CREATED, completed_at_once), LIFECYCLE
    ),
    mutation("A101", "model-changes", "another model at the end", ending(other_model), "order.snapshot_changed"),
    mutation("A103", "failed-no-error", "failed without any error", UNEXPLAINED, "sem.failed_no_error"),
    mutation("A105", "in-progress-missing", "in_progress is left out", dropping(IN_PROGRESS), LIFECYCLE),
    mutation("A106a", "in-progress-twice", "in_progress comes twice", doubling(IN_PROGRESS), LIFECYCLE),
    mutation("A106b", "in-progress-late", "in_progress again, too late", renumbered(late_in_progress), LIFECYCLE),
    mutation("A116a", "queued-missing", "queued is left out", dropping(streams.QUEUED), LIFECYCLE, base="X8"),
    mutation("A116b", "queued-twice", "queued comes twice", doubling(streams.QUEUED), LIFECYCLE, base="X8"),
)
