"""`tamper:`: the ways in which a request is broken on purpose, so that a refusal can be demanded."""

from collections.abc import Mapping
from typing import Final

from harness.scenario.actions import ACTIONS, Word

TAMPERS: Final[Mapping[str, Mapping[str, Word]]] = {
    "drop": {"reasoning": Word("leaves out the reasoning items that are carried by hand")},
    "flip": {"encrypted_content": Word("changes one character of the newest encrypted content")},
    "reorder": {"tool_outputs": Word("sends the outputs of tools in reverse order")},
    "use_id": {"unknown": Word("names a response that there is not")},
    "auth": {"none": Word("sends no credential"), "garbage": Word("sends a credential that is none")},
    "deployment": {"unknown": Word("names a deployment that there is not")},
}
"""What can be broken, and how."""

IN_INPUT: Final = frozenset({"drop", "flip"})
"""These break the input items that a state carries by hand."""
WITH_MODEL: Final = frozenset({"compact", "count_tokens"})
"""Actions beside those that create a response whose request names a deployment and carries the past."""
BY_HAND: Final = frozenset({"manual", "stateless", "auto_compacted"})
"""States in which earlier items are part of the next input."""
BY_ID: Final = frozenset({"chained", "compacted_chained"})
"""States in which the earlier response is named by its id."""


def action_mistake(what: str, action: str) -> str | None:
    """Why a turn of this action cannot be broken so; None where it can."""
    word = ACTIONS[action]
    carries = word.creates or action in WITH_MODEL
    if what == "auth":
        return f"`{action}` sends nothing" if action == "wait" else None
    if what == "use_id" and (word.names_turn or action == "resume"):
        return None
    if carries:
        return None
    return f"`{what}` breaks a request that creates a response, and `{action}` creates none"


def state_reason(what: str, action: str, state: str) -> str | None:
    """Why there is nothing to break in a state; None where there is."""
    if what in IN_INPUT and state not in BY_HAND:
        return f"`tamper: {{{what}: …}}` breaks items that are carried by hand, and with state `{state}` none are"
    if what == "use_id" and ACTIONS[action].creates and state not in BY_ID:
        return f"`tamper: {{use_id: …}}` breaks the id of the turn before, and with state `{state}` none is sent"
    return None
