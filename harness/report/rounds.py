"""What passed between the first question of a turn and its last answer.

Calls of tools and the results sent back, what a compaction replaced, and pictures whose text the line of a case cuts.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from harness.record.bounds import shortened
from harness.wire.sse import Frame

LONGEST: Final = 8192
"""Bytes of the calls, of the results, or of one side of a compaction, of one exchange that are shown."""
PIECE: Final = 512
"""Bytes of one text in a compaction that are shown where it is too long."""
PICTURE: Final = 2_000_000
"""Characters of base64 that a picture may have to be drawn."""


def passed_between(request: bytes, body: bytes, frames: Sequence[Frame]) -> dict[str, Any]:
    """`calls` of the answer and `results` of the request, as far as there are any; nothing of what is no JSON."""
    asked = _object(request).get("input")
    output = answered(body, frames)
    found = {"calls": _of_kind(output, "_call"), "results": _of_kind(asked, "_call_output")}
    return {name: shortened(items, LONGEST) for name, items in found.items() if items}


def answered(body: bytes, frames: Sequence[Frame]) -> list[Any]:
    """The output items of a reply, of a stream those of its last event; none where it is no JSON."""
    last = next((frame.data for frame in reversed(frames) if frame.data), b"") if frames else body
    told = _object(last)
    response = told.get("response", told)
    output = response.get("output") if isinstance(response, dict) else None
    return output if isinstance(output, list) else []


def compacted(request: bytes, body: bytes) -> dict[str, Any]:
    """What a request for a compaction replaced (items, or the response whose conversation it names), and by what."""
    asked = _object(request)
    given = asked.get("input")
    items = given if isinstance(given, list) else [] if given is None else [given]
    return {
        "after": asked.get("previous_response_id"),
        "from": shortened(items, LONGEST, PIECE),
        "items": len(items),
        "into": shortened(answered(body, ()), LONGEST, PIECE),
    }


def pictures(body: bytes, frames: Sequence[Frame], most: int) -> dict[str, str]:
    """Pictures that were drawn, in base64 by the id of their item, as far as `most` characters go."""
    found: dict[str, str] = {}
    for item in answered(body, frames):
        match item:
            case {"type": "image_generation_call", "id": str(id_), "result": str(coded)} if len(coded) <= min(
                most, PICTURE
            ):
                found[id_] = coded
                most -= len(coded)
    return found


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
