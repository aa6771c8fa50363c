"""The resource `responses`: create (plain, streamed), retrieve, delete, list the input items."""

import copy
import json
from collections.abc import Mapping
from typing import Any

from harness.mock import asked, envelope, headers, tokens
from harness.mock.answers import Answer, of_json, of_stream
from harness.mock.defects import Defect, spoiling
from harness.mock.emit import events
from harness.mock.errors import Refused, invalid, no_deployment
from harness.mock.model import Context, answer
from harness.mock.offered import Model, named
from harness.mock.operations import background, making
from harness.mock.operations.failing import failed_stream, scripted_error
from harness.mock.operations.finding import find
from harness.mock.operations.window import Window, window
from harness.mock.rooms import Room
from harness.mock.script import Directions
from harness.mock.seal import Altered
from harness.mock.store import JSON, Stored
from harness.mock.ways import Ways


def create(room: Room, raw: bytes) -> Answer:
    """POST /responses: a response, as one JSON object or as a stream. Raises `Refused`."""
    directions = room.script.take()
    ways = room.ways(directions.defects)
    body = read_body(raw)
    if directions.error is not None:
        raise scripted_error(directions.error)
    body, model = check_request(room, body, ways)
    response = envelope.envelope(body, model, fresh_id(room, ways), int(room.clock()))
    seen = window(room, body, ways)
    stored, states = make(room, response, body, model, seen, directions, ways)
    spoiling.of_response(stored.response, directions.defects)
    keep(room, stored, states, ways)
    made = send(room, body, stored, directions)
    made.delay, made.pace, made.asked = directions.delay, directions.pace, body
    spoiling.of_answer(made, directions.defects)
    return made


def keep(room: Room, stored: Stored, states: Mapping[str, Any], ways: Ways) -> None:
    """Stores the response, if that was asked for; wrongly where a defect says so."""
    if ways.stored == "gone" or not (stored.response["store"] or ways.unstored == "readable"):
        return
    room.store.keep(stored, states)
    if ways.stored == "altered":
        stored.shown = copy.deepcopy(stored.response)
        spoil_text(stored.shown)
    elif ways.stored == "recounted":
        stored.shown = copy.deepcopy(stored.response)
        stored.shown["usage"]["output_tokens"] += 1
        stored.shown["usage"]["total_tokens"] += 1


def spoil_text(response: JSON) -> None:
    """Another text in the first message."""
    for item in response["output"]:
        for part in item.get("content") or ():
            if "text" in part:
                part["text"] += " (edited)"
                return


def read_body(raw: bytes) -> JSON:
    """The JSON object of a request."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        message = "We could not parse the JSON body of your request. The API expects a JSON payload."
        raise invalid(message, None, "invalid_json") from None
    if not isinstance(body, dict):
        raise invalid("The JSON body of the request must be an object.", None, "invalid_json")
    return body


def check_request(room: Room, body: JSON, ways: Ways) -> tuple[JSON, Model]:
    """The request and the model that it is for. What is not valid is refused, or dropped where a defect says so."""
    name = body.get("model")
    if name is None and ways.invalid == "refused":
        raise asked.missing("model")
    model = room.deployments.get(name) if isinstance(name, str) else None
    if model is None:
        if ways.invalid == "refused":
            raise no_deployment()
        model = next(iter(room.deployments.values()), named("gpt-5-mini"))
        body = {**body, "model": str(name)}
    try:
        asked.check(body, model)
    except Refused:
        if ways.invalid == "refused":
            raise
        body = tolerated(body, model)
    return body, model


def tolerated(body: JSON, model: Model) -> JSON:
    """As much of a request as can be answered, by a service that refuses nothing."""
    kept: JSON = {"model": body["model"], "input": body.get("input") or ""}
    for key, value in body.items():
        try:
            asked.check({**kept, key: value}, model)
        except Refused:
            continue
        kept[key] = value
    return kept


def fresh_id(room: Room, ways: Ways) -> str:
    """An id that no response of the room has yet."""
    response_id = room.ids.response()
    if ways.ids == "reused":
        room.first_id = response_id = room.first_id or response_id
    return response_id


def make(
    room: Room, response: JSON, body: JSON, model: Model, seen: Window, directions: Directions, ways: Ways
) -> tuple[Stored, dict[str, Any]]:
    """The response finished in place, and what was thought, by the id of the reasoning item that stands for it."""
    instructions = body.get("instructions")
    if ways.instructions == "carried" and seen.parent is not None:
        instructions = "\n".join(filter(None, (seen.parent.instructions, instructions)))
    context = Context(seen.items, body, model, instructions, tuple(seen.states.values()), room.ids.random)
    if directions.scripted:
        draft = making.scripted_draft(directions.reply, directions.refusal, directions.items, directions.thinking)
    else:
        draft = answer(context)
    items = making.output_items(room, model, draft)
    effort = response["reasoning"]["effort"]
    thinks = model.reasons and effort not in ("none", "minimal")
    states: dict[str, Any] = {}
    if thinks and not any(item["type"] == "reasoning" for item in items):
        items.insert(0, think(room, body, response, draft.state, draft.summary, states, ways))
    limit = body.get("max_output_tokens") if ways.limit != "ignored" else None
    items, thinking, spent, cut = making.within(items, draft.thinking(effort) if thinks else 0, limit)
    cut = cut or any(item.get("status") == "incomplete" for item in items)
    response["output"] = items
    response["status"] = "incomplete" if cut and ways.limit != "hidden" else "completed"
    response["incomplete_details"] = {"reason": "max_output_tokens"} if response["status"] == "incomplete" else None
    response["completed_at"] = int(room.clock()) if response["status"] == "completed" else None
    asked_for = tokens.of_input(seen.items, instructions, body.get("tools"))
    before = tokens.of_input(seen.earlier) if seen.earlier else 0
    response["usage"] = envelope.usage(asked_for, before // 128 * 128 if before >= 1024 else 0, spent, thinking)
    response["content_filters"] = envelope.content_filters(seen.own, items)
    note_partners(room, items)
    stored = Stored(
        response,
        seen.own,
        [*seen.items, *items],
        body.get("previous_response_id"),
        instructions,
        bool(body.get("stream")),
    )
    return stored, states


def think(
    room: Room,
    body: JSON,
    response: JSON,
    state: object,
    summary: str | None,
    states: dict[str, Any],
    ways: Ways,
) -> JSON:
    """The reasoning item: sealed where that was asked for, with a summary where that was asked for."""
    sealed = None
    if "reasoning.encrypted_content" in (body.get("include") or ()) and ways.encryption == "asked":
        sealed = room.seal.close(state)
    wanted = response["reasoning"]["summary"] is not None
    item = making.reasoning_item(room, (summary or "Weighing what was asked.") if wanted else None, sealed)
    states[item["id"]] = state
    return item


def note_partners(room: Room, items: list[JSON]) -> None:
    """Remembers which call was thought out by which reasoning item."""
    thought = None
    for item in items:
        if item["type"] == "reasoning":
            thought = item["id"]
        elif item["type"] == "function_call" and thought is not None:
            room.store.partners[item["id"]] = thought


def send(room: Room, body: JSON, stored: Stored, directions: Directions) -> Answer:
    """The response as it was asked for: whole, as a stream, or as a promise."""
    response, streaming = stored.response, bool(body.get("stream"))
    lines = headers.of_room(room, body["model"], streaming)
    if response["background"] and not streaming:
        stored.pending = background.POLLS
        return of_json(background.shown(stored), lines)
    if not streaming:
        return of_json(spoiling.of_body(response, directions.defects), lines)
    padded = (body.get("stream_options") or {}).get("include_obfuscation") is not False and not response["background"]
    made = events(response, obfuscate=padded, again=again(room))
    if directions.fail is not None:
        made = failed_stream(made, directions.fail)
    stored.events = made if response["background"] else None
    return of_stream(spoiling.of_stream(made, directions.defects), lines)


def again(room: Room) -> Any:
    """Seals anew; what was not sealed by this room (a script's) stays as it is."""

    def seal_again(sealed: str) -> str:
        try:
            return room.seal.again(sealed)
        except Altered:
            return sealed

    return seal_again


def retrieve(room: Room, response_id: str, query: Mapping[str, str]) -> Answer:
    """GET /responses/{id}. Raises `Refused`."""
    stored = find(room, response_id)
    if query.get("stream") == "true":
        return background.replay(room, stored, query)
    return of_json(background.shown(stored), headers.of_room(room))


def delete(room: Room, response_id: str) -> Answer:
    """DELETE /responses/{id}. Raises `Refused`."""
    stored = find(room, response_id)
    ways = standing_ways(room)
    if ways.deleted != "readable":
        del room.store.responses[response_id]
    if ways.deleted == "chainable":
        room.store.deleted[response_id] = stored
    deleted = {"id": response_id, "object": "response.deleted", "deleted": True}
    return of_json(deleted, headers.of_room(room))


def standing_ways(room: Room) -> Ways:
    """How state is treated outside of a create request, under the room's standing defects."""
    defects: tuple[Defect, ...] = room.script.always.defects
    return room.ways(defects)


def input_items(room: Room, response_id: str, query: Mapping[str, str]) -> Answer:
    """GET /responses/{id}/input_items: the items of the request and of the turns before it, in pages."""
    stored = find(room, response_id)
    ways = standing_ways(room)
    made = {item["id"] for item in stored.response["output"]}
    listed = [with_status(item) for item in stored.context if item["id"] not in made]
    if ways.listing == "without outputs":
        listed = [item for item in listed if not item["type"].endswith("_output")]
    order = query.get("order", "desc")
    asked.check_choice("order", order, ("asc", "desc"))
    if (order == "desc") != (ways.listing == "reversed"):
        listed.reverse()
    after = query.get("after")
    if after is not None:
        ids = [item["id"] for item in listed]
        if after not in ids:
            raise invalid(f"Item with id '{after}' not found.", "after")
        listed = listed[ids.index(after) + (0 if ways.listing == "repeating" else 1) :]
    limit = page_size(query.get("limit", "20"))
    page = listed[:limit]
    return of_json(
        {
            "object": "list",
            "data": page,
            "first_id": page[0]["id"] if page else None,
            "has_more": len(listed) > limit,
            "last_id": page[-1]["id"] if page else None,
        },
        headers.of_room(room),
    )


def page_size(text: str) -> int:
    """`limit`: 1 to 100."""
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        message = f"Invalid 'limit': expected an integer from 1 to 100, but got '{text[:20]}' instead."
        raise invalid(message, "limit", "invalid_value")
    return int(text)


def with_status(item: JSON) -> JSON:
    """Listed items all say that they are complete."""
    return item if "status" in item or item["type"] in making.STATUSLESS else {**item, "status": "completed"}
