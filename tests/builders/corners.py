"""Streams that the corners of the checker are shown with, beside the base exchanges."""

from collections.abc import Callable
from typing import Any

from builders import streams as s
from builders.streams import Event, Events

Add = Callable[..., None]
"""Adds a corner: what it is about, its events, `keep` where they keep their numbers, how it is judged."""


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
