"""A finding pinned to the bytes that show it."""

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

from harness.record.lines import FindingLine
from harness.report.spans import span
from harness.wire.sse import Frame

_FIELD: Final = b"data:"
_DECODE: Final = json.JSONDecoder().raw_decode  # of short events `json.loads` spends most of its time elsewhere


class Pin(NamedTuple):
    """Bytes `[start, end)` of a reply's body; `about` says what they are: the value, what is around it, or an event."""

    start: int
    end: int
    about: str


def pin(finding: FindingLine, body: bytes, frames: Sequence[Frame]) -> Pin:
    """The bytes that a finding is about: its value where its pointer leads to one, else its event, byte or body.

    `frames` are those of a streamed body, none of another.
    """
    if finding.event is not None and finding.event < len(frames):
        frame = frames[finding.event]
        inside = _in_frame(body, frame, (finding.pointer,)) if finding.pointer else None
        return inside or Pin(frame.offset, frame.end, "event")
    if finding.offset is not None and 0 <= finding.offset < len(body):
        return Pin(finding.offset, finding.offset + 1, "byte")
    if frames:
        return _in_stream(finding.pointer, body, frames)
    return _in_text(body, 0, len(body), (finding.pointer,)) or Pin(0, len(body), "body")


def _in_stream(pointer: str, body: bytes, frames: Sequence[Frame]) -> Pin:
    """In the response as the stream last told it, or in its last event."""
    told = [frame for frame in frames if frame.data is not None and frame.data.strip() != b"[DONE]"]
    last = told[-1] if told else frames[-1]
    found = _in_frame(body, last, (f"/response{pointer}", pointer))
    return found or Pin(last.offset, last.end, "event")


def _in_frame(body: bytes, frame: Frame, pointers: Sequence[str]) -> Pin | None:
    if frame.data is None:
        return None
    start = body.find(frame.data, body.find(_FIELD, frame.offset, frame.end), frame.end)
    if start < 0:  # its data stand in several lines
        return None
    return _in_text(body, start, start + len(frame.data), pointers)


def _in_text(body: bytes, start: int, end: int, pointers: Sequence[str]) -> Pin | None:
    """The first pointer's value that is there in full; else the nearest of what is around."""
    try:
        text = body[start:end].decode()
    except UnicodeDecodeError:
        return None
    if not text.startswith(("{", "[", " ", "\n", "\r", "\t", '"')):
        return None
    spans = [found for pointer in pointers if (found := span(text, pointer)) is not None]
    if not spans:
        return None
    best = next((found for found in spans if found.whole), spans[0])
    before = start + len(text[: best.start].encode())
    size = len(text[best.start : best.end].encode())
    return Pin(before, before + size, "value" if best.whole else "around")


def lane(data: bytes | None) -> tuple[str, int | None, int | None, str | None]:
    """An event's type, its output item, its number and the item's type, as far as it tells them."""
    try:
        text = (data or b"").decode().strip()
        event, end = _DECODE(text)
    except (ValueError, RecursionError):
        return "", None, None, None
    if end < len(text):
        return "", None, None, None
    if not isinstance(event, dict):
        return "", None, None, None
    type_, item, number = event.get("type"), event.get("output_index"), event.get("sequence_number")
    whole = event.get("item")
    kind = whole.get("type") if isinstance(whole, dict) else None
    return (
        type_ if isinstance(type_, str) else "",
        item if type(item) is int else None,
        number if type(number) is int else None,
        kind if isinstance(kind, str) else None,
    )
