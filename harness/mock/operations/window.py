"""What the model will see: the items of the chain, then those of the request, checked and completed.

Reasoning items are opened here: the state that they stand for comes from the store, or out of their seal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.mock.asked_items import check_item
from harness.mock.errors import invalid, no_parent
from harness.mock.operations.attaching import Held
from harness.mock.operations.finding import said_in
from harness.mock.operations.sealing import opened
from harness.mock.rooms import Room
from harness.mock.seal import Altered
from harness.mock.store import JSON, Stored
from harness.mock.tokens import of_item
from harness.mock.ways import Ways

PAIRS: Final[Mapping[str, str]] = {
    "function_call_output": "function_call",
    "custom_tool_call_output": "custom_tool_call",
    "shell_call_output": "shell_call",
    "apply_patch_call_output": "apply_patch_call",
    "computer_call_output": "computer_call",
}
"""Outputs and the calls that they answer."""

MUST_BE_ANSWERED: Final = ("function_call", "custom_tool_call", "computer_call")
APPROVAL: Final = "mcp_approval_response"
PAIRED: Final = frozenset((*PAIRS, *MUST_BE_ANSWERED, APPROVAL))
"""What can stand without its counterpart."""


NOTHING_HELD: Final[Held] = {}


@dataclass(slots=True)
class Window:
    """`own` are the items of the request, `items` those of the whole chain, `states` what it remembers thinking.

    The newest compaction item stands for all before it: what the model sees begins there, at `start`, and
    costs so many tokens as input.
    """

    own: list[JSON]
    items: list[JSON]
    states: dict[str, Any] = field(default_factory=dict)
    parent: Stored | None = None
    start: int = 0
    cost: int = 0

    @property
    def visible(self) -> list[JSON]:
        """What the model sees."""
        return self.items[self.start :]

    @property
    def own_cost(self) -> int:
        """Tokens of the items of the request."""
        return self.cost if len(self.own) == len(self.items) and not self.start else sum(map(of_item, self.own))

    @property
    def earlier(self) -> list[JSON]:
        """What of it came before the request."""
        return self.items[self.start : max(self.start, len(self.items) - len(self.own))]


def window(
    room: Room,
    body: Mapping[str, Any],
    ways: Ways,
    near: Mapping[str, Stored] | None = None,
    held: Held = NOTHING_HELD,
) -> Window:
    """Raises `Refused` for an unknown parent and for items that cannot stand where they do.

    `near` holds responses that can be continued although they are not stored, `held` what is attached to the request.
    """
    parent = find_parent(room, body.get("previous_response_id"), ways, near or {})
    said = body.get("input")
    if isinstance(said, str):  # a bare string is one user message, and nothing can be wrong with it
        own = [said_by_user(room, said)]
    else:
        own = [complete(room, item, at) for at, item in enumerate(as_items(said))]
        attach(own, held)
    earlier = [*said_in(room, body.get("conversation")), *context_of(room, parent, ways)]
    seen = Window(own, [*earlier, *own], parent=parent)
    if earlier or not isinstance(said, str):
        arrange(room, seen, len(earlier), ways)
    seen.cost = sum(map(of_item, seen.visible))
    return seen


def arrange(room: Room, seen: Window, earlier: int, ways: Ways) -> None:
    """From where the model sees the items, of which so many came before, and what it remembers by them.

    Raises `Refused` for items that lack what they belong to.
    """
    seen.start = newest_compaction(seen.items)
    if ways.pairing == "enforced":
        check_pairs(seen.visible)
    check_partners(room, seen.own[max(0, seen.start - earlier) :])
    if ways.outputs == "swapped":
        swap_outputs(seen.own)
    remember(room, seen, earlier, ways)


def newest_compaction(items: Sequence[JSON]) -> int:
    """Where the newest compaction item stands; 0 without one."""
    return next((at for at in range(len(items) - 1, -1, -1) if items[at]["type"] == "compaction"), 0)


def remember(room: Room, seen: Window, earlier: int, ways: Ways) -> None:
    """What the items that the model sees stand for, oldest first."""
    past = seen.parent.states if seen.parent is not None else {}
    for at in range(seen.start, len(seen.items)):
        item = seen.items[at]
        if item["type"] == "compaction":
            seen.states[item["id"]] = opened(room, item, ways)
        elif item["type"] != "reasoning":
            continue
        elif at >= earlier:
            recall_thought(room, seen, at - earlier, item, ways)
        elif item["id"] in past or item["id"] in room.store.states:
            seen.states[item["id"]] = past.get(item["id"], room.store.states.get(item["id"]))


def find_parent(room: Room, parent_id: str | None, ways: Ways, near: Mapping[str, Stored]) -> Stored | None:
    if parent_id is None:
        return None
    parent = near.get(parent_id) or room.store.responses.get(parent_id)
    if parent is not None and room.expired(parent.response["created_at"], ways):
        parent = None
    if parent is None and ways.deleted == "chainable":
        parent = room.store.deleted.get(parent_id)
    if parent is None and ways.unknown_parent == "refused":
        raise no_parent(parent_id)
    return parent


def context_of(room: Room, parent: Stored | None, ways: Ways) -> list[JSON]:
    """All that a chain has seen and said up to and including its parent."""
    if parent is None or ways.parent == "ignored":
        return []
    if ways.parent == "grandparent":
        grandparent = room.store.responses.get(parent.parent or "")
        return list(grandparent.context) if grandparent else []
    return list(parent.context)


def said_by_user(room: Room, text: str) -> JSON:
    """A user message with this text, as it is kept."""
    return {
        "id": room.ids.item("message"),
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": text}],
        "status": "completed",
    }


def as_items(asked: object) -> list[JSON]:
    """A bare string is one user message."""
    if isinstance(asked, str):
        return [{"type": "message", "role": "user", "content": asked}]
    return [dict(item) for item in asked if isinstance(item, dict)] if isinstance(asked, list) else []


def complete(room: Room, item: JSON, at: int) -> JSON:
    """An item of the request as it is kept: type, id, status and content parts filled in."""
    kind = item.get("type") or ("message" if "role" in item else None)
    check_item(item, kind, at)
    if kind == "item_reference":
        found = room.store.items.get(str(item.get("id")))
        if found is None:
            raise invalid(f"Item with id '{item.get('id')}' not found.", "input", status=404)
        return dict(found)
    kept = {"id": item.get("id") or room.ids.item(str(kind)), **item, "type": kind}
    if kind == "message":
        content = item["content"]
        if isinstance(content, str):
            part = "output_text" if item["role"] == "assistant" else "input_text"
            kept["content"] = [{"type": part, "text": content}]
    if kind not in ("reasoning", "compaction", "mcp_approval_response"):
        kept.setdefault("status", "completed")
    return kept


def attach(own: list[JSON], held: Held) -> None:
    """Puts what was read of the attachments in the place of the parts that bring them."""
    for (at, name, number), part in held.items():
        own[at][name] = [*own[at][name][:number], part, *own[at][name][number + 1 :]]


def check_pairs(items: list[JSON]) -> None:
    """Every output answers a call before it, and no call is left unanswered."""
    if PAIRED.isdisjoint([item["type"] for item in items]):
        return
    calls = {(item["type"], item.get("call_id")) for item in items}
    for item in items:
        call = PAIRS.get(item["type"])
        if call is not None and (call, item.get("call_id")) not in calls:
            words = call.replace("_", " ")
            message = f"No tool call found for {words} output with call_id {item.get('call_id')}."
            raise invalid(message, "input")
    answered = {item.get("call_id") for item in items if item["type"] in PAIRS}
    for item in items:
        if item["type"] in MUST_BE_ANSWERED and item.get("call_id") not in answered:
            words = item["type"].replace("_", " ")
            raise invalid(f"No tool output found for {words} {item.get('call_id')}.", "input")
    check_acknowledged(items)
    asked = {item["id"] for item in items if item["type"] == "mcp_approval_request"}
    for item in items:
        if item["type"] == APPROVAL and item["approval_request_id"] not in asked:
            message = f"No approval request found with id '{item['approval_request_id']}'."
            raise invalid(message, "input")


def check_acknowledged(items: list[JSON]) -> None:
    """No screenshot comes back without the safety checks that its call is waiting for."""
    calls = [item for item in items if item["type"] == "computer_call"]
    pending = {call.get("call_id"): call.get("pending_safety_checks") for call in calls}
    for item in items:
        if item["type"] != "computer_call_output":
            continue
        given = [check.get("id") for check in as_items(item.get("acknowledged_safety_checks"))]
        for check in as_items(pending.get(item.get("call_id"))):
            if check.get("id") not in given:
                message = f"Computer call {item['call_id']} has safety checks that have not been acknowledged."
                raise invalid(message, "input")


def swap_outputs(own: list[JSON]) -> None:
    """The outputs of the first two calls change places."""
    outputs = [item for item in own if item["type"] in PAIRS]
    if len(outputs) > 1:
        outputs[0]["output"], outputs[1]["output"] = outputs[1].get("output"), outputs[0].get("output")


def check_partners(room: Room, own: list[JSON]) -> None:
    """A call that was thought out comes back together with the reasoning item before it."""
    ids = {item["id"] for item in own}
    for item in own:
        partner = room.store.partners.get(item["id"])
        if partner is not None and partner not in ids:
            message = (
                f"Item '{item['id']}' of type '{item['type']}' was provided without its required 'reasoning' item: "
                f"'{partner}'."
            )
            raise invalid(message, "input")


def recall_thought(room: Room, seen: Window, at: int, item: JSON, ways: Ways) -> None:
    """What a reasoning item of the request stands for, from its seal or from the store."""
    if not any(True for _ in followers(seen.own, at)):
        message = f"Item '{item['id']}' of type 'reasoning' was provided without its required following item."
        raise invalid(message, "input")
    sealed = item.get("encrypted_content")
    if isinstance(sealed, str):
        try:
            if ways.good_seal == "refused":
                raise Altered
            seen.states[item["id"]] = room.seal.open(sealed)
        except Altered:
            if ways.altered_seal == "refused":
                message = (
                    f"The encrypted content for item {item['id']} could not be verified. "
                    "Reason: Encrypted content could not be decrypted or parsed."
                )
                raise invalid(message, None, "invalid_encrypted_content") from None
    elif item["id"] in room.store.states:
        seen.states[item["id"]] = room.store.states[item["id"]]
    else:
        message = (
            f"Item with id '{item['id']}' not found. Items are not persisted when `store` is set to false. "
            "Try again with `store` set to true, or remove this item from your input."
        )
        raise invalid(message, "input")


def followers(own: list[JSON], at: int) -> Iterator[JSON]:
    """The item that a reasoning item led to, if it is there."""
    for item in own[at + 1 :]:
        if item["type"] == "reasoning":
            continue
        if item["type"] != "message" or item.get("role") == "assistant":
            yield item
        return
