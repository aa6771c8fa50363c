"""Failures that a script or a defect asks for: HTTP errors, and the four forms in which a stream reports one."""

from collections.abc import Mapping
from typing import Any

from harness.mock import headers
from harness.mock.answers import Answer
from harness.mock.defects import Fault, Firing
from harness.mock.errors import Refused
from harness.mock.rooms import Room
from harness.mock.script import Directions
from harness.mock.writing import Event


def fault(room: Room, directions: Directions, body: Mapping[str, Any]) -> Answer | None:
    """What a fault answers instead of the service; None where none strikes now."""
    for one in directions.defects:
        if not isinstance(one, Fault) or one in room.outages or not concerns(room, one, body):
            continue
        turn = None if one in room.script.always.defects else room.script.taken
        parent = body.get("previous_response_id") if one.when not in ("any", "region") else None
        answer = struck(room, one, room.faults.setdefault((one.id, turn, parent), Firing()))
        if answer is not None:
            return answer
    return None


def outage(room: Room) -> Answer | None:
    """What a region that is down answers to anything; None where none is."""
    for one in room.outages:
        answer = struck(room, one, room.rooms.outages.setdefault((one.id, room.region), Firing()))
        if answer is not None:
            return answer
    return None


def struck(room: Room, one: Fault, firing: Firing) -> Answer | None:
    """The fault's answer, if it strikes now."""
    now = room.clock()
    if not one.strikes(firing, now):
        return None
    answer = one.make(now)
    answer.headers = [*headers.of_room(room), *answer.headers]
    return answer


def concerns(room: Room, one: Fault, body: Mapping[str, Any]) -> bool:
    """Whether a fault is about this request."""
    if one.when in ("any", "region"):
        return True
    parent = room.store.responses.get(str(body.get("previous_response_id")))
    return parent is not None and parent.streamed


def scripted_error(error: Mapping[str, Any]) -> Refused:
    """`{status, code, type, message, param, retry_after}` as an HTTP error with its body."""
    status = error["status"]
    body = {
        "error": {
            "message": error.get("message", "The server had an error while processing your request."),
            "type": error.get("type", "server_error" if status >= 500 else "invalid_request_error"),
            "param": error.get("param"),
            "code": error.get("code"),
        }
    }
    wait = error.get("retry_after")
    lines = () if wait is None else (("retry-after", str(wait)), ("retry-after-ms", str(int(float(wait) * 1000))))
    return Refused(status, body, lines)


def failed_stream(events: list[Event], fail: Mapping[str, Any]) -> list[Event]:
    """The stream cut after its first `after` events (default 2), then the failure in its form.

    `failed`: response.failed alone; `flat`, `nested`: an error event, then response.failed; `azure`:
    response.failed whose error is null, then a nested error event.
    """
    kept = events[: int(fail.get("after", 2))]
    code = fail.get("code", "server_error")
    message = fail.get("message", "The server had an error while processing your request.")
    form = fail.get("form", "failed")
    flat = {"code": code, "message": message, "param": None}
    nested = {"error": {"type": fail.get("type", code), "code": code, "message": message, "param": None}}
    error = {"type": "error", **(flat if form == "flat" else nested)}
    snapshot = {
        **events[0]["response"],
        "status": "failed",
        "error": None if form == "azure" else {"code": code, "message": message},
    }
    failed = {"type": "response.failed", "response": snapshot}
    tail: list[Event] = {
        "failed": [failed],
        "azure": [failed, error],
    }.get(form, [error, failed])
    kept += [{"type": event["type"], "sequence_number": 0, **event} for event in tail]
    for number, event in enumerate(kept):
        event["sequence_number"] = number
    return kept
