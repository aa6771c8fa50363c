"""POST /responses/compact and /responses/input_tokens: a context folded into one item, a context counted."""

from typing import Any, Final

from harness.mock import asked, envelope, headers, tokens
from harness.mock.answers import Answer, of_json
from harness.mock.errands import Work
from harness.mock.errors import invalid
from harness.mock.model import Context
from harness.mock.operations import attaching, failing
from harness.mock.operations.creating import model_of, read_body
from harness.mock.operations.sealing import compaction_item
from harness.mock.operations.window import Window, window
from harness.mock.parameters import PARAMETERS
from harness.mock.rooms import Room
from harness.mock.store import JSON, Stored

COMPACT: Final = (
    "model",
    "input",
    "previous_response_id",
    "instructions",
    "prompt_cache_key",
    "prompt_cache_retention",
    "service_tier",
)
"""What a compact call may ask."""

COUNT: Final = (
    "model",
    "input",
    "instructions",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "previous_response_id",
    "conversation",
    "reasoning",
    "text",
    "truncation",
)
"""What a count may be about: the side of a create request that goes in."""


def compact(room: Room, raw: bytes) -> Work[Answer]:
    """The user messages since the last compaction, and one new item that stands for all. Raises `Refused`."""
    directions = room.script.always
    ways = room.ways(directions.defects)
    body = checked(read_body(raw), COMPACT)
    faulty = failing.fault(room, directions, body)
    if faulty is not None:
        return faulty
    model = model_of(room, body, ways)
    if model.lacks("compaction"):
        raise invalid(f"The model '{model.name}' does not support compaction.", "model", "unsupported_model")
    if body.get("input") is None and body.get("previous_response_id") is None:
        raise asked.missing("input")
    response_id = room.ids.response()
    held = yield from attaching.held(room, body.get("input"), ways)
    seen = window(room, {**body, "input": body.get("input") or []}, ways, held=held)
    if not seen.visible:
        raise invalid("There is nothing to compact: the input is empty.", "input")
    instructions = body.get("instructions")
    spent = tokens.of_input(seen.visible, instructions)
    room.quotas.spend(body["model"], spent, room.clock())
    output: list[JSON] = kept(room, seen)
    context = Context(seen.visible, body, model, None, tuple(seen.states.values()), room.ids.random)
    if ways.compaction != "missing":
        output.append(compaction_item(room, context, ways))
    compaction = {
        "id": response_id,
        "object": "response.compaction",
        "created_at": int(room.clock()),
        "output": output,
        "usage": envelope.usage(spent, 0, 1 + sum(map(tokens.of_item, output)), 0),
    }
    if "chain-on-compaction" in room.issues:
        room.store.keep(continued(compaction, seen), {})
    return of_json(compaction, headers.of_room(room, body["model"]))


def kept(room: Room, seen: Window) -> list[JSON]:
    """All user messages that the model still saw word for word, in order, under new ids."""
    return [
        {
            "id": room.ids.item("message"),
            "type": "message",
            "role": "user",
            "status": "completed",
            "content": item["content"],
        }
        for item in seen.visible
        if item["type"] == "message" and item["role"] == "user"
    ]


def continued(compaction: JSON, seen: Window) -> Stored:
    """A compaction as something that can be continued from; it cannot be read as a response."""
    hidden: dict[str, Any] = {**compaction, "background": False}
    return Stored(hidden, [], compaction["output"], None, states=seen.states)


def count(room: Room, raw: bytes) -> Work[Answer]:
    """How many tokens a request's context would be. Raises `Refused`."""
    ways = room.ways(room.script.always.defects)
    body = checked(read_body(raw), COUNT)
    asked.check({"input": "", **body}, model_of(room, body, ways))
    held = yield from attaching.held(room, body.get("input"), ways)
    seen = window(room, body, ways, held=held)
    counted = tokens.of_input(seen.visible, body.get("instructions"), body.get("tools"))
    return of_json({"object": "response.input_tokens", "input_tokens": counted}, headers.of_room(room))


def checked(body: JSON, allowed: tuple[str, ...]) -> JSON:
    """The body, if every field of it is known here and of its type. Raises `Refused`."""
    for name, value in body.items():
        if name not in allowed:
            raise invalid(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
        if value is not None:
            asked.check_type(name, value, PARAMETERS[name])
    return body
