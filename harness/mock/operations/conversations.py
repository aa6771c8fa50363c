"""The resource `conversations`: items said over several responses, kept under one id."""

from collections.abc import Mapping
from typing import Any, Final

from harness.mock import asked, headers
from harness.mock.answers import Answer, of_json
from harness.mock.errands import Work
from harness.mock.errors import invalid
from harness.mock.operations import attaching, paging
from harness.mock.operations.creating import read_body
from harness.mock.operations.finding import find_conversation, standing_ways
from harness.mock.operations.window import as_items, attach, complete
from harness.mock.rooms import Room
from harness.mock.store import JSON, Conversation

AT_ONCE: Final = 20
"""Items that may be added in one request."""


def create(room: Room, raw: bytes) -> Work[Answer]:
    """POST /conversations: `items` and `metadata`, both may be left out. Raises `Refused`."""
    body = read_body(raw) if raw else {}
    known(body, ("items", "metadata"))
    asked.check_metadata(metadata_of(body))
    conversation_id = room.ids.conversation()
    items = yield from added(room, body.get("items") or [])
    shown = {
        "id": conversation_id,
        "object": "conversation",
        "created_at": int(room.clock()),
        "metadata": metadata_of(body),
    }
    room.store.conversations[conversation_id] = Conversation(shown, items)
    return of_json(shown, headers.of_room(room))


def retrieve(room: Room, conversation_id: str) -> Answer:
    """GET /conversations/{id}. Raises `Refused`."""
    return of_json(find_conversation(room, conversation_id).shown, headers.of_room(room))


def update(room: Room, conversation_id: str, raw: bytes) -> Answer:
    """POST /conversations/{id}: other metadata. Raises `Refused`."""
    found = find_conversation(room, conversation_id)
    body = read_body(raw)
    known(body, ("metadata",))
    if "metadata" not in body:
        raise asked.missing("metadata")
    asked.check_metadata(metadata_of(body))
    found.shown["metadata"] = metadata_of(body)
    return of_json(found.shown, headers.of_room(room))


def delete(room: Room, conversation_id: str) -> Answer:
    """DELETE /conversations/{id}. Raises `Refused`."""
    find_conversation(room, conversation_id)
    del room.store.conversations[conversation_id]
    deleted = {"id": conversation_id, "object": "conversation.deleted", "deleted": True}
    return of_json(deleted, headers.of_room(room))


def list_items(room: Room, conversation_id: str, query: Mapping[str, str]) -> Answer:
    """GET /conversations/{id}/items, newest first unless asked otherwise. Raises `Refused`."""
    return of_json(paging.page(find_conversation(room, conversation_id).items, query), headers.of_room(room))


def add_items(room: Room, conversation_id: str, raw: bytes) -> Work[Answer]:
    """POST /conversations/{id}/items: the items that were added, as a list. Raises `Refused`."""
    found = find_conversation(room, conversation_id)
    body = read_body(raw)
    known(body, ("items",))
    if not body.get("items"):
        raise asked.missing("items")
    items = yield from added(room, body["items"])
    found.items += items
    return of_json(paging.page(items, {"order": "asc", "limit": "100"}), headers.of_room(room))


def retrieve_item(room: Room, conversation_id: str, item_id: str) -> Answer:
    """GET /conversations/{id}/items/{item_id}. Raises `Refused`."""
    return of_json(find_item(find_conversation(room, conversation_id), item_id), headers.of_room(room))


def delete_item(room: Room, conversation_id: str, item_id: str) -> Answer:
    """DELETE /conversations/{id}/items/{item_id}: the conversation that is left. Raises `Refused`."""
    found = find_conversation(room, conversation_id)
    found.items.remove(find_item(found, item_id))
    return of_json(found.shown, headers.of_room(room))


def find_item(found: Conversation, item_id: str) -> JSON:
    for item in found.items:
        if item["id"] == item_id:
            return item
    raise invalid(f"Item with id '{item_id}' not found.", status=404)


def added(room: Room, items: Any) -> Work[list[JSON]]:
    """Items as they are kept, with ids. Raises `Refused`."""
    asked.check_type("items", items, (list,))
    if len(items) > AT_ONCE:
        message = f"Invalid 'items': array too long. Expected at most {AT_ONCE} items, but got {len(items)} instead."
        raise invalid(message, "items", "array_above_max_length")
    for at, item in enumerate(items):
        asked.check_type(f"items[{at}]", item, (dict,))
    held = yield from attaching.held(room, items, standing_ways(room))
    own = [complete(room, item, at) for at, item in enumerate(as_items(items))]
    attach(own, held)
    return own


def metadata_of(body: JSON) -> JSON:
    metadata = body.get("metadata")
    if metadata is not None:
        asked.check_type("metadata", metadata, (dict,))
    return metadata or {}


def known(body: JSON, names: tuple[str, ...]) -> None:
    for name in body:
        if name not in names:
            raise invalid(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
