"""Correct streams, written by hand after the API's documentation, and ways to make them wrong.

`X1` to `X18` are functions that answer a fresh list of events each; the names are those of the fault catalogue's base
exchanges. None of them was taken from a recording or from the embedded endpoint.
"""

import copy
import json
from collections.abc import Callable, Iterable
from typing import Any

Event = dict[str, Any]
Events = list[Event]

CREATED_AT = 1_780_000_000
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
"""A red dot."""


def response(status: str, output: Iterable[Event] = (), **fields: Any) -> Event:
    """A response object as Azure tells it, without any field that came after June 2025."""
    done, output = status in ("completed", "incomplete"), list(output)
    thought = 4 if any(item["type"] == "reasoning" for item in output) else 0
    usage = {
        "input_tokens": 31,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 12,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": 43,
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": CREATED_AT,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "instructions": None,
        "max_output_tokens": None,
        "model": "gpt-5-mini",
        "output": output,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": "medium", "summary": None},
        "service_tier": "default" if done else "auto",
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": usage if done else None,
        "user": None,
        "metadata": {},
        **fields,
    }


class Telling:
    """A stream in the making: numbers its events, keeps its items."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields
        self.events: Events = []
        self.output: Events = []

    def tell(self, type_: str, **fields: Any) -> None:
        """Appends an event."""
        self.events.append({"type": type_, "sequence_number": len(self.events), **fields})

    def begin(self) -> "Telling":
        """created and in_progress; for a background response queued between them."""
        if self.fields.get("background"):
            self.tell("response.created", response=response("queued", **self.fields))
            self.tell("response.queued", response=response("queued", **self.fields))
        else:
            self.tell("response.created", response=response("in_progress", **self.fields))
        self.tell("response.in_progress", response=response("in_progress", **self.fields))
        return self

    def end(self, status: str = "completed", **fields: Any) -> Events:
        """The terminal event; answers the stream."""
        output = copy.deepcopy(self.output)
        self.tell(f"response.{status}", response=response(status, output, **{**self.fields, **fields}))
        return json.loads(json.dumps(self.events))

    def item(self, inner: Callable[["Telling", Event], None] | None, added: Event, **done: Any) -> "Telling":
        """An item: announced, `inner` tells what happens in it, closed with the fields of `done`."""
        index = len(self.output)
        self.tell("response.output_item.added", output_index=index, item=added)
        if inner:
            inner(self, {"item_id": added["id"], "output_index": index})
        closed = {**added, **({"status": "completed"} if "status" in added else {}), **done}
        self.tell("response.output_item.done", output_index=index, item=closed)
        self.output.append(closed)
        return self

    def text(self, family: str, names: Event, deltas: Iterable[Any], field: str, **more: Any) -> str:
        """Deltas and the done event of one text; answers the text."""
        deltas = list(deltas)
        for delta in deltas:
            self.tell(f"response.{family}.delta", **names, delta=delta, **more)
        self.tell(f"response.{family}.done", **names, **{field: "".join(deltas)}, **more)
        return "".join(deltas)


def message(telling: Telling, *deltas: str, annotations: Iterable[Event] = (), status: str = "completed") -> Telling:
    """A message of one text part."""
    notes = list(annotations)
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    whole = {**part, "text": "".join(deltas), "annotations": notes}

    def inner(telling: Telling, names: Event) -> None:
        names = {**names, "content_index": 0}
        telling.tell("response.content_part.added", **names, part=part)
        for delta in deltas:
            telling.tell("response.output_text.delta", **names, delta=delta, logprobs=[])
        for number, note in enumerate(notes):
            telling.tell("response.output_text.annotation.added", **names, annotation_index=number, annotation=note)
        telling.tell("response.output_text.done", **names, text="".join(deltas), logprobs=[])
        telling.tell("response.content_part.done", **names, part=whole)

    id_ = f"msg_{len(telling.output) + 1}"
    added = {"id": id_, "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    return telling.item(inner, added, content=[whole], status=status)


def call(telling: Telling, *deltas: str, name: str = "weather", status: str = "completed") -> Telling:
    """A function call."""

    def inner(telling: Telling, names: Event) -> None:
        telling.text("function_call_arguments", names, deltas, "arguments")

    number = len(telling.output) + 1
    added = {"id": f"fc_{number}", "type": "function_call", "status": "in_progress", "call_id": f"call_{number}"}
    added |= {"name": name, "arguments": ""}
    return telling.item(inner, added, arguments="".join(deltas), status=status)


def reasoning(telling: Telling, *summaries: tuple[str, ...]) -> Telling:
    """A reasoning item with encrypted content and a summary of several parts."""
    parts = [{"type": "summary_text", "text": "".join(deltas)} for deltas in summaries]

    def inner(telling: Telling, names: Event) -> None:
        for number, deltas in enumerate(summaries):
            inside = {**names, "summary_index": number}
            telling.tell("response.reasoning_summary_part.added", **inside, part={"type": "summary_text", "text": ""})
            telling.text("reasoning_summary_text", inside, deltas, "text")
            telling.tell("response.reasoning_summary_part.done", **inside, part=parts[number])

    id_ = f"rs_{len(telling.output) + 1}"
    added = {"id": id_, "type": "reasoning", "summary": [], "encrypted_content": "gAAAA-short"}
    return telling.item(inner, added, summary=parts, encrypted_content="gAAAA-much-longer")


def hosted(telling: Telling, kind: str, prefix: str, phases: str, added: Event | None = None, **done: Any) -> Telling:
    """A hosted call that goes through phases."""

    def inner(telling: Telling, names: Event) -> None:
        for phase in phases.split():
            if phase == "image":
                told = sum(event["type"].endswith("partial_image") for event in telling.events)
                image = {"partial_image_index": told, "partial_image_b64": f"AAA{told}"}
                telling.tell(f"response.{kind}.partial_image", **names, **image)
            elif "=" in phase:
                family, field = phase.split("=")
                telling.text(family, names, done[field.removeprefix("@")], field.removeprefix("@"))
            else:
                telling.tell(f"response.{kind}.{phase}", **names)

    id_ = f"{prefix}_{len(telling.output) + 1}"
    item = {"id": id_, "type": kind, **(added if added is not None else {"status": "in_progress"})}
    closed = {name: "".join(value) if isinstance(value, tuple) else value for name, value in done.items()}
    return telling.item(inner, item, **closed)


# -- the base exchanges ------------------------------------------------------------------------------------------------


def x1() -> Events:
    """Streamed text: eleven events."""
    return message(Telling().begin(), "The ca", "pital ", "is Paris.").end()


def x2() -> Events:
    """Two function calls."""
    return call(call(Telling().begin(), '{"city":', '"Paris"', "}"), '{"city":', '"Rome"', "}").end()


def x3() -> Events:
    """Reasoning with a summary of two parts and encrypted content, then a message."""
    telling = reasoning(Telling().begin(), ("First ", "this", "."), ("Then ", "that", "."))
    return message(telling, "It ", "is ", "so.").end()


def x8() -> Events:
    """A background response, streamed."""
    return message(Telling(background=True).begin(), "In the ", "back", "ground.").end()


def x9() -> Events:
    """A list of MCP tools, a call that had been approved, a message."""
    tools = [{"name": "roll", "input_schema": {"type": "object"}, "description": None, "annotations": None}]
    listing = {"server_label": "dice", "tools": []}
    telling = hosted(Telling().begin(), "mcp_list_tools", "mcpl", "in_progress completed", listing, tools=tools)
    added = {"status": "in_progress", "approval_request_id": "mcpr_1", "arguments": "", "error": None}
    added |= {"name": "roll", "output": None, "server_label": "dice"}
    phases = "in_progress mcp_call_arguments=arguments completed"
    hosted(telling, "mcp_call", "mcp", phases, added, arguments=('{"n":', "2", "}"), output="7")
    return message(telling, "You ", "rolled ", "7.").end()


def x9_approval() -> Events:
    """A list of MCP tools and a request for approval."""
    listing = {"server_label": "dice", "tools": []}
    telling = hosted(Telling().begin(), "mcp_list_tools", "mcpl", "in_progress completed", listing, tools=[])
    asked = {"id": "mcpr_2", "type": "mcp_approval_request", "arguments": "{}", "name": "roll", "server_label": "dice"}
    return telling.item(None, asked).end()


def x11() -> Events:
    """An image, with three partial images on the way."""
    phases = "in_progress generating image image image completed"
    telling = hosted(
        Telling().begin(), "image_generation_call", "ig", phases, result=PICTURE, revised_prompt="a red dot"
    )
    return telling.end()


def x12() -> Events:
    """A code container, then a message."""
    added = {"status": "in_progress", "code": "", "container_id": "cntr_1", "outputs": None}
    phases = "in_progress code_interpreter_call_code=code interpreting completed"
    code = ("print(", "1+", "1)")
    telling = hosted(Telling().begin(), "code_interpreter_call", "ci", phases, added, code=code)
    return message(telling, "Two", ", of ", "course.").end()


def x14() -> Events:
    """Cut off at max_output_tokens: a call that was finished, then a message that was not."""
    telling = call(Telling(max_output_tokens=16).begin(), "{", '"a":1', "}")
    return message(telling, "It was ", "a ", "dark", status="incomplete").end("incomplete")


def x16() -> Events:
    """A message with three citations."""
    links = [("https://a.example", 0, 4), ("https://b.example", 5, 7), ("https://c.example", 8, 12)]
    notes = [
        {"type": "url_citation", "url": url, "title": "t", "start_index": start, "end_index": end}
        for url, start, end in links
    ]
    return message(Telling().begin(), "This ", "is ", "known.", annotations=notes).end()


def x17() -> Events:
    """Web search, file search and an image, then a message."""
    telling = Telling().begin()
    hosted(telling, "web_search_call", "ws", "in_progress searching completed", action={"type": "search", "query": "q"})
    searching = {"status": "in_progress", "queries": [], "results": None}
    hosted(telling, "file_search_call", "fs", "in_progress searching completed", searching, queries=["q"])
    hosted(telling, "image_generation_call", "ig", "in_progress generating image completed", result=PICTURE)
    return message(telling, "Found ", "it", ".").end()


def x18() -> Events:
    """A custom tool, a patch, a shell command and its output."""
    telling = Telling().begin()
    added = {"status": "in_progress", "call_id": "call_c", "name": "run", "input": ""}
    hosted(telling, "custom_tool_call", "ctc", "custom_tool_call_input=input", added, input=("print(", "3**", "3)"))
    diff = ("+a", "\n+b", "\n")

    def patch(telling: Telling, names: Event) -> None:
        telling.text("apply_patch_call_operation_diff", names, diff, "diff")

    operation = {"type": "create_file", "path": "a.txt"}
    added = {"id": "apc_2", "type": "apply_patch_call", "status": "in_progress", "call_id": "call_p"}
    telling.item(
        patch, {**added, "operation": {**operation, "diff": ""}}, operation={**operation, "diff": "".join(diff)}
    )

    def command(telling: Telling, names: Event) -> None:
        named = {"output_index": names["output_index"], "command_index": 0}
        telling.tell("response.shell_call_command.added", **named, command="")
        telling.text("shell_call_command", named, ("ls", " -l", " /"), "command")

    shell = {"id": "sh_3", "type": "shell_call", "status": "in_progress", "call_id": "call_s"}
    limits = {"max_output_length": None, "timeout_ms": None}
    action = {"commands": ["ls -l /"], **limits}
    telling.item(command, {**shell, "action": {"commands": [], **limits}}, action=action)
    printed = {"stdout": "a.txt\n", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}

    def output(telling: Telling, names: Event) -> None:
        named = {**names, "command_index": 0}
        for line in ("a.", "txt", "\n"):
            telling.tell("response.shell_call_output_content.delta", **named, delta={"stdout": line})
        telling.tell("response.shell_call_output_content.done", **named, output=[printed])

    told = {"id": "sho_4", "type": "shell_call_output", "status": "completed", "call_id": "call_s"}
    told |= {"max_output_length": None, "output": []}
    telling.item(output, told, output=[printed])
    return telling.end()


def with_logprobs() -> Events:
    """X1 with log probabilities, rounded to six decimals at the end as services do."""
    events = x1()
    tokens = [{"token": e["delta"], "bytes": [], "logprob": -0.12345678, "top_logprobs": []} for e in events[4:7]]
    rounded = [{**token, "logprob": -0.123457} for token in tokens]
    for event, token in zip(events[4:7], tokens, strict=True):
        event["logprobs"] = [token]
    events[7]["logprobs"] = tokens
    for item in (events[9]["item"], events[10]["response"]["output"][0]):
        item["content"][0]["logprobs"] = rounded
    return json.loads(json.dumps(events))  # no list is shared


def two_messages() -> Events:
    """Two messages, so that what is true of the first item can be tried on the second."""
    return message(message(Telling().begin(), "The ca", "pital ", "is Paris."), "And ", "that ", "is it.").end()


BASES: dict[str, Callable[[], Events]] = {
    "X1": x1,
    "X2": x2,
    "X3": x3,
    "X8": x8,
    "X9": x9,
    "X9 approval": x9_approval,
    "X11": x11,
    "X12": x12,
    "X14": x14,
    "X16": x16,
    "X17": x17,
    "X18": x18,
    "two messages": two_messages,
    "log probabilities": with_logprobs,
}

# -- ways to make them wrong -------------------------------------------------------------------------------------------


def renumbered(events: Iterable[Event], start: int = 0) -> Events:
    """The events with their numbers written anew, so that only the other laws are broken."""
    return [
        {**event, "sequence_number": start + number} if "sequence_number" in event else event
        for number, event in enumerate(events)
    ]


def at(events: Events, type_: str, nth: int = 0) -> int:
    """The index of the n-th event of a type, with `response.` left out where it begins so; -1 is the last one."""
    found = [index for index, event in enumerate(events) if event["type"] in (type_, f"response.{type_}")]
    return found[nth]


def without(events: Events, *indices: int) -> Events:
    """Events left out; numbers kept."""
    return [event for index, event in enumerate(events) if index not in indices]


def twice(events: Events, index: int) -> Events:
    """An event sent twice; numbers kept."""
    return [*events[: index + 1], copy.deepcopy(events[index]), *events[index + 1 :]]


def swapped(events: Events, index: int, other: int | None = None) -> Events:
    """An event and the next one (or another) in each other's place; numbers travel."""
    other = index + 1 if other is None else other
    events = list(events)
    events[index], events[other] = events[other], events[index]
    return events


def moved(events: Events, index: int, to: int) -> Events:
    """An event at another place."""
    rest = without(events, index)
    return [*rest[:to], events[index], *rest[to:]]


def changed(events: Events, index: int, pointer: str, value: Any) -> Events:
    """A field of one event set to another value; `...` takes it out."""
    events = copy.deepcopy(events)
    node: Any = events[index]
    *way, last = pointer.strip("/").split("/")
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    key: Any = int(last) if isinstance(node, list) else last
    if value is ...:
        del node[key]
    else:
        node[key] = value(node[key]) if callable(value) else value
    return events


def inserted(events: Events, index: int, *new: Event) -> Events:
    """New events before an index."""
    return [*events[:index], *new, *events[index:]]
