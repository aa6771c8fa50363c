"""What the simulated model sees, and what it answers with."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from harness.mock.attached import Attached
from harness.mock.offered import Model

JSON = dict[str, Any]

READ: Final = 4_000
"""Characters of a prompt that are read for what is asked; facts are read from all of it."""

THINKING: Final = {"low": 1, "medium": 2, "high": 4, "xhigh": 8, "max": 16}
"""How much more thinking an effort means."""


@dataclass(slots=True)
class Draft:
    """What the model wants to say: items in order, and what it keeps in mind.

    Besides items as the API has them, `{"type": "text", "text": …}` stands for a message. `state` goes into the
    reasoning item, where there is one; `steps` is how much thinking it took.
    """

    items: list[JSON] = field(default_factory=list)
    state: JSON = field(default_factory=dict)
    summary: str | None = None
    steps: int = 1

    @classmethod
    def saying(cls, text: str) -> "Draft":
        """A draft of one message."""
        return cls([{"type": "text", "text": text}])

    def thinking(self, effort: str | None) -> int:
        """Tokens of thinking at this effort."""
        return 8 * self.steps * THINKING.get(effort or "", 0)


T = TypeVar("T")


class kept(Generic[T]):
    """A property that is worked out once; without the lock that `functools.cached_property` takes up to Python 3.11."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        self.work = work
        self.__doc__ = work.__doc__

    def __get__(self, owner: object, kind: type | None = None) -> T:
        value = owner.__dict__[self.work.__name__] = self.work(owner)
        return value


@dataclass(frozen=True)
class Context:
    """All that the model may know: the items in its window, what this call asks for, what it remembers thinking.

    `items` are input and output items, oldest first; `request` is the body of the call; `instructions` those of
    this call; `states` what its reasoning items hold, oldest first; `random` the dice, loaded by the seed.
    """

    items: Sequence[JSON]
    request: Mapping[str, Any]
    model: Model
    instructions: str | None
    states: Sequence[JSON]
    random: random.Random

    @kept
    def memory(self) -> JSON:
        """What it remembers of its thoughts, newer ones over older ones."""
        memory: JSON = {}
        for state in self.states:
            if isinstance(state, dict):
                memory.update(state)
        return memory

    @kept
    def prompt(self) -> str:
        """The text of the last user message; of a very long one the beginning and the end, where the asking is."""
        for item in reversed(self.items):
            if item.get("type") == "message" and item.get("role") == "user":
                text = text_of(item)
                return text if len(text) <= READ else f"{text[: READ // 2]}\n{text[-READ // 2 :]}"
        return ""

    @kept
    def asked_at(self) -> int:
        """Where the last user message stands among the items; -1 without one."""
        for at in range(len(self.items) - 1, -1, -1):
            if self.items[at].get("type") == "message" and self.items[at].get("role") == "user":
                return at
        return -1

    @kept
    def told(self) -> list[str]:
        """Every text in context, oldest first, the instructions of this call before all."""
        texts = [self.instructions] if self.instructions else []
        texts += [text_of(item) for item in self.items if item.get("type") == "message"]
        return [text for text in texts if text]

    @kept
    def shown(self) -> list[Attached]:
        """Every picture and document in sight, oldest first."""
        return [part for item in self.items for part in parts_of(item) if isinstance(part, Attached)]

    @kept
    def orders(self) -> list[str]:
        """Texts that bind every answer: the instructions of this call, system and developer messages."""
        texts = [self.instructions] if self.instructions else []
        texts += [text_of(item) for item in self.items if item.get("role") in ("system", "developer")]
        return [text for text in texts if text]

    @property
    def since_asked(self) -> Sequence[JSON]:
        """The items after the last user message: calls and their outputs, mostly."""
        return self.items[self.asked_at + 1 :]


def parts_of(item: Mapping[str, Any]) -> Sequence[Any]:
    """The content parts of a message, or those that a tool returned."""
    content = item.get("content") or item.get("output")
    return content if isinstance(content, list) else ()


def text_of(item: Mapping[str, Any]) -> str:
    """The text of a message, of all its parts."""
    content = item.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]) for part in parts if isinstance(part, dict) and "text" in part)
