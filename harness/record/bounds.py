"""Values that may be of any size and kind, made plain and small enough to be kept and shown.

A text above its bound is cut by bytes at a character boundary, and its length and SHA-256 are kept: so two long
values can still be told apart, and nobody takes a part for the whole. In place of a value stands then
`{"$cut": <its beginning>, "bytes": …, "sha256": …}`; a value whose JSON is short enough stays as it is. What JSON
cannot hold is spelled: bytes as text or `{"$base64": …}`, a missing value as `{"$missing": true}`.
"""

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any, Final

from harness.pointer import MISSING
from harness.record.fields import as_object

VALUE: Final = 4096
"""Bytes that an expected or actual value, a message or a line of YAML may have."""

SAID: Final = 65536
"""Bytes that what was asked or said in one turn may have; the whole stands in the exchanges."""

PIECE: Final = 8192
"""Bytes that one text inside of what was said may have, where the whole is too long."""

DEPTH: Final = 80
"""Levels of nesting that are kept; strict JSON of the wire has fewer."""


def cut_bytes(data: bytes, limit: int) -> str:
    """The first characters of UTF-8 (lone surrogates let through) that fit into `limit` bytes."""
    end = min(limit, len(data))
    while 0 < end < len(data) and data[end] & 0xC0 == 0x80:
        end -= 1
    return data[:end].decode("utf-8", "surrogatepass")


def cut_text(text: str, limit: int = VALUE) -> str:
    """A text for people: whole, or its beginning with its length and hash said behind it."""
    if len(text) * 4 <= limit:
        return text
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= limit:
        return text
    digest = hashlib.sha256(data).hexdigest()
    return f"{cut_bytes(data, limit)} … (cut: {len(data)} bytes, sha256 {digest})"


def cut(data: bytes, limit: int) -> dict[str, Any]:
    """What stands in place of a value that is too long."""
    return {"$cut": cut_bytes(data, limit), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def plain(value: object, depth: int = DEPTH) -> Any:
    """Any value as JSON can hold it; never raises and never shares a part with what came in."""
    match value:
        case None | bool() | str():
            return str(value) if isinstance(value, str) else value
        case int():
            return int(value) if value.bit_length() <= 4096 else hex(value)
        case float():
            return value if math.isfinite(value) else repr(value)
        case bytes() | bytearray() | memoryview():
            return _bytes(bytes(value))
        case _ if value is MISSING:
            return {"$missing": True}
        case _ if depth <= 0:
            return "…"
        case Mapping():
            return {str(key): plain(inner, depth - 1) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner, depth - 1) for inner in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {name: plain(inner, depth - 1) for name, inner in as_object(value).items()}
        case set() | frozenset():
            return sorted((plain(inner, depth - 1) for inner in value), key=repr)
    try:
        return repr(value)
    except Exception:  # a value's own repr may do anything, and a record must be written all the same
        return f"<{type(value).__name__}>"


def _bytes(data: bytes) -> Any:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"$base64": base64.b64encode(data).decode()}


def bounded(value: object, limit: int = VALUE) -> Any:
    """A value as it is kept: plain, and cut where it is longer than `limit` bytes."""
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
        return str(value) if len(data) <= limit else cut(data, limit)
    whole = plain(value)
    if isinstance(whole, str):
        return bounded(whole, limit)
    data = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return whole if len(data) <= limit else cut(data, limit)


def shortened(value: object, limit: int = SAID, piece: int = PIECE) -> Any:
    """What was asked or said, as it is kept: whole where it fits; else its long texts cut; else its beginning."""
    whole = plain(value)
    if len(json.dumps(whole)) <= limit:
        return whole
    return bounded(_texts_cut(whole, piece), limit)


def _texts_cut(value: Any, limit: int) -> Any:
    match value:
        case str():
            return bounded(value, limit)
        case dict():
            return {key: _texts_cut(inner, limit) for key, inner in value.items()}
        case list():
            return [_texts_cut(inner, limit) for inner in value]
    return value
