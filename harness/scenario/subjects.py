"""The subjects of expectations: what is looked at, and of which kind it is.

The functions that fetch each from a conversation live in `harness.expectations`; a test holds both sets equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from harness.scenario.actions import Word

STATUSES: Final = ("completed", "failed", "in_progress", "cancelled", "queued", "incomplete")
"""Every status of a response; API reference, response.status."""


@dataclass(frozen=True, slots=True)
class Subject(Word):
    """A subject. `kind` is that of its value: text, number, duration, size, list, mapping, flag, any.

    `parts` are its inner keys with their kinds, each an expectation of its own; with `open_parts` the author names
    them (JSONPath, header), all of kind `any` or text. `streamed` holds the parts that only a stream has, "" for all.
    """

    kind: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    open_parts: str | None = None
    values: tuple[str, ...] = ()
    streamed: frozenset[str] = frozenset()
    example: str = ""


def _listed(*names: str) -> dict[str, str]:
    """The parts of a list of things: how many, and what each of them has there."""
    return {"count": "number", **dict.fromkeys(names, "list")}


SUBJECTS: Final[Mapping[str, Subject]] = {
    "status": Subject("how the response ended", kind="text", values=STATUSES, example="completed"),
    "incomplete_reason": Subject("why it is incomplete", kind="text", example="max_output_tokens"),
    "refusal": Subject("the text with which the model refused", kind="text"),
    "error": Subject(
        "the error; expecting one makes an HTTP error pass",
        kind="mapping",
        parts={"status": "number", "code": "text", "type": "text", "param": "text", "message": "text"},
    ),
    "text": Subject("the visible answer of the turn", kind="text"),
    "json": Subject("the visible answer parsed as JSON"),
    "items": Subject("the types of the output items, in order", kind="list"),
    "tool_calls": Subject("the calls that the model made: name, arguments, count", kind="list"),
    "reasoning": Subject(
        "what the model thought",
        kind="mapping",
        parts={"present": "flag", "summary": "text", "encrypted": "flag", "tokens": "number"},
    ),
    "usage": Subject(
        "the tokens that were counted",
        kind="mapping",
        parts=dict.fromkeys(
            ("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "total_tokens"), "number"
        ),
    ),
    "latency": Subject(
        "how long it took",
        kind="mapping",
        parts=dict.fromkeys(("headers", "first_event", "first_token", "longest_gap", "total"), "duration"),
        streamed=frozenset({"first_event", "first_token", "longest_gap"}),
    ),
    "stream": Subject(
        "the events of the stream",
        kind="mapping",
        parts={"events": "counts", "deltas": "number", "bytes": "size", "order": "order"},
        streamed=frozenset({""}),
    ),
    "model": Subject("the model that answered", kind="text"),
    "headers": Subject("the headers of the HTTP response", kind="mapping", open_parts="header"),
    "path": Subject("anything in the final response object, by JSONPath", kind="mapping", open_parts="JSONPath"),
    "region": Subject("the region that the answer's header names", kind="text", example="${target.region}"),
    "compaction": Subject(
        "what compaction did: whether it happened in the turn, what the turn saved by it, which facts are still known",
        kind="mapping",
        parts={"happened": "flag", "saved_tokens": "number", "keeps": "list"},
    ),
    "carry_over": Subject(
        "so many random facts (`plants`) are told in the first turn and asked for after the last one",
        kind="mapping",
        parts={"plants": "number"},
        example="{plants: 3}",
    ),
    "annotations": Subject(
        "citations of the answer; a part lists what each of them has there",
        kind="list",
        parts=_listed("type", "text", "url", "title", "file_id", "filename", "container_id"),
    ),
    "images": Subject(
        "generated images, by their own first bytes; a part lists what each of them has there",
        kind="list",
        parts=_listed("type", "width", "height", "bytes", "status", "revised_prompt", "quality", "background"),
    ),
    "files": Subject(
        "files that a container gave out; a part lists what each of them has there",
        kind="list",
        parts=_listed("filename", "file_id", "container_id"),
    ),
    "mcp": Subject(
        "what MCP servers listed, which of their tools were called, what was asked for approval",
        kind="mapping",
        parts={"listed": "list", "called": "list", "approvals": "list"},
    ),
    "container": Subject(
        "the container of the code interpreter",
        kind="mapping",
        parts={
            "present": "flag",
            "id": "text",
            "count": "number",
            "calls": "number",
            "code": "text",
            "logs": "text",
            "status": "list",
        },
    ),
    "same_as": Subject("an earlier turn's response: equal but for ids and times", example="first"),
    "mcp_hits": Subject(
        "how often each tool of the harness's own servers was really called in the turn, by `tool` or `label.tool`",
        kind="mapping",
        open_parts="served tool",
    ),
    "judge": Subject("the answer graded by a model, from 0 to 10, against `criteria`; `at_least` is enough (7)"),
}


def needs_stream(subject: str, part: str | None) -> bool:
    """Whether there is only something to look at where the turn was streamed."""
    streamed = SUBJECTS[subject].streamed
    return "" in streamed or part in streamed
