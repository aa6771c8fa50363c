"""What passed between the first question of a turn and its last answer: calls of tools, and the results sent back."""

import json
from collections.abc import Sequence
from typing import Any, Final

from harness.record.bounds import shortened
from harness.wire.sse import Frame

LONGEST: Final = 8192
"""Bytes of the calls, or of the results, of one exchange that are shown."""


def passed_between(request: bytes, body: bytes, frames: Sequence[Frame]) -> dict[str, Any]:
    """`calls` of the answer and `results` of the request, as far as there are any; nothing of what is no JSON."""
    asked = _object(request).get("input")
    told = _object(next((frame.data for frame in reversed(frames) if frame.data), b"")) if frames else _object(body)
    response = told.get("response", told)
    output = response.get("output") if isinstance(response, dict) else None
    found = {"calls": _of_kind(output, "_call"), "results": _of_kind(asked, "_call_output")}
    return {name: shortened(items, LONGEST) for name, items in found.items() if items}


def _of_kind(items: Any, ending: str) -> list[Any]:
    """The items whose type ends so and which belong to a call."""
    if not isinstance(items, list):
        return []
    return [
        item
        for item in items
        if isinstance(item, dict) and str(item.get("type")).endswith(ending) and isinstance(item.get("call_id"), str)
    ]


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
