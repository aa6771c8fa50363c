"""Files to the service and away: multipart bodies, and the turns `upload` and `delete_file`."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from harness.engine.targets.target import Door
from harness.engine.turns.course import CannotGoOn, Course, Took
from harness.engine.turns.delivery import USER_AGENT
from harness.engine.turns.tampering import door_for
from harness.reply import Reply
from harness.scenario.attachments import Attachment
from harness.scenario.model import Turn
from harness.wire.exchange import Headers, Request

PURPOSES: Final[Mapping[str, str]] = {"image": "vision", "file": "assistants"}
"""With which purpose an attachment is uploaded."""


async def upload(course: Course, turn: Turn, argument: Any) -> Took:
    """Uploads a file."""
    if turn.file is None:
        raise CannotGoOn(f"turn {turn.id}: there is no file to upload")
    fields = dict(flattened({name: value for name, value in argument.items() if name != "file"}))
    reply = await uploaded(course, door_for(course, turn), turn.file, fields, course.headers_of(turn))
    return Took((reply,), course.past, {turn.action: argument})


async def uploaded(course: Course, door: Door, file: Attachment, fields: Mapping[str, str], headers: Headers) -> Reply:
    """The reply to an upload."""
    request = multipart(door.base + "files", course.file_name(file), file, fields, headers)
    return course.heard((await door.sender.send(request),))[0]


async def delete_file(course: Course, turn: Turn, argument: Any) -> Took:
    """Deletes an uploaded file: that of an earlier turn, by its id, or one whose id was captured."""
    file_id = argument
    for taken in course.taken:
        if taken.id == argument and taken.turn is not None and taken.turn.action == "upload":
            file_id = taken.final.id if taken.final else None
    if not isinstance(file_id, str):
        raise CannotGoOn(f"turn {turn.id}: the file of {argument} has no id")
    url = f"{course.door.base}files/{quote(file_id, safe='')}"
    request = Request("DELETE", url, (("Accept", "application/json"), USER_AGENT, *course.headers_of(turn)))
    return Took(
        course.heard((await door_for(course, turn).sender.send(request),)), course.past, {turn.action: argument}
    )


def flattened(fields: Mapping[str, Any]) -> dict[str, str]:
    """Form fields as the API spells inner ones: `expires_after[seconds]`."""
    flat: dict[str, str] = {}
    for name, value in fields.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}[{inner}]": str(each) for inner, each in value.items()}
        elif value is not None:
            flat[name] = str(value)
    return flat


def multipart(url: str, name: str, file: Attachment, fields: Mapping[str, str], headers: Headers = ()) -> Request:
    """A form with a file (RFC 7578), to the byte the same for the same file and fields."""
    boundary = _boundary(file.content, file.digest)
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(key)}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_quoted(name)}"\r\n'
    lines += [f"{head}Content-Type: {file.media_type}\r\n\r\n".encode(), file.content]
    body = b"".join((*lines, f"\r\n--{boundary}--\r\n".encode()))
    kind = ("Content-Type", f"multipart/form-data; boundary={boundary}")
    return Request("POST", url, (kind, ("Accept", "application/json"), USER_AGENT, *headers), body)


def _boundary(content: bytes, digest: str) -> str:
    """A line that the content does not hold."""
    boundary = f"harness-{digest[:32]}"
    while boundary.encode() in content:
        boundary = f"harness-{sha256(boundary.encode()).hexdigest()[:32]}"
    return boundary


def _quoted(name: str) -> str:
    """A name inside the quotes of a header line."""
    return name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
