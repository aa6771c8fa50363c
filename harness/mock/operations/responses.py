"""The resource `responses` once it is made: retrieve, delete, list the input items."""

from collections.abc import Mapping

from harness.mock import headers
from harness.mock.answers import Answer, of_json
from harness.mock.attached import Attached
from harness.mock.errors import Refused, broken
from harness.mock.operations import background, making, paging
from harness.mock.operations.finding import find, standing_ways
from harness.mock.rooms import Room
from harness.mock.store import JSON


def retrieve(room: Room, response_id: str, query: Mapping[str, str]) -> Answer:
    """GET /responses/{id}. Raises `Refused`."""
    stored = find(room, response_id)
    ways = standing_ways(room)
    if query.get("stream") == "true":
        return background.replay(room, stored, query, ways)
    return of_json(background.shown(stored, ways), headers.of_room(room))


def delete(room: Room, response_id: str) -> Answer:
    """DELETE /responses/{id}. Raises `Refused`."""
    ways = standing_ways(room)
    try:
        stored = find(room, response_id)
    except Refused:
        if ways.deleted_again == "failing" and response_id in room.store.gone:
            raise broken() from None
        raise
    if ways.deleted != "readable":
        room.store.drop(response_id)
    if ways.deleted == "chainable":
        room.store.deleted[response_id] = stored
    deleted = {"id": response_id, "object": "response.deleted", "deleted": True}
    return of_json(deleted, headers.of_room(room))


def input_items(room: Room, response_id: str, query: Mapping[str, str]) -> Answer:
    """GET /responses/{id}/input_items: the items of the request and of the turns before it, in pages."""
    stored = find(room, response_id)
    ways = standing_ways(room)
    made = {item["id"] for item in stored.response["output"]}
    listed = [with_status(item) for item in stored.context if item["id"] not in made]
    if ways.listing == "without outputs":
        listed = [item for item in listed if not item["type"].endswith("_output")]
    whole = "message.input_image.image_url" in (query.get("include[]"), query.get("include"))
    page = paging.page(listed, query, wrong=ways.listing)
    page["data"] = [without_bytes(item, whole) for item in page["data"]]
    return of_json(page, headers.of_room(room))


def without_bytes(item: JSON, images: bool) -> JSON:
    """The item with its attachments as lists show them: without their bytes; with those of images if so wanted."""
    parts = item.get("content")
    if not isinstance(parts, list) or not any(isinstance(part, Attached) for part in parts):
        return item
    return {**item, "content": [listed_part(part, images) if isinstance(part, Attached) else part for part in parts]}


def listed_part(part: Attached, images: bool) -> JSON:
    """One attachment in a list, with the fields that were recorded."""
    file_id = part.get("file_id")
    if part["type"] == "input_file":
        return {"type": "input_file", "file_id": file_id, "filename": part.get("filename")}
    shown = part.get("image_url") if images else None
    return {"type": "input_image", "detail": part.get("detail") or "auto", "file_id": file_id, "image_url": shown}


def with_status(item: JSON) -> JSON:
    """Listed items all say that they are complete."""
    return item if "status" in item or item["type"] in making.STATUSLESS else {**item, "status": "completed"}
