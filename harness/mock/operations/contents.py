"""The bytes of what is attached: from a data URI, an uploaded file, or an address on this machine."""

import base64
import binascii
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from harness.mock import asked
from harness.mock.errands import Errand, FetchUrl, Undone
from harness.mock.errors import Refused, invalid
from harness.mock.operations import files
from harness.mock.rooms import Room
from harness.mock.ways import Ways

IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/jpg", "image/webp", "image/gif"})
PDF: Final = "application/pdf"
TEXTS: Final = frozenset({"application/json", "application/xml", "application/javascript", "application/x-sh"})
"""Media types of plain texts beside those that say so."""

TEXT_ENDINGS: Final = re.compile(
    r".+\.(?:txt|md|csv|json|ya?ml|xml|html?|css|js|ts|py|rb|sh|c|cs|cpp|java|php|tex)", re.IGNORECASE
)
"""File names that a plain text may have."""

FETCHED: Final = 50_000_001
"""Bytes that are fetched from an address: one more than too many is known to be too many."""

FOR_IMAGES: Final = frozenset({"vision", "assistants", "user_data"})
FOR_FILES: Final = frozenset({"assistants", "user_data"})
"""Purposes for which a file may have been uploaded to be looked at or read."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes and the field that they came from; `text` where they are a plain text."""

    raw: bytes
    path: str
    text: str | None = None


Brings = Generator[Errand, Any, Content]

SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "input_image": ("image_url", "file_id"),
    "input_file": ("file_data", "file_id", "file_url"),
}
"""Where a part may have it from: exactly one of these."""


def content_of(room: Room, part: Mapping[str, Any], path: str, ways: Ways) -> Brings:
    """The bytes of one attachment. Raises `Refused`."""
    kind = part["type"]
    given = [name for name in SOURCES[kind] if part.get(name) is not None]
    if not given:
        raise asked.missing(f"{path}.{SOURCES[kind][0]}")
    if len(given) > 1:
        message = f"Mutually exclusive parameters: '{path}.{given[0]}' and '{path}.{given[1]}'."
        raise invalid(message, path, "mutually_exclusive_parameters")
    name = given[0]
    here = f"{path}.{name}"
    asked.check_type(here, part[name], (str,))
    if name == "file_id":
        return uploaded(room, part[name], here, kind == "input_image")
    if name == "file_data":
        return in_data(part, path, here)
    if name == "image_url" and part[name].startswith("data:"):
        return Content(image_data(part[name], here, ways), here)
    raw = yield from fetched(part[name], here, kind == "input_image")
    return Content(raw, here) if kind == "input_image" else of_file(raw, PurePosixPath(part[name]).name, here)


def image_data(uri: str, path: str, ways: Ways) -> bytes:
    """The bytes of a data URI of an image. Raises `Refused`."""
    media, raw = data_uri(uri)
    if media not in IMAGES and ways.image_kinds == "checked":
        got = f"unsupported MIME type '{media[:80]}'" if media else "a value without one"
        message = (
            f"Invalid '{path}'. Expected a base64-encoded data URL with an image MIME type "
            f"(e.g. 'data:image/png;base64,…'), but got {got}."
        )
        raise invalid(message, path, "invalid_value")
    if raw is None:
        if ways.image_kinds == "any":
            return b""
        raise invalid("The base64 of the image cannot be decoded.", path, "invalid_base64_image")
    if not raw and ways.image_kinds == "checked":
        raise invalid("The image is empty.", path, "empty_image_file")
    return raw


def in_data(part: Mapping[str, Any], path: str, here: str) -> Content:
    """A file in a data URI: a PDF or a plain text, by its media type. Raises `Refused`."""
    if not isinstance(part.get("filename"), str):
        raise asked.missing(f"{path}.filename")
    media, raw = data_uri(part["file_data"])
    if raw is None or not is_file(media):
        got = f"unsupported MIME type '{media[:80]}'" if media else "a value without one"
        raise invalid(
            f"Invalid file data: '{here}'. Expected a base64-encoded data URL with a valid file MIME type "
            f"(e.g. 'data:application/pdf;base64,…'), but got {got if raw is not None else 'invalid base64'}.",
            here,
            "invalid_value",
        )
    return Content(raw, here) if media == PDF else Content(raw, here, raw.decode("utf-8", "replace"))


def is_file(media: str) -> bool:
    return media == PDF or media in TEXTS or media.startswith("text/")


def data_uri(uri: str) -> tuple[str, bytes | None]:
    """Media type in lower case (empty where it is no such URI), and the bytes; None where they are no base64."""
    head, comma, data = uri.partition(",")
    scheme, _, rest = head[:1_000].partition(":")
    media, *parameters = rest.lower().split(";")
    if scheme.lower() != "data" or not comma or "base64" not in parameters:
        return "", b""
    try:
        return media.strip(), base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return media.strip(), None


def uploaded(room: Room, file_id: str, path: str, image: bool) -> Content:
    """An uploaded file that was meant for this. Raises `Refused`."""
    try:
        file = files.find(room, file_id)
    except Refused:
        code = "image_file_not_found" if image else None
        raise invalid(f"No such File object: {file_id[:100]}", path, code) from None
    purpose = file.shown["purpose"]
    if purpose not in (FOR_IMAGES if image else FOR_FILES):
        message = f"Files with purpose '{purpose}' cannot be used as {'an image' if image else 'a file'} input."
        raise invalid(message, path, "invalid_value")
    return Content(file.content, path) if image else of_file(file.content, file.shown["filename"], path)


def of_file(raw: bytes, name: str, path: str) -> Content:
    """A file without a media type: a PDF by its bytes, a plain text by its name; else it is left to be no PDF."""
    if b"%PDF-" not in raw[:1024] and TEXT_ENDINGS.fullmatch(name):
        return Content(raw, path, raw.decode("utf-8", "replace"))
    return Content(raw, path)


def fetched(url: str, path: str, image: bool) -> Generator[Errand, Any, bytes]:
    """What an address gives. Raises `Refused` where it is elsewhere, or gives nothing."""
    try:
        got = yield FetchUrl(url, FETCHED)
    except Undone as undone:
        raise not_downloaded(path, undone.message, image) from undone
    if got.status != 200:
        raise not_downloaded(path, f"Upstream status code: {got.status}.", image)
    return bytes(got.content)


def not_downloaded(path: str, why: str, image: bool) -> Refused:
    return invalid(f"Error while downloading {path}. {why}", path, "failed_to_download_image" if image else None)
