"""POST /responses: what is asked is checked, answered, stored and sent."""

import copy
import json
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from harness.mock import abilities, asked, envelope, headers, hosted, leniency, tokens
from harness.mock.answers import Answer, of_json, of_stream
from harness.mock.defects import spoiling
from harness.mock.emit import events
from harness.mock.errands import Work
from harness.mock.errors import Refused, invalid, no_deployment
from harness.mock.hosted import Job
from harness.mock.offered import Model, deployable, named
from harness.mock.operations import attaching, background, failing, filtering
from harness.mock.operations.finding import find_conversation, named_conversation
from harness.mock.operations.finishing import finished
from harness.mock.operations.window import window
from harness.mock.rooms import Room
from harness.mock.script import Directions
from harness.mock.seal import Altered
from harness.mock.store import JSON, Stored
from harness.mock.ways import Ways

NO_FIELDS: Final[Mapping[str, str]] = MappingProxyType({})


def create(
    room: Room, raw: bytes, near: MutableMapping[str, Stored] | None = None, fields: Mapping[str, str] = NO_FIELDS
) -> Work[Answer]:
    """A response, as one JSON object or as a stream; errands first, where its tools need any. Raises `Refused`.

    `fields` are the header fields of the request by lower-case name. `near` is what a connection remembers beside
    the store: read for the parent, and given the new response.
    """
    directions = room.script.take()
    ways = room.ways(directions.defects)
    body = read_body(raw)
    faulty = failing.fault(room, directions, body)
    if faulty is not None:
        room.script.put_back(directions)
        return faulty
    if directions.error is not None:
        raise failing.scripted_error(directions.error)
    job = check_request(room, body, ways, fields)
    body = job.body
    response = envelope.envelope(body, job.model, fresh_id(room, ways), int(room.clock()))
    conversation = named_conversation(body.get("conversation"))
    if conversation is not None:
        response["conversation"] = {"id": conversation}
    held = (yield from attaching.held(room, body["input"], ways)) if isinstance(body.get("input"), list) else {}
    seen = window(room, body, ways, near, held)
    filtering.check_prompt(seen.own, directions, ways)
    estimate = seen.cost + tokens.of_input((), body.get("instructions"), body.get("tools"))
    room.quotas.spend(body["model"], estimate + (body.get("max_output_tokens") or 0), room.clock())
    stored, states = yield from finished(job, response, seen, directions)
    spoiling.of_response(stored.response, directions.defects)
    keep(room, stored, states, ways)
    if near is not None:
        near[stored.response["id"]] = stored
    if conversation is not None:
        find_conversation(room, conversation).items += [*stored.input, *stored.response["output"]]
    made = send(room, body, stored, directions, ways)
    made.delay, made.pace, made.asked = max(made.delay, directions.delay), directions.pace, body
    if not stored.response["background"]:  # what is not made in the background stops with its connection
        made.abandoned = partial(forget, room, stored.response["id"])
    spoiling.of_answer(made, directions.defects)
    return made


def forget(room: Room, response_id: str) -> None:
    """Keeps nothing of a response that nobody waited for."""
    if response_id in room.store.responses:
        room.store.drop(response_id)


def keep(room: Room, stored: Stored, states: Mapping[str, Any], ways: Ways) -> None:
    """Stores the response, if that was asked for; wrongly where a defect says so."""
    background_kept = ways.background == "unstored" and stored.response["background"]
    wanted = stored.response["store"] or ways.unstored == "readable" or background_kept
    if ways.stored == "gone" or not wanted:
        return
    room.store.keep(stored, states)
    if ways.stored == "readable" and ways.stored_reasoning == "as given":
        return
    stored.shown = copy.deepcopy(stored.response)
    if ways.stored == "altered":
        spoil_text(stored.shown)
    elif ways.stored == "recounted":
        stored.shown["usage"]["output_tokens"] += 1
        stored.shown["usage"]["total_tokens"] += 1
    for item in stored.shown["output"]:
        if item["type"] == "reasoning":
            spoil_reasoning(item, ways)


def spoil_text(response: JSON) -> None:
    """Another text in the first message."""
    for item in response["output"]:
        for part in item.get("content") or ():
            if "text" in part:
                part["text"] += " (edited)"
                return


def spoil_reasoning(item: JSON, ways: Ways) -> None:
    """Another id, or another summary."""
    if ways.stored_reasoning == "renamed":
        item["id"] = item["id"][:-1] + ("0" if item["id"][-1] != "0" else "1")
    elif ways.stored_reasoning == "reworded":
        for part in item["summary"]:
            part["text"] += " (edited)"


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


def model_of(room: Room, body: JSON, ways: Ways) -> Model:
    """The model behind the deployment that a request names. Raises `Refused` where there is none."""
    name = body.get("model")
    model = room.deployments.get(name) if isinstance(name, str) else None
    if model is not None and (deployable(model, room.region) or ways.invalid == "accepted"):
        return model
    if ways.invalid == "refused" and (name is None or ways.lenient != "deployments"):
        raise asked.missing("model") if name is None else no_deployment()
    return next(iter(room.deployments.values()), named("gpt-5-mini"))


def check_request(room: Room, body: JSON, ways: Ways, fields: Mapping[str, str] = NO_FIELDS) -> Job:
    """The request and the model that it is for. What is not valid is refused, or dropped where a defect says so."""
    model = model_of(room, body, ways)
    body = {**body, "model": str(body.get("model"))}
    job = Job(room, model, body, fields, ways)
    try:
        asked.check(body, model)
        abilities.check(body, model, room.issues)
        if body.get("tools"):
            hosted.check(job)
        if body.get("background") and body.get("store") is False and ways.background != "unstored":
            raise invalid("Background mode requires 'store' to be true.", "store")
    except Refused as refused:
        if ways.invalid == "refused" and not leniency.passes(ways, refused):
            raise
        return tolerated(job)
    return job


def tolerated(job: Job) -> Job:
    """As much of a request as can be answered, by a service that refuses nothing."""
    body, model = job.body, job.model
    kept: JSON = {"model": body["model"], "input": body.get("input") or ""}
    for key, value in body.items():
        try:
            asked.check({**kept, key: value}, model)
        except Refused:
            continue
        kept[key] = value
    job = replace(job, body=kept)
    try:
        hosted.check(job)
    except Refused:
        kept.pop("tools")
    return job


def fresh_id(room: Room, ways: Ways) -> str:
    """An id that no response of the room has yet."""
    response_id = room.ids.response()
    if ways.ids == "reused":
        room.first_id = response_id = room.first_id or response_id
    return response_id


def send(room: Room, body: Mapping[str, Any], stored: Stored, directions: Directions, ways: Ways) -> Answer:
    """The response as it was asked for: whole, as a stream, or as a promise."""
    response, streaming = stored.response, bool(body.get("stream"))
    lines = headers.of_room(room, body["model"], streaming)
    if response["background"] and not streaming:
        stored.pending, stored.open = background.polls(ways), True
        made = of_json(background.shown(stored, ways), lines)
        made.delay = background.WORK if ways.background == "blocking" else 0.0
        return made
    if not streaming:
        return of_json(spoiling.of_body(response, directions.defects), lines)
    padded = (body.get("stream_options") or {}).get("include_obfuscation") is not False and not response["background"]
    spelled = events(response, obfuscate=padded, again=again(room), stand_in=stand_in(room))
    if directions.fail is not None:
        spelled = failing.failed_stream(spelled, directions.fail)
    stored.events = spelled if response["background"] else None
    made = of_stream(spoiling.of_stream(spelled, directions.defects), lines)
    if response["background"] and "background-stream-slow" in room.issues:
        made.delay = background.WORK
    return made


def again(room: Room) -> Callable[[str], str]:
    """Seals anew; what was not sealed by this room (a script's) stays as it is."""

    def seal_again(sealed: str) -> str:
        try:
            return room.seal.again(sealed)
        except Altered:
            return sealed

    return seal_again


def stand_in(room: Room) -> Callable[[str], str]:
    """What an item is announced with, as recorded: a seal of nothing, shorter than what it will close with."""

    def announced(sealed: str) -> str:
        try:
            room.seal.open(sealed)
        except Altered:
            return sealed
        return room.seal.nothing()

    return announced


def warm(room: Room, body: JSON, near: MutableMapping[str, Stored]) -> Work[Answer]:
    """A turn that prepares and says nothing: a completed response without output, which can be continued."""
    ways = room.ways(room.script.always.defects)
    job = check_request(room, body, ways)
    body = job.body
    response = envelope.envelope(body, job.model, fresh_id(room, ways), int(room.clock()))
    held = yield from attaching.held(room, body.get("input"), ways)
    seen = window(room, body, ways, near, held)
    counted = tokens.of_input(seen.visible, body.get("instructions"), body.get("tools"))
    done = {"status": "completed", "completed_at": int(room.clock()), "usage": envelope.usage(counted, 0, 0, 0)}
    response.update(done)
    stored = Stored(response, seen.own, seen.items, body.get("previous_response_id"), streamed=True, states=seen.states)
    keep(room, stored, {}, ways)
    near[response["id"]] = stored
    spelled = events(response, obfuscate=False)
    return of_stream(spoiling.of_stream(spelled, ()), headers.of_room(room, body["model"], True))
