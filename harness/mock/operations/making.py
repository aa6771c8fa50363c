"""From drafts of items to a finished response: ids, thinking, the limit of tokens, the bill."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from harness.mock import tokens
from harness.mock.model import Draft
from harness.mock.offered import Model
from harness.mock.rooms import Room
from harness.mock.store import JSON

STATUSLESS: Final = frozenset({"reasoning", "compaction", "mcp_list_tools", "mcp_approval_request"})
"""Items that carry no status on Azure's wire."""

CALLS: Final = frozenset(
    {"function_call", "custom_tool_call", "shell_call", "apply_patch_call", "local_shell_call", "computer_call"}
)


def message(content: list[JSON], phase: bool = False) -> JSON:
    """An assistant's message in the field order of the wire."""
    item: JSON = {"type": "message", "status": "completed", "content": content, "role": "assistant"}
    if phase:
        item["phase"] = "final_answer"
    return item


def text_part(text: str) -> JSON:
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


def output_items(room: Room, model: Model, draft: Draft) -> list[JSON]:
    """The draft's items as they stand in the output, in order, with ids."""
    items: list[JSON] = []
    for wanted in draft.items:
        kind = wanted["type"]
        if kind == "text":
            made = message([text_part(wanted["text"])], model.phases)
        elif kind == "refusal":
            made = message([{"type": "refusal", "refusal": wanted["refusal"]}], model.phases)
        else:
            made = dict(wanted)
        items.append(identified(room, made))
    return items


def identified(room: Room, item: JSON) -> JSON:
    """An item with id, status and call id filled in, the id first."""
    kind = item["type"]
    made = {"id": item.get("id") or room.ids.item(kind), "type": kind}
    if kind not in STATUSLESS:
        made["status"] = item.get("status", "completed")
    made.update(item)
    if kind in CALLS:
        made.setdefault("call_id", room.ids.call())
    if kind == "message":
        made.setdefault("role", "assistant")
        made["content"] = [
            text_part(part["text"]) | part if part.get("type") == "output_text" else part
            for part in made.get("content") or []
        ]
    if kind in ("function_call", "mcp_call") and not isinstance(made.get("arguments"), str):
        made["arguments"] = json.dumps(made.get("arguments") or {}, ensure_ascii=False, separators=(",", ":"))
    return made


def reasoning_item(room: Room, summary: str | None, sealed: str | None) -> JSON:
    """The item that stands for what the model thought."""
    item: JSON = {"id": room.ids.item("reasoning"), "type": "reasoning", "summary": []}
    if sealed is not None:
        item["encrypted_content"] = sealed
    if summary:
        item["summary"] = [{"type": "summary_text", "text": part} for part in summary.split("\n\n")]
    return item


CUT: Final[Mapping[str, Callable[[JSON, int], JSON]]] = {
    "message": lambda item, room: {**item, "content": cut_parts(item["content"], room)},
    "function_call": lambda item, room: {**item, "arguments": cut_text(item["arguments"], room)},
    "custom_tool_call": lambda item, room: {**item, "input": cut_text(item["input"], room)},
}
"""How an item is cut off when the tokens run out; others are left out as a whole."""


def cut_text(text: str, allowed: int) -> str:
    """As much of a text as so many tokens pay for."""
    raw = text.encode("utf-8", "surrogatepass")[: max(0, allowed) * tokens.BYTES_EACH]
    return raw.decode("utf-8", "ignore")


def beheaded(item: JSON, allowed: int) -> JSON:
    """A message of which only the end is left, as much as so many tokens pay for."""
    kept: list[JSON] = []
    for part in reversed(item.get("content") or []):
        if isinstance(part.get("text"), str) and allowed > tokens.ITEM:
            text = part["text"].encode("utf-8", "surrogatepass")[-(allowed - tokens.ITEM) * tokens.BYTES_EACH :]
            part = {**part, "text": text.decode("utf-8", "ignore")}
            allowed -= tokens.of_part(part)
            kept.insert(0, part)
    return {**item, "content": kept}


def cut_parts(parts: Iterable[JSON], allowed: int) -> list[JSON]:
    cut: list[JSON] = []
    for part in parts:
        field = "refusal" if part["type"] == "refusal" else "text"
        kept = cut_text(part[field], allowed - sum(map(tokens.of_part, cut)))
        cut.append({**part, field: kept, **({"annotations": []} if field == "text" else {})})
    return cut


def within(items: list[JSON], thinking: int, allowed: int | None) -> tuple[list[JSON], int, int, bool]:
    """Items, tokens of thinking and of all output, and whether they were cut where the allowed tokens run out."""
    if allowed is None or thinking + sum(map(tokens.of_output, items)) <= allowed:
        return items, thinking, thinking + sum(map(tokens.of_output, items)), False
    kept: list[JSON] = []
    spent = min(thinking, allowed)
    for item in items:
        cost = tokens.of_output(item)
        if spent + cost <= allowed:
            kept.append(item)
            spent += cost
            continue
        cutter = CUT.get(item["type"])
        if cutter is not None and spent < allowed:
            kept.append({**cutter(item, allowed - spent - 1), "status": "incomplete"})
        break
    return kept, min(thinking, allowed), allowed, True


def scripted_draft(
    reply: str | None, refusal: str | None, items: Iterable[Mapping[str, Any]] | None, thinking: str | None
) -> Draft:
    """What a script wants said, as the model would have drafted it."""
    drafts: list[JSON] = [dict(item) for item in items or ()]
    if reply is not None:
        drafts.append({"type": "text", "text": reply})
    if refusal is not None:
        drafts.append({"type": "refusal", "refusal": refusal})
    return Draft(drafts, summary=thinking)
