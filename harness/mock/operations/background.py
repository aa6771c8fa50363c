"""Background responses: queued, finished after some polls, cancelled on the way, streamed again from anywhere."""

from collections.abc import Mapping
from typing import Any, Final

from harness.mock import headers
from harness.mock.answers import Answer, of_json, of_stream
from harness.mock.emit import STARTING
from harness.mock.errors import invalid
from harness.mock.frames import frames
from harness.mock.operations.finding import find
from harness.mock.rooms import Room
from harness.mock.store import JSON, Stored

POLLS: Final = 2
"""How many answers say that a background response is still being made: the first queued, the next in progress."""


def unfinished(response: Mapping[str, Any], status: str) -> JSON:
    """The response as it looks before it is finished."""
    early = {**response, **STARTING, "status": status}
    if early["service_tier"] == "default":
        early["service_tier"] = "auto"
    return early


def shown(stored: Stored) -> JSON:
    """What a poll shows; each one brings the work a step further."""
    if stored.pending == 0:
        return stored.shown or stored.response
    stored.pending -= 1
    return unfinished(stored.response, "in_progress" if stored.pending < POLLS - 1 else "queued")


def cancel(room: Room, response_id: str) -> Answer:
    """POST /responses/{id}/cancel: stops what is not finished; may be repeated. Raises `Refused`."""
    stored = find(room, response_id)
    if not stored.response["background"]:
        raise invalid("Cannot cancel a synchronous response.")
    if stored.pending:
        stored.pending = 0
        stored.response.update(unfinished(stored.response, "cancelled"))
    return of_json(stored.response, headers.of_room(room))


def replay(room: Room, stored: Stored, query: Mapping[str, str]) -> Answer:
    """GET /responses/{id}?stream=true: the events after `starting_after`, with their numbers. Raises `Refused`."""
    if stored.events is None:
        message = "Only responses that were created in background mode with 'stream' set to true can be streamed."
        raise invalid(message, "stream")
    after = query.get("starting_after", "-1")
    if not after.removeprefix("-").isdecimal():
        raise invalid("Invalid type for 'starting_after': expected an integer.", "starting_after", "invalid_type")
    rest = [event for event in stored.events if event["sequence_number"] > int(after)]
    return of_stream(frames(rest), headers.of_room(room))
