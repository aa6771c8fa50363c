"""Background responses: queued, finished after some polls, cancelled on the way, streamed again from anywhere."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.mock import headers
from harness.mock.answers import Answer, of_json, of_stream
from harness.mock.emit import STARTING
from harness.mock.errors import broken, invalid
from harness.mock.frames import frames
from harness.mock.operations.finding import find, standing_ways
from harness.mock.rooms import Room
from harness.mock.store import JSON, Stored
from harness.mock.ways import Ways

POLLS: Final = 2
"""How many answers say that a background response is still being made: the first queued, the next in progress."""

WORK: Final = 0.25
"""Seconds that the work takes where a client has to wait for it."""

ENDLESS: Final = 1_000_000


def polls(ways: Ways) -> int:
    """How many answers say that it is not finished, the first one included."""
    if ways.background == "blocking":
        return 0
    return {"endless": ENDLESS, "backward": POLLS + 2}.get(ways.polls, POLLS)


def unfinished(response: Mapping[str, Any], status: str) -> JSON:
    """The response as it looks before it is finished."""
    early = {**response, **STARTING, "status": status}
    if early["service_tier"] == "default":
        early["service_tier"] = "auto"
    return early


def shown(stored: Stored, ways: Ways) -> JSON:
    """What a poll shows; each one brings the work a step further."""
    if stored.pending == 0:
        stored.open = False
        return stored.shown or stored.response
    stored.pending -= 1
    if ways.polls == "backward":
        return unfinished(stored.response, "queued" if stored.pending % 2 else "in_progress")
    queued = stored.pending == polls(ways) - 1
    return unfinished(stored.response, "queued" if queued else "in_progress")


def cancel(room: Room, response_id: str) -> Answer:
    """POST /responses/{id}/cancel: stops what is not finished; may be repeated. Raises `Refused`."""
    stored = find(room, response_id)
    ways = standing_ways(room)
    if not stored.response["background"] and ways.lenient != "cancelling":
        raise invalid("Cannot cancel a synchronous response.")
    if stored.open:
        stored.pending, stored.open = 0, False
        cancelled = unfinished(stored.response, "cancelled")
        if ways.cancelled == "completes":
            return of_json(cancelled, headers.of_room(room))
        stored.response.update(cancelled)
        stored.shown = None
    elif stored.response["status"] == "cancelled" and ways.cancelled_again == "failing":
        raise broken()
    elif stored.response["status"] == "cancelled" and ways.cancelled_again == "in progress":
        return of_json({**stored.response, "status": "in_progress"}, headers.of_room(room))
    return of_json(stored.response, headers.of_room(room))


def replay(room: Room, stored: Stored, query: Mapping[str, str], ways: Ways) -> Answer:
    """GET /responses/{id}?stream=true: the events after `starting_after`, with their numbers. Raises `Refused`."""
    if stored.events is None:
        message = "Only responses that were created in background mode with 'stream' set to true can be streamed."
        raise invalid(message, "stream")
    after = query.get("starting_after", "-1")
    if not after.removeprefix("-").isdecimal():
        raise invalid("Invalid type for 'starting_after': expected an integer.", "starting_after", "invalid_type")
    return of_stream(frames(resumed(stored.events, int(after), ways)), headers.of_room(room))


def resumed(events: Sequence[JSON], after: int, ways: Ways) -> list[JSON]:
    """The events after that number; wrongly where a defect says so."""
    first = after + {"repeating": 0, "skipping": 2}.get(ways.resume, 1)
    rest = [event for event in events if event["sequence_number"] >= first]
    if ways.resume == "renumbered":
        return [{**event, "sequence_number": number} for number, event in enumerate(rest)]
    if ways.resume == "other text":
        return [{**event, "delta": event["delta"][::-1] + "~"} if "delta" in event else event for event in rest]
    return rest
