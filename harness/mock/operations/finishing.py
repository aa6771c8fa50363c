"""What was asked, as the model sees it → a finished response: thinking, output, the bill, a compaction where due."""

from collections.abc import Generator, Mapping
from typing import Any

from harness.mock import envelope, hosted, tokens
from harness.mock.errands import Errand
from harness.mock.errors import invalid
from harness.mock.hosted import Job
from harness.mock.model import Context, Draft, answer
from harness.mock.offered import Model
from harness.mock.operations import filtering, making
from harness.mock.operations.rounds import Round, in_rounds
from harness.mock.operations.sealing import compaction_item
from harness.mock.operations.window import MUST_BE_ANSWERED, Window
from harness.mock.rooms import Room
from harness.mock.script import Directions
from harness.mock.store import JSON, Stored
from harness.mock.ways import Ways


def finished(
    job: Job, response: JSON, seen: Window, directions: Directions
) -> Generator[Errand, Any, tuple[Stored, dict[str, Any]]]:
    """The response finished in place, and what was thought, by the id of the reasoning item that stands for it.

    Needs errands where hosted tools do. Raises `Refused`.
    """
    room, model, body, ways = job.room, job.model, job.body, job.ways
    instructions = obeyed(body, seen, ways)
    around = tokens.of_input((), instructions, body.get("tools"))
    visible, asked_for = fitting(seen, body, around, model, ways)
    context = Context(visible, body, model, instructions, tuple(seen.states.values()), room.ids.random)
    tools = hosted.wanted(body)
    rounds = yield from drafted(job, context, directions, seen, tools)
    effort = response["reasoning"]["effort"]
    thinks = model.reasons and effort not in ("none", "minimal")
    states: dict[str, Any] = {}
    items: list[JSON] = []
    thought = 0
    for one in rounds:
        if items:  # what the rounds before made is read again
            asked_for += sum(map(tokens.of_item, items))
        if thinks:
            thought += one.draft.thinking(effort)
            if one.draft.steps and "reasoning" not in [item["type"] for item in one.items]:
                one.items.insert(0, think(room, body, response, one.draft, states, ways))
        items += one.items
    limit = body.get("max_output_tokens") if ways.limit != "ignored" else None
    items, thinking, spent, cut = making.within(items, thought, limit)
    cut = cut or "incomplete" in [item.get("status") for item in items]
    blocked = filtering.blocks_completion(items, directions)
    reason = "content_filter" if blocked else "max_output_tokens" if cut and ways.limit != "hidden" else None
    note_partners(room, items)
    if ways.reasoning == "hidden":
        items = [item for item in items if item["type"] != "reasoning"]
    if tools:
        items = hosted.shown(items, job)
    remembered = {**seen.states, **states}
    if reason is None and due(body, items, asked_for + spent, ways):
        after = Context([*visible, *items], body, model, None, tuple(remembered.values()), room.ids.random)
        items.append(compaction_item(room, after, ways))
        spent += tokens.of_output(items[-1])
    response["output"] = items
    response["status"] = "completed" if reason is None else "incomplete"
    response["incomplete_details"] = None if reason is None else {"reason": reason}
    response["completed_at"] = int(room.clock()) if reason is None else None
    before = tokens.of_input(seen.earlier) if seen.earlier else 0
    response["usage"] = envelope.usage(asked_for, before // 128 * 128 if before >= 1024 else 0, spent, thinking)
    response["content_filters"] = filtering.notes(seen.own_cost, items, blocked)
    stored = Stored(
        response,
        seen.own,
        [*seen.items, *items],
        body.get("previous_response_id"),
        instructions,
        bool(body.get("stream")),
        states=remembered,
    )
    return stored, states


def obeyed(body: Mapping[str, Any], seen: Window, ways: Ways) -> str | None:
    """The instructions of this call alone."""
    instructions: str | None = body.get("instructions")
    if ways.instructions == "carried" and seen.parent is not None:
        return "\n".join(filter(None, (seen.parent.instructions, instructions)))
    return instructions


def fitting(seen: Window, body: Mapping[str, Any], around: int, model: Model, ways: Ways) -> tuple[list[JSON], int]:
    """The items that fit into the model's window with so many tokens around them, and the tokens of it all.

    Raises `Refused` where they do not fit and must not be cut.
    """
    visible, cost = seen.visible, seen.cost
    room_left = model.context_window - around
    if cost <= room_left:
        return visible, cost + around
    if body.get("truncation") != "auto" and ways.too_long == "refused":
        message = "Your input exceeds the context window of this model. Please adjust your input and try again."
        raise invalid(message, "input", "context_length_exceeded")
    while len(visible) > 1 and cost > room_left:
        cost -= tokens.of_item(visible[0])
        visible = visible[1:]
    if cost > room_left:
        visible = [making.beheaded(visible[0], room_left)]
        cost = tokens.of_item(visible[0])
    return visible, cost + around


def drafted(
    job: Job, context: Context, directions: Directions, seen: Window, tools: bool
) -> Generator[Errand, Any, list[Round]]:
    """What is said: what the script wants, or what the model makes of its context; nothing if that was filtered.

    `tools`: whether it has any that the service runs for it.
    """
    if job.ways.filter == "silent" and filtering.category(seen.own, directions) is not None:
        draft = Draft.saying("")
    elif directions.scripted:
        draft = making.scripted_draft(directions.reply, directions.refusal, directions.items, directions.thinking)
    elif tools:
        return (yield from in_rounds(job, context))
    else:
        draft = answer(context)
    if job.ways.talk == "crossed":
        overhear(job.room, draft, seen)
    return [Round(draft, making.output_items(job.room, job.model, draft))]


def overhear(room: Room, draft: Draft, seen: Window) -> None:
    """What another conversation of the server began with slips into the first text; this one's is noted."""
    said = [part.get("text", "") for item in seen.items for part in item.get("content") or () if "text" in part]
    mine = said[0] if said else ""
    other = next((text for text in reversed(room.rooms.overheard) if text != mine), None)
    if mine and mine not in room.rooms.overheard:
        room.rooms.overheard.append(mine)
    for item in draft.items:
        if item["type"] == "text" and other is not None:
            item["text"] += f" ({other})"
            return


def due(body: Mapping[str, Any], items: list[JSON], context: int, ways: Ways) -> bool:
    """Whether the context after this turn reaches the threshold, and no call in it waits for its output."""
    asked = body.get("context_management")
    if not asked:
        return False
    waits = any(item["type"] in MUST_BE_ANSWERED for item in items)
    return ways.compaction != "missing" and not waits and any(context >= one["compact_threshold"] for one in asked)


def think(
    room: Room, body: Mapping[str, Any], response: JSON, draft: Draft, states: dict[str, Any], ways: Ways
) -> JSON:
    """The reasoning item: sealed where that was asked for, with a summary where that was asked for."""
    sealed = None
    asked = "reasoning.encrypted_content" in (body.get("include") or ())
    asked = asked or ("encrypted-by-default" in room.issues and body.get("store") is False)
    if asked and ways.encryption == "asked":
        sealed = room.seal.close(draft.state)
    wanted = response["reasoning"]["summary"] is not None
    item = making.reasoning_item(room, (draft.summary or "Weighing what was asked.") if wanted else None, sealed)
    states[item["id"]] = draft.state
    return item


def note_partners(room: Room, items: list[JSON]) -> None:
    """Remembers which call was thought out by which reasoning item."""
    thought = None
    for item in items:
        if item["type"] == "reasoning":
            thought = item["id"]
        elif item["type"] == "function_call" and thought is not None:
            room.store.partners[item["id"]] = thought
