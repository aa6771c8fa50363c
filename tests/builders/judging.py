"""What the endpoint answers, held against the rules of streams and shapes: what to ask for, and what was found."""

import json
from typing import Any

from builders.attachments import asking, file_part, image_part, pdf, picture
from builders.endpoint import Visitor

from harness.reply import Reply
from harness.wire.exchange import Ending, Exchange, Head, How, Request

TOOL = {"type": "function", "name": "depth_of", "description": "Depth of a port"}
TOOL["parameters"] = {"type": "object", "properties": {"port": {"type": "string"}}}
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
FORMAT = {"format": {"type": "json_schema", "name": "n", "schema": {**SCHEMA, "additionalProperties": False}}}
MANAGED = {"context_management": [{"type": "compaction", "compact_threshold": 20}]}
SEALED = {"include": ["reasoning.encrypted_content"], "store": False}
FILES = {"type": "file_search", "vector_store_ids": ["vs_harness"]}
RESULTS = "file_search_call.results"
SUMMED = {"reasoning": {"effort": "high", "summary": "auto"}}

CODE = {"type": "code_interpreter", "container": {"type": "auto"}}
OUTPUTS = {"include": ["code_interpreter_call.outputs"]}

SHELL_OUTPUT: dict[str, Any] = {
    "type": "shell_call_output",
    "call_id": "call_1",
    "max_output_length": None,
    "output": [{"outcome": {"type": "exit", "exit_code": 0}, "stderr": "", "stdout": "tides.txt"}],
}
"""What a shell printed; the endpoint has it by script alone."""

ASKED: dict[str, dict[str, Any]] = {
    "text": {"input": "Write four sentences about rain."},
    "reasoning": {"input": "Think of a secret city and keep it to yourself.", **SUMMED},
    "sealed": {"input": "Hi", **SEALED, **SUMMED},
    "refusal": {"input": "Please refuse this request."},
    "call": {"input": "What is the depth of Bergen?", "tools": [TOOL]},
    "calls": {"input": "What is the depth of Bergen and Quito?", "tools": [TOOL]},
    "json": {"input": "name Zorvik", "text": FORMAT},
    "cut": {"input": "Write a long story about a lighthouse.", "max_output_tokens": 60},
    "cut while thinking": {"input": "Hi", "max_output_tokens": 16, "reasoning": {"effort": "high"}},
    "compaction": {"input": "My parcel is 4417. Write two sentences about rain.", **MANAGED},
    "sealed compaction": {"input": "My parcel is 4417. Write two sentences.", **MANAGED, **SEALED},
    "compacted call": {"input": "What is the depth of Bergen?", "tools": [TOOL], **MANAGED},
    "picture": {"input": asking("What colour is the image?", image_part(picture()))},
    "document": {"input": asking("What is the code on page 2?", file_part(pdf("One.", "The code is K-9.")))},
    "both": {"input": asking("Describe the image.", image_part(picture()), file_part(pdf("One.")))},
    "code": {"input": "Calculate 17 * 3.", "tools": [CODE]},
    "code with its outputs": {"input": "Solve 3x + 11 = 14", "tools": [CODE], **OUTPUTS, **SUMMED},
    "code and a file": {"input": "Calculate 17 * 3 and save it to sum.txt.", "tools": [CODE, TOOL], **SEALED},
    "code that fails": {"input": "Calculate 7 / 0", "tools": [CODE]},
    "code cut": {"input": "Calculate 17 * 3.", "tools": [CODE], "max_output_tokens": 60},
    "bare": {"input": "Hi", "stream_options": {"include_obfuscation": False}},
    "web search": {"input": "Search the web: how deep is the harbour of Velmora?", "tools": [{"type": "web_search"}]},
    "file search": {"input": "Search the files: a berth in Sellick?", "tools": [FILES], "include": [RESULTS]},
    "custom tool": {"input": 'Call run_code with "print(1)".', "tools": [{"type": "custom", "name": "run_code"}]},
}
"""Requests of every kind that one model and one turn can have, by name."""


def judged(method: str, path: str, asked: object, status: int, lines: Any, body: bytes) -> list[str]:
    """The findings of one exchange, as lines."""
    sent = b"" if asked is None else json.dumps(asked).encode()
    request = Request(method, f"http://127.0.0.1/openai/v1{path}", (("content-type", "application/json"),), sent)
    head = Head(status, tuple((name.lower(), value) for name, value in lines.items()))
    reply = Reply(Exchange(request, head, body, (), Ending(How.COMPLETE), 0.0, 0.1, 1.0))
    return [f"{method} {path} {one.rule} {one.message}" for one in reply.findings]


async def exchanged(visitor: Visitor, method: str, path: str, asked: object = None) -> tuple[list[str], bytes]:
    """The findings and the body of an exchange that must be answered."""
    status, lines, body = await visitor.send(method, path, asked)
    assert status == 200, body
    return judged(method, path, asked, status, lines, body), body
