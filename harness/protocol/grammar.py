"""The grammar of a stream of events, as tables. What walks over them is `harness.protocol.stream`.

A stream tells how a response comes to be. It is no flat sequence: its events *open*, *grow*, *settle* and *close*
spans, and spans nest.

    response ⊃ item ⊃ part ⊃ text            a message, or a reasoning item that shows its text
               item ⊃ summary ⊃ summary text  a reasoning item
               item ⊃ arguments, input, code, diff, command, …   a call

A span is named by its level and by the index fields of its event: `output_index` names the item, `content_index`,
`summary_index` or `command_index` what lies in it. Four laws hold on every level, and almost every rule of the
families `order` and `text` is one of them, applied to one level:

- a span opens once, its index is the next one, and whatever it lies in is open;
- only an open span grows; it settles once, and what it then says is what its growth adds up to;
- it closes once, after all that lies in it has closed, and repeats in its closing event what was settled in it;
- spans of one level do not overlap.

The response is the outermost span, opened by `response.created` and closed by one of three terminal events; what the
closed items said is said once more in its `output`. Hosted tools do not grow: they report *phases*, in the order of
`PHASES`. So there are three tables: what an event does (`GRAMMAR`), where a span lies and where its value is
repeated (`LEVELS`), and which phases an item goes through (`PHASES`). A new event of the API is a new line in one of
them; where a real service differs, the difference is data too, with its evidence, in `harness.protocol.profiles`.

Evidence: 465 recorded streams of OpenAI, Azure and the Codex back end keep to these tables; sections 7.2–7.5 of the
API's streaming reference describe the same machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Move(StrEnum):
    """What an event does."""

    START = "start"  # a snapshot of the response before its body: created, queued, in_progress
    END = "end"  # the terminal snapshot
    ERROR = "error"
    OPEN = "open"
    GROW = "grow"
    SETTLE = "settle"
    CLOSE = "close"
    PHASE = "phase"  # a hosted tool has come to the phase that ends the event's name
    ANNOTATE = "annotate"
    IMAGE = "image"  # a partial image
    PASS = "pass"  # noqa: S105 (no password) – carries no state


@dataclass(frozen=True, slots=True)
class Level:
    """Where spans of one kind lie.

    `inside` is the level around it, `index` the field that numbers it there. `items` are the item types that may hold
    it (empty: any). `value` is the field of the settling or closing event that says the whole; `path` leads to the
    same value in the closed item, where `*` stands for the span's index. `must_settle`: the settling event may not be
    left out. `code` is the finding where growth and whole disagree.
    """

    name: str
    inside: str = ""
    index: str = ""
    items: frozenset[str] = frozenset()
    value: str = ""
    path: tuple[str, ...] = ()
    must_settle: bool = True
    code: str = "text.done_mismatch"


def _in_item(name: str, item: str, value: str, *path: str, index: str = "", **more: object) -> Level:
    return Level(name, "item", index, frozenset({item}), value, path or (value,), **more)  # type: ignore[arg-type]


def _in_part(name: str, part: str, index: str, value: str, *items: str) -> Level:
    return Level(
        name, part, index, frozenset(items), value, ("summary" if part == "summary" else "content", "*", value)
    )


LEVELS: Final[Mapping[str, Level]] = {
    level.name: level
    for level in (
        Level("response"),
        Level("item", "response", "output_index", path=("*",)),
        Level("part", "item", "content_index", frozenset({"message", "reasoning"}), "part", ("content", "*")),
        Level("summary", "item", "summary_index", frozenset({"reasoning"}), "part", ("summary", "*")),
        _in_part("text", "part", "content_index", "text", "message"),
        _in_part("refusal", "part", "content_index", "refusal", "message"),
        _in_part("reasoning text", "part", "content_index", "text", "reasoning"),
        _in_part("summary text", "summary", "summary_index", "text", "reasoning"),
        _in_item("arguments", "function_call", "arguments", code="tool.args_mismatch"),
        _in_item("mcp arguments", "mcp_call", "arguments"),
        # a recorded custom tool call went without its settling event
        _in_item("input", "custom_tool_call", "input", must_settle=False),
        _in_item("code", "code_interpreter_call", "code"),
        _in_item("diff", "apply_patch_call", "diff", "operation", "diff"),
        _in_item("command", "shell_call", "command", "action", "commands", "*", index="command_index"),
        _in_item("output", "shell_call_output", "output", index="command_index"),
    )
}

PART_TEXTS: Final[Mapping[str, str]] = {
    "output_text": "text",
    "refusal": "refusal",
    "reasoning_text": "reasoning text",
    "summary_text": "summary text",
}
"""The type of a part → the level of the text in it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an event of one type does: a move on a level, and for a phase its name and the item type it belongs to."""

    type: str
    level: Level
    move: Move
    phase: str = ""
    item: str = ""


_SPANS: Final[Mapping[str, Mapping[Move, str]]] = {
    "item": {
        Move.OPEN: "output_item.added",
        Move.CLOSE: "output_item.done",
        Move.IMAGE: "image_generation_call.partial_image",
    },
    "part": {Move.OPEN: "content_part.added", Move.CLOSE: "content_part.done"},
    "summary": {Move.OPEN: "reasoning_summary_part.added", Move.CLOSE: "reasoning_summary_part.done"},
    "text": {
        Move.GROW: "output_text.delta",
        Move.SETTLE: "output_text.done",
        Move.ANNOTATE: "output_text.annotation.added",
    },
    "refusal": {Move.GROW: "refusal.delta", Move.SETTLE: "refusal.done"},
    "reasoning text": {Move.GROW: "reasoning_text.delta", Move.SETTLE: "reasoning_text.done"},
    "summary text": {Move.GROW: "reasoning_summary_text.delta", Move.SETTLE: "reasoning_summary_text.done"},
    "arguments": {Move.GROW: "function_call_arguments.delta", Move.SETTLE: "function_call_arguments.done"},
    "mcp arguments": {Move.GROW: "mcp_call_arguments.delta", Move.SETTLE: "mcp_call_arguments.done"},
    "input": {Move.GROW: "custom_tool_call_input.delta", Move.SETTLE: "custom_tool_call_input.done"},
    "code": {Move.GROW: "code_interpreter_call_code.delta", Move.SETTLE: "code_interpreter_call_code.done"},
    "diff": {Move.GROW: "apply_patch_call_operation_diff.delta", Move.SETTLE: "apply_patch_call_operation_diff.done"},
    "command": {
        Move.OPEN: "shell_call_command.added",
        Move.GROW: "shell_call_command.delta",
        Move.SETTLE: "shell_call_command.done",
    },
    "output": {Move.GROW: "shell_call_output_content.delta", Move.SETTLE: "shell_call_output_content.done"},
}
"""Level → what happens on it, and the event that says so."""


TEXT: Final = "*text*"
"""The place among an item's phases where its arguments or code grow and settle."""


@dataclass(frozen=True, slots=True)
class Phases:
    """The phases of an item type, in order; each place is a choice of names.

    `again` may be reported more than once as long as the last place is not reached; without `required` an item may
    go through none at all.
    """

    places: tuple[tuple[str, ...], ...]
    again: frozenset[str] = frozenset()
    required: bool = True


def _phases(*places: str, again: str = "", required: bool = True) -> Phases:
    return Phases(tuple(tuple(place.split("|")) for place in places), frozenset(again.split()), required)


PHASES: Final[Mapping[str, Phases]] = {
    "web_search_call": _phases("in_progress", "searching", "completed"),
    "file_search_call": _phases("in_progress", "searching", "completed"),
    "code_interpreter_call": _phases("in_progress", TEXT, "interpreting", "completed"),
    "image_generation_call": _phases("in_progress", "generating", "completed"),
    "mcp_list_tools": _phases("in_progress", "completed|failed"),
    # once more in_progress, after a delta of the arguments, is real: a call that had been approved
    "mcp_call": _phases("in_progress", TEXT, "completed|failed", again="in_progress"),
    "compaction": _phases("compacting", required=False),
}

_RESPONSE = LEVELS["response"]

GRAMMAR: Final[Mapping[str, Step]] = {
    **{
        f"response.{name}": Step(f"response.{name}", _RESPONSE, Move.START, name)
        for name in ("created", "queued", "in_progress")
    },
    **{
        f"response.{name}": Step(f"response.{name}", _RESPONSE, Move.END, name)
        for name in ("completed", "incomplete", "failed")
    },
    "error": Step("error", _RESPONSE, Move.ERROR),
    "keepalive": Step("keepalive", _RESPONSE, Move.PASS),
    **{
        f"response.{name}": Step(f"response.{name}", LEVELS[level], move)
        for level, events in _SPANS.items()
        for move, name in events.items()
    },
    **{
        f"response.{item}.{phase}": Step(f"response.{item}.{phase}", LEVELS["item"], Move.PHASE, phase, item)
        for item, phases in PHASES.items()
        for place in phases.places
        for phase in place
        if phase != TEXT
    },
    # sound belongs to no item, and no recording shows what its end would have to repeat
    **{
        f"response.{name}": Step(f"response.{name}", _RESPONSE, Move.PASS)
        for name in ("audio.delta", "audio.done", "audio.transcript.delta", "audio.transcript.done")
    },
}
"""Event type → what it does."""

KEPT: Final = (
    "id",
    "type",
    "role",
    "phase",
    "call_id",
    "name",
    "namespace",
    "server_label",
    "container_id",
    "approval_request_id",
    "environment",
    "caller",
    "execution",
)
"""Fields that say which item it is: what `added` says of them, `done` says too."""

STEADY: Final[Mapping[str, tuple[str, ...]]] = {"mcp_approval_request": ("arguments",)}
"""Fields of an item type that are told whole when it is announced, because nothing in it grows."""

CHANGES_CALL_ID: Final = frozenset({"tool_search_call"})
"""OpenAI was recorded giving these a new `call_id` while they ran."""

OWN_CALL_ID: Final = frozenset({"function_call", "custom_tool_call"})
"""Calls that the client answers: each has a `call_id` of its own (a shell call shares it with its output)."""

BEGINS: Final[Mapping[str, Mapping[str, object]]] = {
    "message": {"content": []},
    "function_call": {"arguments": ""},
    "reasoning": {"summary": []},
    "custom_tool_call": {"input": ""},
    "code_interpreter_call": {"code": ""},
    "mcp_call": {"arguments": ""},
    "output_text": {"text": "", "annotations": []},
    "refusal": {"refusal": ""},
    "reasoning_text": {"text": ""},
    "summary_text": {"text": ""},
}
"""What an item or part says of its content when it is announced: nothing yet."""

CLOSED_AT_ONCE: Final = frozenset({"shell_call_output", "program_output"})
"""Items that are announced with a settled status: nothing is waited for."""
