"""Turn actions: what a turn does. One async function each, in the file of what it is about.

Each takes the course of the case, the turn, and what stands behind the action with its variables put in.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from harness.engine.turns import calling, compacting, creating, stored, uploading
from harness.engine.turns.course import Course, Took
from harness.scenario.model import Turn

Action = Callable[[Course, Turn, Any], Awaitable[Took]]
"""Takes a turn. Raises `CannotGoOn` where the harness or its input is at fault."""

ACTIONS: Final[Mapping[str, Action]] = {
    "user": creating.user,
    "input": creating.items,
    "approve": creating.approve,
    "compact": compacting.compact,
    "count_tokens": compacting.count_tokens,
    "retrieve": stored.retrieve,
    "delete": stored.delete,
    "cancel": stored.cancel,
    "input_items": stored.input_items,
    "resume": stored.resume,
    "upload": uploading.upload,
    "delete_file": uploading.delete_file,
    "call": calling.call,
    "wait": calling.wait,
}
"""Every action that this version runs."""
