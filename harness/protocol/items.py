"""Items beside one another: calls and their outputs, reasoning beside the call that it led to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from harness.protocol.closing import is_json
from harness.protocol.grammar import OWN_CALL_ID
from harness.protocol.spans import word

Item = Mapping[str, Any]

ANSWERED_BY: Final[Mapping[str, str]] = {
    "function_call": "function_call_output",
    "custom_tool_call": "custom_tool_call_output",
    "computer_call": "computer_call_output",
    "local_shell_call": "local_shell_call_output",
    "shell_call": "shell_call_output",
    "apply_patch_call": "apply_patch_call_output",
    "mcp_approval_request": "mcp_approval_response",
}
"""Item types that wait for an answer of the client, and the type of that answer."""


def unanswered(items: Iterable[Item]) -> list[Item]:
    """The calls of a list of items, in order, that no later item of it answers."""
    waiting: dict[tuple[str | None, str | None], Item] = {}
    for item in items:
        kind = word(item, "type")
        if kind is not None and kind in ANSWERED_BY:
            field = "id" if kind == "mcp_approval_request" else "call_id"
            waiting[ANSWERED_BY[kind], word(item, field)] = item
        elif kind in ANSWERED_BY.values():
            field = "approval_request_id" if kind == "mcp_approval_response" else "call_id"
            waiting.pop((kind, word(item, field)), None)
    return list(waiting.values())


def lonely_reasoning(items: Iterable[Item]) -> list[Item]:
    """Reasoning items that are not followed by an item that they led to; a service refuses them as input."""
    items = list(items)
    return [
        item
        for index, item in enumerate(items)
        if item.get("type") == "reasoning" and not any(_is_output(later) for later in items[index + 1 : index + 2])
    ]


def _is_output(item: Item) -> bool:
    kind = item.get("type", "message")
    return (kind != "message" or item.get("role") == "assistant") and not str(kind).endswith("_output")


def arguments_not_json(output: Iterable[Item]) -> Iterator[tuple[int, str]]:
    """The index and arguments of completed function calls whose arguments are not JSON."""
    for index, item in enumerate(output):
        arguments = item.get("arguments")
        settled = item.get("type") == "function_call" and item.get("status") != "incomplete"
        if settled and isinstance(arguments, str) and not is_json(arguments):
            yield index, arguments


def doubled_call_ids(output: Iterable[Item]) -> Iterator[tuple[int, str]]:
    """The index and call_id of calls whose call_id an earlier call of the same output has."""
    seen: set[str] = set()
    for index, item in enumerate(output):
        call_id = item.get("call_id")
        if word(item, "type") in OWN_CALL_ID and isinstance(call_id, str):
            if call_id in seen:
                yield index, call_id
            seen.add(call_id)
