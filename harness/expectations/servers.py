"""Subjects about MCP servers: what they listed, what was called, what was asked; and what really came to them."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from harness.conversation import TurnTaken
from harness.pointer import MISSING


def mcp(taken: TurnTaken, part: str | None) -> Any:
    """`listed`: names of tools; `called`, `approvals`: what stands in the items, arguments parsed if they are JSON."""
    replies = [reply for reply in (taken.rounds or (taken.final,)) if reply is not None and reply.response is not None]
    if not replies:
        return MISSING
    items = [item for reply in replies for item in reply.output if isinstance(item, Mapping)]
    tools = [item.get("tools") for item in items if item.get("type") == "mcp_list_tools"]
    seen = {
        "listed": [
            tool.get("name") for each in tools if isinstance(each, list) for tool in each if isinstance(tool, Mapping)
        ],
        "called": [shown(item, CALLED) for item in items if item.get("type") == "mcp_call"],
        "approvals": [shown(item, ASKED) for item in items if item.get("type") == "mcp_approval_request"],
    }
    return seen if part is None else seen.get(part, MISSING)


ASKED: Final = {"server_label": "server", "name": "name", "arguments": "arguments"}
CALLED: Final = {**ASKED, "output": "output", "error": "error", "approval_request_id": "approval"}
"""Fields of items, and what they are called in an expectation."""


def shown(item: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an item that an expectation sees."""
    found = {name: item.get(field) for field, name in fields.items()}
    with suppress(ValueError, TypeError, RecursionError):  # what is no JSON stays as it came
        found["arguments"] = json.loads(str(found["arguments"]))
    return found


def mcp_hits(taken: TurnTaken, part: str | None) -> Any:
    """Calls that came in this turn: of one tool, `label.tool` or `tool` at whatever server; without a part, all."""
    if not taken.served:
        return MISSING
    if part is None:
        return {label: dict(tools) for label, tools in taken.served.items()}
    counts = [
        count
        for label, tools in taken.served.items()
        for name, count in tools.items()
        if part in (name, f"{label}.{name}")
    ]
    return sum(counts) if counts else MISSING
