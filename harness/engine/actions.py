"""Turn actions: what a turn asks of the API. One function each; pure.

A turn either creates a response from new input items, or makes one request about an earlier turn's response.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from harness.engine.delivery import get
from harness.scenario.model import Turn
from harness.wire.exchange import Headers, Request


def user(argument: Any) -> list[Any]:
    """The input items of a user message."""
    return [{"type": "message", "role": "user", "content": argument}]


def items(argument: Any) -> list[Any]:
    """Verbatim input items."""
    return list(argument)


CREATES: Final[Mapping[str, Callable[[Any], list[Any]]]] = {"user": user, "input": items}
"""Actions that create a response: what stands behind the action → the new input items."""


def retrieve(base: str, turn: Turn, response_id: str, headers: Headers) -> Request:
    """Reads a stored response."""
    return get(f"{base}responses/{quote(response_id, safe='')}", headers)


ABOUT: Final[Mapping[str, Callable[[str, Turn, str, Headers], Request]]] = {"retrieve": retrieve}
"""Actions about an earlier turn's response: base address, turn, response id, headers → request."""
