"""The resource `files`: upload, list, retrieve, read, delete."""

from collections.abc import Mapping
from typing import Final

from harness.mock import headers
from harness.mock.answers import Answer, of_json
from harness.mock.errors import invalid
from harness.mock.operations import multipart, paging
from harness.mock.operations.finding import standing_ways
from harness.mock.rooms import Room
from harness.mock.store import JSON, File

PURPOSES: Final = ("assistants", "batch", "fine-tune", "evals", "vision")
"""Purposes that an upload may have; `user_data` is documented as not supported."""

LARGEST: Final = 50_000_000
"""Bytes of a file: documented as less than 50 MB each."""

SHORTEST, LONGEST = 3_600, 2_592_000
"""Seconds after which a file may expire."""


def upload(room: Room, raw: bytes) -> Answer:
    """POST /files, multipart: `file`, `purpose`, `expires_after[…]`. Raises `Refused`."""
    fields = multipart.parts(raw)
    for name in ("purpose", "file"):
        if name not in fields:
            raise invalid(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    purpose, file = fields["purpose"].text, fields["file"]
    ways = standing_ways(room)
    accepted = (*PURPOSES, "user_data") if "user-data" in room.issues or ways.purposes == "any" else PURPOSES
    if purpose not in accepted:
        listed = ", ".join(f"'{name}'" for name in accepted)
        message = f"Invalid value: '{purpose[:64]}'. Supported values are: {listed}."
        raise invalid(message, "purpose", "invalid_value")
    if not file.content:
        raise invalid("The file is empty.", "file", "empty_file")
    if len(file.content) >= LARGEST and ways.file_limits == "kept":
        raise invalid(f"The file is too large: less than {LARGEST} bytes are accepted.", "file", "file_too_large")
    now = int(room.clock())
    kept = lifetime(fields)
    shown: JSON = {
        "object": "file",
        "id": room.ids.file(purpose),
        "purpose": purpose,
        "filename": file.filename or "file",
        "bytes": len(file.content),
        "created_at": now,
        "expires_at": None if kept is None else now + kept,
        "status": "processed",
        "status_details": None,
    }
    room.store.files[shown["id"]] = File(shown, file.content)
    return of_json(shown, headers.of_room(room))


def lifetime(fields: Mapping[str, multipart.Part]) -> int | None:
    """`expires_after`: seconds from the upload on; None where it is not asked for. Raises `Refused`."""
    anchor, seconds = fields.get("expires_after[anchor]"), fields.get("expires_after[seconds]")
    if anchor is None and seconds is None:
        return None
    if anchor is None or anchor.text != "created_at":
        raise invalid("Invalid value: only 'created_at' is supported.", "expires_after[anchor]", "invalid_value")
    if seconds is None or not seconds.text.isdecimal() or not SHORTEST <= int(seconds.text) <= LONGEST:
        message = f"Invalid 'expires_after[seconds]': expected an integer from {SHORTEST} to {LONGEST}."
        raise invalid(message, "expires_after[seconds]", "invalid_value")
    return int(seconds.text)


def alive(room: Room, file: File) -> bool:
    """Whether a file has not expired by the room's clock."""
    return file.shown["expires_at"] is None or room.clock() < file.shown["expires_at"]


def find(room: Room, file_id: str) -> File:
    """The file of that id. Raises `Refused`."""
    file = room.store.files.get(file_id)
    if file is None or not alive(room, file):
        raise invalid(f"No such File object: {file_id}", "id", status=404)
    return file


def listed(room: Room, query: Mapping[str, str]) -> Answer:
    """GET /files, newest first, of one purpose where that is asked for. Raises `Refused`."""
    purpose = query.get("purpose")
    files = [file.shown for file in room.store.files.values() if alive(room, file)]
    return of_json(
        paging.page([file for file in files if purpose in (None, file["purpose"])], query), headers.of_room(room)
    )


def retrieve(room: Room, file_id: str) -> Answer:
    """GET /files/{id}. Raises `Refused`."""
    return of_json(find(room, file_id).shown, headers.of_room(room))


def content(room: Room, file_id: str) -> Answer:
    """GET /files/{id}/content: the bytes as they were sent. Raises `Refused`."""
    file = find(room, file_id)
    name = file.shown["filename"].encode("ascii", "replace").decode().replace('"', "'")
    lines = [("content-type", "application/octet-stream"), ("content-disposition", f'attachment; filename="{name}"')]
    return Answer(200, [*headers.of_room(room), *lines], file.content)


def delete(room: Room, file_id: str) -> Answer:
    """DELETE /files/{id}. Raises `Refused`."""
    find(room, file_id)
    del room.store.files[file_id]
    return of_json({"object": "file", "id": file_id, "deleted": True}, headers.of_room(room))
