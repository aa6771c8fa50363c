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
    """A turn's action. `creates` says that a response comes of it, `names_turn` that its argument is a turn's id."""

    creates: bool = False
    names_turn: bool = False
    needs_storage: bool = False


ACTIONS: Final[Mapping[str, Action]] = {
    "user": Action("creates a response from a user message", creates=True),
    "input": Action("creates a response from verbatim input items", creates=True),
    "retrieve": Action("reads an earlier turn's stored response", names_turn=True, needs_storage=True),
    "approve": Action("answers the pending MCP approval requests", built=False, creates=True),
    "compact": Action("compacts the conversation so far and goes on from there", built=False),
    "delete": Action("deletes an earlier turn's stored response", built=False, names_turn=True, needs_storage=True),
    "cancel": Action("cancels an earlier turn's background response", built=False, names_turn=True, needs_storage=True),
    "input_items": Action("lists the input items of an earlier turn", built=False, names_turn=True, needs_storage=True),
    "resume": Action("resumes an earlier turn's background stream", built=False, needs_storage=True),
    "count_tokens": Action("counts the input tokens of what would be sent", built=False),
    "upload": Action("uploads a file", built=False),
    "delete_file": Action("deletes an uploaded file", built=False),
    "call": Action("calls any other operation below the target's base path", built=False),
    "wait": Action("does nothing for a while", built=False),
}

DELIVERIES: Final[Mapping[str, Word]] = {
    "plain": Word("as one JSON response"),
    "stream": Word("with `stream: true`"),
    "background": Word("with `background: true`, polled to a terminal status", built=False),
    "background_stream": Word("background and streamed", built=False),
    "resumed": Word("background and streamed, cut half-way and resumed", built=False),
}

STATES: Final[Mapping[str, Word]] = {
    "chained": Word("`previous_response_id`"),
    "manual": Word("the input array with all output items appended"),
    "stateless": Word("the same with `store: false` and encrypted reasoning"),
    "compacted": Word("`/responses/compact` between turns, then the compacted window", built=False),
    "compacted_chained": Word("`/responses/compact` by `previous_response_id`", built=False),
    "conversation": Word("a conversation object", built=False),
    "auto_compacted": Word("`context_management` with a `compact_threshold`", built=False),
}

CLIENTS: Final[Mapping[str, Word]] = {
    "wire": Word("the harness itself, raw"),
    "openai": Word("the installed official package, tapped beneath", built=False),
}

MODES: Final[Mapping[str, Mapping[str, Word]]] = {"delivery": DELIVERIES, "state": STATES, "client": CLIENTS}

WITHOUT_STREAM: Final = frozenset({"plain", "background"})
"""Deliveries in which nothing is streamed, so that nothing of a stream can be expected."""
WITHOUT_STORAGE: Final = frozenset({"stateless"})
"""States in which the service keeps no response, so that none can be read, deleted or cancelled later."""


def built(words: Mapping[str, Word]) -> list[str]:
    """The words that this version runs."""
    return [name for name, word in words.items() if word.built]
