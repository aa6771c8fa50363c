"""A finished response → the events of its stream, written from the documentation of the API.

    created, [queued], in_progress, then for each item: output_item.added, what belongs to its type,
    output_item.done; at last completed, incomplete or failed.

Written a second time on purpose, apart from the grammar that judges streams: one shared table would agree with its
own mistakes. What belongs to an item is in `INSIDE`, a function a type; hosted tools are in `emit_hosted`.
Events are plain dictionaries in the field order of the wire.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.mock.emit_hosted import HOSTED
from harness.mock.writing import Event, Writer

STARTING: Final[Mapping[str, Any]] = {
    "status": "in_progress",
    "completed_at": None,
    "content_filters": None,
    "error": None,
    "incomplete_details": None,
    "output": [],
    "usage": None,
}
"""What a snapshot says while the response is still being made."""

FINAL_EVENT: Final = {
    "completed": "response.completed",
    "incomplete": "response.incomplete",
    "failed": "response.failed",
}

Inside = Callable[[Writer, Mapping[str, Any]], None]


def events(
    response: Mapping[str, Any],
    *,
    obfuscate: bool = True,
    again: Callable[[str], str] | None = None,
    stand_in: Callable[[str], str] | None = None,
) -> list[Event]:
    """All events of the stream of a finished response.

    `obfuscate` pads deltas, as foreground streams do. `again` seals an `encrypted_content` anew, `stand_in` gives what
    is announced before there is anything to seal: the one announced with an item, the one it closes with and the one
    of the last snapshot never look alike on the wire, and the first is the shortest.
    """
    writer = Writer(obfuscate)
    first = {**response, **{key: value for key, value in STARTING.items() if key in response}}
    if "service_tier" in first and first["service_tier"] == "default":
        first["service_tier"] = "auto"
    if response.get("background"):
        queued = {**first, "status": "queued"}
        writer.put("response.created", response=queued)
        writer.put("response.queued", response=queued)
    else:
        writer.put("response.created", response=first)
    writer.put("response.in_progress", response=first)
    for item in response["output"]:
        emit_item(writer, item, again, stand_in)
    writer.put(FINAL_EVENT[response["status"]], response=response)
    return writer.events


def emit_item(
    writer: Writer,
    item: Mapping[str, Any],
    again: Callable[[str], str] | None,
    stand_in: Callable[[str], str] | None,
) -> None:
    """One item from its announcement to its closing."""
    writer.open(item)
    announced, closed = announcement(item), dict(item)
    if again is not None and stand_in is not None and "encrypted_content" in item:
        announced["encrypted_content"] = stand_in(item["encrypted_content"])
        closed["encrypted_content"] = again(item["encrypted_content"])
    writer.put("response.output_item.added", output_index=writer.index, item=announced)
    inside = INSIDE.get(item["type"])
    if inside is not None:
        inside(writer, item)
    writer.put("response.output_item.done", output_index=writer.index, item=closed)


EMPTY_AT_FIRST: Final[Mapping[str, Mapping[str, Any]]] = {
    "message": {"content": []},
    "function_call": {"arguments": ""},
    "custom_tool_call": {"input": ""},
    "reasoning": {"summary": []},
    "code_interpreter_call": {"code": "", "outputs": None},
    "file_search_call": {"queries": [], "results": None},
    "mcp_list_tools": {"tools": []},
    "mcp_call": {"arguments": "", "output": None, "error": None},
    "shell_call_output": {"output": []},
}
"""Fields that fill up while an item streams, and what they hold when it is announced."""

LEFT_OUT_AT_FIRST: Final[Mapping[str, frozenset[str]]] = {
    "image_generation_call": frozenset({"background", "output_format", "quality", "result", "revised_prompt", "size"}),
}
"""Fields that an announcement does not have at all."""

NEVER_IN_PROGRESS: Final = frozenset({"shell_call_output", "apply_patch_call_output", "mcp_approval_request"})


def announcement(item: Mapping[str, Any]) -> Event:
    """The item as `output_item.added` shows it: its identity, empty, in progress."""
    kind = item["type"]
    empty = EMPTY_AT_FIRST.get(kind, {})
    left_out = LEFT_OUT_AT_FIRST.get(kind, frozenset())
    shown = {key: empty.get(key, value) for key, value in item.items() if key not in left_out}
    if "status" in shown and kind not in NEVER_IN_PROGRESS:
        shown["status"] = "in_progress"
    if kind == "web_search_call":
        shown["action"] = {"type": item.get("action", {}).get("type", "search")}
    elif kind == "code_interpreter_call" and isinstance(item.get("outputs"), list):
        shown["outputs"] = []  # as recorded where outputs were to be included
    elif kind == "shell_call":
        shown["action"] = {**item["action"], "commands": []}
    elif kind == "apply_patch_call" and "diff" in item["operation"]:
        shown["operation"] = {**item["operation"], "diff": ""}
    return shown


WORDS: Final = re.compile(r"\s*\S+|\s+")
TOKENS: Final = re.compile(r"\W*\w+|\W+")


def pieces(text: str, pattern: re.Pattern[str] = WORDS) -> list[str]:
    """A text in the pieces that deltas carry: a word or a few each, at least three where it has three characters."""
    found = pattern.findall(text)
    if len(found) > 30:
        return ["".join(found[at : at + 3]) for at in range(0, len(found), 3)]
    if len(found) < 3 <= len(text):
        third = len(text) // 3
        return [text[:third], text[third : 2 * third], text[2 * third :]]
    if len(found) < 2 == len(text):
        return list(text)
    return found


def emit_message(writer: Writer, item: Mapping[str, Any]) -> None:
    for at, part in enumerate(item["content"]):
        if part["type"] == "refusal":
            emit_refusal(writer, at, part)
        else:
            emit_text(writer, at, part)


def emit_text(writer: Writer, at: int, part: Mapping[str, Any]) -> None:
    """A text part. Citations follow the deltas, as Azure sends them."""
    place = writer.place(content_index=at)
    writer.put("response.content_part.added", **place, part={**part, "annotations": [], "logprobs": [], "text": ""})
    writer.deltas("response.output_text.delta", place, pieces(part["text"]), logprobs=[])
    for number, annotation in enumerate(part.get("annotations", ())):
        writer.put("response.output_text.annotation.added", **place, annotation_index=number, annotation=annotation)
    writer.put("response.output_text.done", **place, text=part["text"], logprobs=[])
    writer.put("response.content_part.done", **place, part=part)


def emit_refusal(writer: Writer, at: int, part: Mapping[str, Any]) -> None:
    place = writer.place(content_index=at)
    writer.put("response.content_part.added", **place, part={"type": "refusal", "refusal": ""})
    for piece in pieces(part["refusal"]):  # recorded without the padding that other deltas have
        writer.put("response.refusal.delta", **place, delta=piece)
    writer.put("response.refusal.done", **place, refusal=part["refusal"])
    writer.put("response.content_part.done", **place, part=part)


def emit_function_call(writer: Writer, item: Mapping[str, Any]) -> None:
    place = writer.place()
    writer.deltas("response.function_call_arguments.delta", place, pieces(item["arguments"], TOKENS))
    writer.put("response.function_call_arguments.done", **place, arguments=item["arguments"])


def emit_custom_tool_call(writer: Writer, item: Mapping[str, Any]) -> None:
    place = writer.place()
    writer.deltas("response.custom_tool_call_input.delta", place, pieces(item["input"], TOKENS))
    writer.put("response.custom_tool_call_input.done", **place, input=item["input"])


def emit_reasoning(writer: Writer, item: Mapping[str, Any]) -> None:
    """The summary, part by part; the thinking itself never leaves the service in the clear."""
    for number, part in enumerate(item.get("summary", ())):
        place = writer.place(summary_index=number)
        writer.put("response.reasoning_summary_part.added", **place, part={"type": "summary_text", "text": ""})
        writer.deltas("response.reasoning_summary_text.delta", place, pieces(part["text"]))
        writer.put("response.reasoning_summary_text.done", **place, text=part["text"])
        writer.put("response.reasoning_summary_part.done", **place, part=part)


INSIDE: Final[Mapping[str, Inside]] = {
    "message": emit_message,
    "function_call": emit_function_call,
    "custom_tool_call": emit_custom_tool_call,
    "reasoning": emit_reasoning,
    **HOSTED,
}
"""What streams between an item's announcement and its closing, by type; other types have nothing in between."""
