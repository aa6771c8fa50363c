"""Correct exchanges, whole, for every kind of output: what defects are mutations of.

Named as in the catalogue of faults (X1, X2, …); those of several turns (X5, X6, X7, X13, X15) are had from the live
service alone. The items also serve as `items:` of a script.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from harness.mock import emit, envelope, tokens
from harness.mock.offered import named
from harness.mock.writing import Event

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Base:
    """One exchange: what it is, what was asked beyond model and input, the items of its output, how it ended."""

    title: str
    output: tuple[JSON, ...]
    request: Mapping[str, Any] = field(default_factory=dict)
    model: str = "gpt-4.1"
    reason: str | None = None


def item_id(prefix: str, number: int) -> str:
    return f"{prefix}{'5eed' * 6}{number:026x}"


def message(text: str, number: int = 1, annotations: tuple[JSON, ...] = (), status: str = "completed") -> JSON:
    part = {"type": "output_text", "annotations": list(annotations), "logprobs": [], "text": text}
    return {
        "id": item_id("msg_", number),
        "type": "message",
        "status": status,
        "content": [part],
        "role": "assistant",
    }


def call(name: str, arguments: str, number: int) -> JSON:
    return {
        "id": item_id("fc_", number),
        "type": "function_call",
        "status": "completed",
        "arguments": arguments,
        "call_id": f"call_{number:024d}",
        "name": name,
    }


def reasoning(number: int, *summary: str, sealed: str | None = None) -> JSON:
    item: JSON = {"id": item_id("rs_", number), "type": "reasoning", "summary": []}
    if sealed is not None:
        item["encrypted_content"] = sealed
    item["summary"] = [{"type": "summary_text", "text": text} for text in summary]
    return item


def citation(start: int, end: int, number: int) -> JSON:
    url = f"https://example.org/{number}"
    return {"type": "url_citation", "end_index": end, "start_index": start, "title": f"Page {number}", "url": url}


CITED: Final = "The tide turns twice a day and the moon is the cause of it."
CODE: Final = "total = sum(range(1, 11))\nprint(total)"
PICTURE: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

IMAGE: Final[JSON] = {
    "id": item_id("ig_", 1),
    "type": "image_generation_call",
    "status": "completed",
    "background": "opaque",
    "output_format": "png",
    "quality": "low",
    "result": PICTURE,
    "revised_prompt": "A harbour at dawn",
    "size": "1024x1024",
}
WEB: Final[JSON] = {
    "id": item_id("ws_", 1),
    "type": "web_search_call",
    "status": "completed",
    "action": {"type": "search", "queries": ["tide tables"], "query": "tide tables"},
}
FILE: Final[JSON] = {
    "id": item_id("fs_", 1),
    "type": "file_search_call",
    "status": "completed",
    "queries": ["tide tables"],
    "results": None,
}
INTERPRETER: Final[JSON] = {
    "id": item_id("ci_", 1),
    "type": "code_interpreter_call",
    "status": "completed",
    "code": CODE,
    "container_id": item_id("cntr_", 1),
    "outputs": None,
}
TOOLS_LISTED: Final[JSON] = {
    "id": item_id("mcpl_", 1),
    "type": "mcp_list_tools",
    "server_label": "dice",
    "tools": [
        {
            "annotations": {"read_only": True},
            "description": "Rolls dice",
            "input_schema": {"type": "object", "properties": {"dice": {"type": "string"}}, "required": ["dice"]},
            "name": "roll",
        }
    ],
}
APPROVAL: Final[JSON] = {
    "id": item_id("mcpr_", 1),
    "type": "mcp_approval_request",
    "arguments": '{"dice":"2d6"}',
    "name": "roll",
    "server_label": "dice",
}
MCP_CALL: Final[JSON] = {
    "id": item_id("mcp_", 1),
    "type": "mcp_call",
    "status": "completed",
    "approval_request_id": item_id("mcpr_", 1),
    "arguments": '{"dice":"2d6","reason":"the second throw"}',
    "error": None,
    "name": "roll",
    "output": "7",
    "server_label": "dice",
}
CUSTOM: Final[JSON] = {
    "id": item_id("ctc_", 1),
    "type": "custom_tool_call",
    "status": "completed",
    "call_id": "call_000000000000000000000011",
    "input": "SELECT name FROM ports WHERE depth > 12",
    "name": "query",
}
PATCH: Final[JSON] = {
    "id": item_id("apc_", 1),
    "type": "apply_patch_call",
    "status": "completed",
    "call_id": "call_000000000000000000000012",
    "operation": {"type": "create_file", "diff": "+# Tides\n+\n+Twice a day.\n", "path": "tides.md"},
}
SHELL: Final[JSON] = {
    "id": item_id("sh_", 1),
    "type": "shell_call",
    "status": "completed",
    "action": {"commands": ["ls -l /mnt/data", "wc -l tides.md"], "max_output_length": None, "timeout_ms": None},
    "call_id": "call_000000000000000000000013",
    "environment": {"type": "container_reference", "container_id": item_id("cntr_", 2)},
}

BASES: Final[Mapping[str, Base]] = {
    "X1": Base("streamed text", (message("The tide turns twice."),)),
    "X2": Base(
        "two parallel function calls",
        (call("depth_at", '{"port":"Bergen","hour":6}', 1), call("depth_at", '{"port":"Quito","hour":18}', 2)),
    ),
    "X3": Base(
        "reasoning with summary and encrypted content, then a message",
        (
            reasoning(1, "**Weighing tides**\n\nThe moon pulls.", "Then the sun pulls too.", sealed="gAAAAABsealed=="),
            message("Twice a day, by the moon."),
        ),
        {"include": ["reasoning.encrypted_content"], "reasoning": {"effort": "low", "summary": "auto"}},
        "gpt-5-mini",
    ),
    "X8": Base("background, streamed", (message("The tide turns twice."),), {"background": True}),
    "X9": Base("an approved tool call", (TOOLS_LISTED, MCP_CALL, message("The dice show seven."))),
    "X9a": Base("a tool that asks for approval", (TOOLS_LISTED, APPROVAL)),
    "X11": Base("an image with partial images", (IMAGE, message("Here is the harbour."))),
    "X12": Base("the code interpreter", (INTERPRETER, message("The sum is 55, as computed."))),
    "X14": Base(
        "cut by max_output_tokens",
        (reasoning(1), message("The tide turns because", status="incomplete")),
        {"max_output_tokens": 24, "reasoning": {"effort": "low"}},
        "gpt-5-mini",
        "max_output_tokens",
    ),
    "X16": Base("a text with two citations", (message(CITED, 1, (citation(4, 20, 1), citation(31, 58, 2))),)),
    "X17": Base("web search, file search, image", (WEB, FILE, IMAGE, message("Found, read and drawn.", 2))),
    "X18": Base("custom tool, patch and shell calls", (CUSTOM, PATCH, SHELL)),
    "refusal": Base(
        "a refusal",
        ({**message(""), "content": [{"type": "refusal", "refusal": "I'm sorry, I can't help with that."}]},),
    ),
}
"""Every base exchange by its name."""


def response(name: str) -> JSON:
    """The finished response of a base exchange. Raises KeyError."""
    base = BASES[name]
    body = {"model": base.model, "input": "What of the tide?", **base.request}
    made = envelope.envelope(body, named(base.model), f"resp_{'5eed' * 6}{0:026x}", 1_780_000_000)
    made["output"] = copy.deepcopy(list(base.output))
    thought = 8 if any(item["type"] == "reasoning" for item in base.output) else 0
    spent = thought + sum(map(tokens.of_output, base.output))
    made["status"] = "incomplete" if base.reason else "completed"
    made["incomplete_details"] = {"reason": base.reason} if base.reason else None
    made["completed_at"] = None if base.reason else 1_780_000_002
    made["usage"] = envelope.usage(12, 0, spent, thought)
    return made


def events(name: str) -> list[Event]:
    """The events of a base exchange's stream; background streams carry no padding. Raises KeyError."""
    made = response(name)
    return emit.events(made, obfuscate=not made["background"])
