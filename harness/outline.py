"""What a case came to, without its words: what the modes of one scenario are compared by."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.reply import Reply

OWN_TO_A_MODE: Final = frozenset({"reasoning", "compaction", "mcp_list_tools"})
"""Items that a way to carry state brings or spares: they say nothing of what was answered."""


@dataclass(frozen=True, slots=True)
class TurnOutline:
    """One turn: how it ended, what kinds of items it said, which tools it called with which arguments' names.

    `kinds` are item types, those of a message with the types of its parts. `fields` are the fields of the answer
    where a schema was demanded, as paths. `recalled` says of each fact that was planted and asked for whether it came
    back. `chosen` says that the model was free to call a tool or not. `input_tokens`
    are those of the turn's first request.
    """

    id: str
    status: str
    kinds: frozenset[str] = frozenset()
    calls: frozenset[tuple[str, tuple[str, ...]]] = frozenset()
    fields: frozenset[str] | None = None
    input_tokens: int | None = None
    chosen: bool = False
    recalled: tuple[bool, ...] = ()

    @classmethod
    def of(
        cls,
        turn: str,
        rounds: Sequence[Reply],
        final: Reply,
        sent: Mapping[str, Any] | None,
        wanted: Sequence[str] = (),
    ) -> "TurnOutline":
        """The outline of a turn from the replies that ended its rounds.

        `sent` is the body of its create, `wanted` are facts that it must bring back.
        """
        items = [item for reply in rounds or (final,) for item in reply.output]
        first = (rounds or (final,))[0]
        counted = (first.usage or {}).get("input_tokens")
        return cls(
            turn,
            _ended(final),
            frozenset(kind for item in items if (kind := _kind(item)) is not None),
            frozenset(_calls(items)),
            _fields(final),
            counted if type(counted) is int else None,
            bool((sent or {}).get("tools")) and (sent or {}).get("tool_choice", "auto") == "auto",
            tuple(value in final.text for value in wanted),
        )

    def plain(self) -> dict[str, Any]:
        """The outline as JSON can hold it."""
        return {
            "id": self.id,
            "status": self.status,
            "kinds": sorted(self.kinds),
            "calls": sorted([name, list(arguments)] for name, arguments in self.calls),
            "fields": None if self.fields is None else sorted(self.fields),
            "input_tokens": self.input_tokens,
            "chosen": self.chosen,
            "recalled": list(self.recalled),
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "TurnOutline":
        """The outline of which `plain` made this.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        return cls(
            kept["id"],
            kept["status"],
            frozenset(kept["kinds"]),
            frozenset((name, tuple(arguments)) for name, arguments in kept["calls"]),
            None if kept["fields"] is None else frozenset(kept["fields"]),
            kept["input_tokens"],
            kept["chosen"],
            tuple(kept["recalled"]),
        )


@dataclass(frozen=True, slots=True)
class Outline:
    """A case: its mode and its turns that created a response, in order."""

    mode: Mapping[str, str]
    turns: tuple[TurnOutline, ...]

    def plain(self) -> dict[str, Any]:
        """The outline as JSON can hold it."""
        return {"mode": dict(self.mode), "turns": [turn.plain() for turn in self.turns]}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Outline":
        """The outline of which `plain` made this.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        return cls(dict(kept["mode"]), tuple(TurnOutline.read(turn) for turn in kept["turns"]))


def _ended(final: Reply) -> str:
    if final.response is None and final.error is not None:
        return f"refused with {final.error['status']}"
    return final.status or "without a status"


def _kind(item: Mapping[str, Any]) -> str | None:
    type_ = item.get("type")
    if not isinstance(type_, str) or type_ in OWN_TO_A_MODE:
        return None
    if type_ != "message" or not isinstance(item.get("content"), list):
        return type_
    parts = {str(part.get("type")) for part in item["content"] if isinstance(part, dict)}
    return f"message of {', '.join(sorted(parts))}"


def _calls(items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for item in items:
        if item.get("type") in ("function_call", "mcp_call"):
            arguments = _json(item.get("arguments"))
            yield str(item.get("name")), tuple(sorted(arguments)) if isinstance(arguments, dict) else ()


def _fields(final: Reply) -> frozenset[str] | None:
    """The fields of an answer for which a schema was demanded, below lists too; None where none was."""
    text = (final.response or {}).get("text")
    form = text.get("format") if isinstance(text, dict) else None
    if not isinstance(form, dict) or form.get("type") != "json_schema" or final.status != "completed":
        return None
    return frozenset(_paths(_json(final.text), ""))


def _paths(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield f"{at}/{name}"
            yield from _paths(each, f"{at}/{name}")
    elif isinstance(value, list):
        for each in value:
            yield from _paths(each, f"{at}/-")


def _json(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
