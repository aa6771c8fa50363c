"""Finds what is stored, as long as it is kept."""

from harness.mock.errors import invalid, no_response
from harness.mock.rooms import Room
from harness.mock.store import JSON, Conversation, Stored
from harness.mock.ways import Ways


def standing_ways(room: Room) -> Ways:
    """How state is treated outside of a create request, under the room's standing defects."""
    return room.ways(room.script.always.defects)


def find(room: Room, response_id: str) -> Stored:
    """The stored response of that id. Raises `Refused`."""
    stored = room.store.responses.get(response_id)
    if stored is None or "status" not in stored.response:  # a compaction is no response, even if it is kept
        raise no_response(response_id)
    if room.expired(stored.response["created_at"], standing_ways(room)):
        raise no_response(response_id)
    return stored


def find_conversation(room: Room, conversation_id: str) -> Conversation:
    """The conversation of that id. Raises `Refused`."""
    found = room.store.conversations.get(conversation_id)
    if found is None:
        raise invalid(f"Conversation with id '{conversation_id}' not found.", status=404)
    return found


def named_conversation(asked: object) -> str | None:
    """The id under `conversation` of a request: a string or an object with an id."""
    return str(asked.get("id")) if isinstance(asked, dict) else None if asked is None else str(asked)


def said_in(room: Room, asked: object) -> list[JSON]:
    """All items of the conversation that a request names; none where it names none. Raises `Refused`."""
    name = named_conversation(asked)
    return [] if name is None else list(find_conversation(room, name).items)
