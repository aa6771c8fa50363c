"""Finds what is stored."""

from harness.mock.errors import no_response
from harness.mock.rooms import Room
from harness.mock.store import Stored


def find(room: Room, response_id: str) -> Stored:
    """The stored response of that id. Raises `Refused`."""
    stored = room.store.responses.get(response_id)
    if stored is None:
        raise no_response(response_id)
    return stored
