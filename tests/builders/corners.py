"""What corners are shown with: streams beside the base exchanges, conversations of one answer."""

from collections.abc import Callable
from typing import Any

from builders import streams as s
from builders.streams import Event, Events
from builders.tellings import ask, telling

from harness.conversation import Conversation

Add = Callable[..., None]
"""Adds a corner: what it is about and what is judged; of a stream also how, and whether its numbers are kept."""


def one(given: Any = "i", *items: Any, **more: Any) -> Conversation:
    """A conversation of one answer."""
    return telling(ask(1, given, *items, **more))


def in_part(type_: str, family: str, field_: str, item: Event) -> Events:
    """A stream of one item with one part whose text is told in deltas."""

    def inner(telling: s.Telling, names: Event) -> None:
        names = {**names, "content_index": 0}
        telling.tell("response.content_part.added", **names, part={"type": type_, field_: ""})
        telling.text(family, names, ("No, ", "sorry."), field_)
        telling.tell("response.content_part.done", **names, part={"type": type_, field_: "No, sorry."})

    return s.Telling().begin().item(inner, item, content=[{"type": type_, field_: "No, sorry."}]).end()


MESSAGE = {"id": "msg_1", "type": "message", "status": "in_progress", "role": "assistant", "content": []}
REFUSAL = in_part("refusal", "refusal", "refusal", MESSAGE)
SHOWN = in_part("reasoning_text", "reasoning_text", "text", {"id": "rs_1", "type": "reasoning", "summary": []})


def commands() -> Events:
    """The output of two commands, told one after the other."""
    outcome = {"type": "exit", "exit_code": 0}
    printed = [{"stdout": f"out {n}", "stderr": "", "outcome": outcome} for n in (1, 2)]

    def inner(telling: s.Telling, names: Event) -> None:
        for number, output in enumerate(printed):
            named = {**names, "command_index": number}
            for piece in ("out ", str(number + 1)):
                telling.tell("response.shell_call_output_content.delta", **named, delta={"stdout": piece})
            telling.tell("response.shell_call_output_content.done", **named, output=[output])

    item = {"id": "sho_1", "type": "shell_call_output", "status": "completed", "call_id": "call_1"}
    item |= {"max_output_length": None, "output": []}
    return s.Telling().begin().item(inner, item, output=printed).end()


def everywhere(events: Events, old: Any, new: Any) -> Events:
    """Every string of that value replaced."""

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: renamed(inner) for key, inner in value.items()}
        return [renamed(inner) for inner in value] if isinstance(value, list) else new if value == old else value

    return [renamed(event) for event in events]
