"""What a room keeps of its responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]


@dataclass(slots=True)
class Stored:
    """A finished response as it was answered, and what it was made from.

    `input` holds the items that came with the request, with ids; `context` everything the model saw and said, from
    the first turn of the chain on: what a follow-up continues from. `parent` is the id that it was chained to.
    `shown` is what is read instead of the response, where a defect says so. A background response says `pending`
    times more that it is not finished, and is `open` to be cancelled until it has said that it is; `events` is its
    stream, where it had one. `states` is what the model remembers, by the item that stands for it.
    """

    response: JSON
    input: list[JSON]
    context: list[JSON]
    parent: str | None = None
    instructions: str | None = None
    streamed: bool = False
    shown: JSON | None = None
    pending: int = 0
    open: bool = False
    events: list[JSON] | None = None
    states: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Conversation:
    """A conversation: its public object, and all items said in it, oldest first."""

    shown: JSON
    items: list[JSON] = field(default_factory=list)


@dataclass(slots=True)
class File:
    """An uploaded file: its public object, and its bytes."""

    shown: JSON
    content: bytes


@dataclass(slots=True)
class Container:
    """Where code runs: its public object, when it was last used, its files by id, what its code left in memory."""

    shown: JSON
    used_at: float
    files: dict[str, File] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)

    @property
    def contents(self) -> dict[str, bytes]:
        """Its files by path."""
        return {file.shown["path"]: file.content for file in self.files.values()}


@dataclass(slots=True)
class Store:
    """Responses by id, and the items of stored responses by theirs; conversations, files and containers by id.

    `states` is what the model thought, by the id of the reasoning item that stands for it; `partners` says which
    reasoning item a function call must not come back without.
    """

    responses: dict[str, Stored] = field(default_factory=dict)
    deleted: dict[str, Stored] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    items: dict[str, JSON] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    partners: dict[str, str] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    containers: dict[str, Container] = field(default_factory=dict)

    def keep(self, stored: Stored, states: Mapping[str, Any]) -> None:
        """Stores a response with its items and thoughts."""
        self.responses[stored.response["id"]] = stored
        self.states.update(states)
        for item in (*stored.input, *stored.response["output"]):
            if isinstance(item.get("id"), str):
                self.items[item["id"]] = item

    def drop(self, response_id: str) -> None:
        """Forgets a response, and with it its items and thoughts; what continues from it has copies of its own."""
        stored = self.responses.pop(response_id)
        self.gone.add(response_id)
        for item in (*stored.input, *stored.response["output"]):
            for kept in (self.items, self.states, self.partners):
                kept.pop(str(item.get("id")), None)
