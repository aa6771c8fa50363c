"""Events → the bytes of an event stream, quickly: a frame is `event:`, `data:` and a blank line.

Deltas are most of a stream and differ in a few fields, so they are spelled directly; everything else goes through
one JSON encoder, and the snapshot that two neighbouring events share is spelled once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, Final

from pydantic_core import to_json

from harness.mock.writing import Event

encode_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Any JSON value → compact text, as the service spells it."""

TEXT_DELTA: Final = "response.output_text.delta"
TEXT_DELTA_HEAD: Final = f'event: {TEXT_DELTA}\ndata: {{"type":"{TEXT_DELTA}","sequence_number":'
TEXT_DELTA_KEYS: Final = (
    "type",
    "sequence_number",
    "item_id",
    "output_index",
    "content_index",
    "delta",
    "logprobs",
    "obfuscation",
)


def spell(value: object) -> bytes:
    """Any JSON value → its bytes, by the fastest writer at hand; what that one cannot write goes the plain way."""
    try:
        return to_json(value)
    except ValueError:  # a lone surrogate, for one
        return to_bytes(encode_json(value))


def to_bytes(text: str) -> bytes:
    """UTF-8; a lone surrogate, which UTF-8 cannot carry, goes out as its JSON escape."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text).encode()


def frame(event: Mapping[str, Any]) -> bytes:
    """One event as it stands on the wire; one without a usable `type` has no `event:` line."""
    kind = event.get("type")
    name = f"event: {kind}\n" if isinstance(kind, str) else ""
    return to_bytes(name) + b"data: " + spell(event) + b"\n\n"


def frames(events: Iterable[Event]) -> list[bytes]:
    """Every event as its own bytes."""
    spelled: list[bytes] = []
    snapshot: tuple[object, bytes] = (None, b"")
    place: tuple[object, object, object, str] = (None, None, None, "")
    for event in events:
        if is_plain_text_delta(event):
            item, output, content = event["item_id"], event["output_index"], event["content_index"]
            if place[0] is not item or place[1] is not output or place[2] is not content:
                where = f'{{"item_id":{encode_json(item)},"output_index":{encode_json(output)},'
                place = (item, output, content, where[1:] + f'"content_index":{encode_json(content)},"delta":')
            spelled.append(
                to_bytes(
                    f"{TEXT_DELTA_HEAD}{event['sequence_number']},{place[3]}{encode_basestring(event['delta'])},"
                    f'"logprobs":[],"obfuscation":{encode_basestring(event["obfuscation"])}}}\n\n'
                )
            )
        elif len(event) == 3 and "response" in event and isinstance(event.get("type"), str):
            if event["response"] is not snapshot[0]:
                snapshot = (event["response"], spell(event["response"]))
            kind, number = event["type"], encode_json(event.get("sequence_number"))
            head = f'event: {kind}\ndata: {{"type":"{kind}","sequence_number":{number}'
            spelled.append(to_bytes(head) + b',"response":' + snapshot[1] + b"}\n\n")
        else:
            spelled.append(frame(event))
    return spelled


def is_plain_text_delta(event: Event) -> bool:
    """Whether the event is exactly what `Writer.deltas` makes of a text, and not what a defect made of it."""
    return (
        event.get("type") == TEXT_DELTA
        and tuple(event) == TEXT_DELTA_KEYS
        and type(event["sequence_number"]) is int
        and type(event["delta"]) is str
        and type(event["obfuscation"]) is str
        and event["logprobs"] == []
    )


CHUNK: Final = 16_384


def chunks(spelled: Sequence[bytes]) -> list[bytes]:
    """Frames that are ready together share a chunk; the first two go ahead, so that a reader starts early."""
    grouped = [b"".join(spelled[:2])] if spelled else []
    group: list[bytes] = []
    size = 0
    for piece in spelled[2:]:
        group.append(piece)
        size += len(piece)
        if size >= CHUNK:
            grouped.append(b"".join(group))
            group, size = [], 0
    if group:
        grouped.append(b"".join(group))
    return grouped
