"""The names of turn actions and modes, with a line each; which of them this version runs; what excludes what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the language: its line in schema and docs, and whether this version runs it."""

    about: str
    built: bool = True


@dataclass(frozen=True, slots=True)
class Action(Word):
    """A turn's action.

    `creates` says that a new response comes of it, `shows` that an earlier one does; `names_turn` that its argument
    is a turn's id.
    """

    creates: bool = False
    shows: bool = False
    names_turn: bool = False
    needs_storage: bool = False

    @property
    def answers(self) -> bool:
        """Whether what comes back is a response, so that what the scenario expects of every turn holds for it."""
        return self.creates or self.shows


ACTIONS: Final[Mapping[str, Action]] = {
    "user": Action("creates a response from a user message", creates=True),
    "input": Action("creates a response from verbatim input items", creates=True),
    "retrieve": Action("reads an earlier turn's stored response", shows=True, names_turn=True, needs_storage=True),
    "approve": Action("answers the pending MCP approval requests", creates=True),
    "compact": Action("compacts the conversation so far and goes on from there"),
    "delete": Action("deletes an earlier turn's stored response", names_turn=True, needs_storage=True),
    "cancel": Action("cancels an earlier turn's background response", shows=True, names_turn=True, needs_storage=True),
    "input_items": Action("lists the input items of an earlier turn", names_turn=True, needs_storage=True),
    "resume": Action("resumes an earlier turn's background stream", shows=True, needs_storage=True),
    "count_tokens": Action("counts the input tokens of what would be sent"),
    "upload": Action("uploads a file"),
    "delete_file": Action("deletes an uploaded file"),
    "call": Action("calls any other operation below the target's base path"),
    "wait": Action("does nothing for a while"),
}

DELIVERIES: Final[Mapping[str, Word]] = {
    "plain": Word("as one JSON response"),
    "stream": Word("with `stream: true`"),
    "background": Word("with `background: true`, polled to a terminal status"),
    "background_stream": Word("background and streamed"),
    "resumed": Word("background and streamed, cut half-way and resumed"),
}

STATES: Final[Mapping[str, Word]] = {
    "chained": Word("`previous_response_id`"),
    "manual": Word("the input array with all output items appended"),
    "stateless": Word("the same with `store: false` and encrypted reasoning"),
    "compacted": Word("`/responses/compact` between turns, then the compacted window"),
    "compacted_chained": Word("`/responses/compact` by `previous_response_id`"),
    "conversation": Word("a conversation object"),
    "auto_compacted": Word("`context_management` with the `compact_threshold` given beside it"),
}

CLIENTS: Final[Mapping[str, Word]] = {
    "wire": Word("the harness itself, raw"),
    "openai": Word("the installed official package, tapped beneath"),
}

MODES: Final[Mapping[str, Mapping[str, Word]]] = {"delivery": DELIVERIES, "state": STATES, "client": CLIENTS}

WITHOUT_STREAM: Final = frozenset({"plain", "background"})
"""Deliveries in which nothing is streamed, so that nothing of a stream can be expected."""
WITH_BACKGROUND_STREAM: Final = frozenset({"background_stream", "resumed"})
"""Deliveries in which there is a stream that can be read again from somewhere on."""
WITHOUT_STORAGE: Final = frozenset({"stateless"})
"""States in which the service keeps no response, so that none can be read, deleted or cancelled later."""
STORED: Final = frozenset({"background", "background_stream", "resumed"})
"""Deliveries for which the service has to keep the response."""
IN_ONE_LINE: Final = frozenset({"conversation"})
"""States in which a conversation cannot branch, nor begin anew from a window."""
MODE_NEEDS: Final[Mapping[str, str]] = {
    "stream": "streaming",
    "background": "background",
    "background_stream": "background",
    "resumed": "resume",
    "chained": "chaining",
    "manual": "manual_chaining",
    "compacted": "compaction",
    "compacted_chained": "compaction",
    "auto_compacted": "server_compaction",
    "conversation": "conversations",
}
"""The feature of the catalogue that a delivery or state needs, where it needs one."""


def built(words: Mapping[str, Word]) -> list[str]:
    """The words that this version runs."""
    return [name for name, word in words.items() if word.built]
