"""Images as bytes: of which type they are, and whether they are whole. Nothing is decoded, so nothing can blow up."""

import base64
import binascii
import re
from typing import Final

SHORTENED: Final = "[shortened"
"""Recordings leave out the middle of long base64 runs; of those nothing is said."""

_BEGINS: Final = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"BM", "bmp"))
_DATA_URI: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+)?[^,]{0,80};base64,")


def unpacked(encoded: str) -> bytes | None:
    """The bytes behind a text of base64, bare or as a data URI; None where it is neither."""
    begins = _DATA_URI.match(encoded)
    try:
        return base64.b64decode(encoded[begins.end() if begins else 0 :], validate=True)
    except (binascii.Error, ValueError):
        return None


def type_of(data: bytes) -> str | None:
    """png, jpeg, gif, webp, bmp, tiff, svg or html by the first bytes; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:4] in (b"II*\x00", b"MM\x00*"):
        return "tiff"
    head = data[:256].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml")):
        return "svg"
    if head.startswith((b"<!doctype", b"<html")):
        return "html"
    return next((name for begin, name in _BEGINS if data.startswith(begin)), None)


def whole(data: bytes) -> bool:
    """Whether an image has the end that its type asks for."""
    match type_of(data):
        case "png":
            return data[-12:] == b"\x00\x00\x00\x00IEND\xaeB`\x82"
        case "jpeg":
            return data.rstrip(b"\x00")[-2:] == b"\xff\xd9"
        case "webp":
            return len(data) >= 8 + int.from_bytes(data[4:8], "little")
        case "gif":
            return data[-1:] == b";"
        case _:
            return True


def animated(data: bytes) -> bool:
    """Whether a GIF has several pictures: it says so by a loop, or by several delays."""
    return type_of(data) == "gif" and (b"NETSCAPE2.0" in data or data.count(b"\x21\xf9\x04") > 1)
