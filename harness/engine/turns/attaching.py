"""Attachments → parts of a user message, in the way in which they are sent."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from harness.engine.turns.course import CannotGoOn, Course
from harness.engine.turns.uploading import PURPOSES, uploaded
from harness.findings import Finding, Level
from harness.reply import Reply
from harness.scenario.attachments import Attachment
from harness.scenario.model import Turn


@dataclass(frozen=True, slots=True)
class Attached:
    """The parts of a message, and the replies to the uploads that they needed.

    `refused`: the last of these did not bring a file, so that the message cannot be sent.
    """

    parts: tuple[dict[str, Any], ...]
    replies: tuple[Reply, ...] = ()
    refused: bool = False


async def parts(course: Course, turn: Turn) -> Attached:
    """The attachments of a turn as parts of its message, in the order in which they are written.

    Raises:
        CannotGoOn: there is no address under which the service could fetch one.
    """
    made: list[dict[str, Any]] = []
    replies: list[Reply] = []
    for attachment in turn.attach:
        if attachment.breaks is not None:
            course.findings.append(_beyond(turn, attachment))
        if attachment.via[0] == "file_id":
            fields = {"purpose": PURPOSES[attachment.kind]}
            reply = await uploaded(course, course.door, attachment, fields, course.headers_of(turn))
            replies.append(reply)
            if reply.id is None:
                return Attached((), tuple(replies), refused=True)
            made.append(_part(attachment, {"file_id": reply.id}))
        elif attachment.via[0] == "url":
            name = "image_url" if attachment.kind == "image" else "file_url"
            made.append(_part(attachment, {name: _address(course, turn, attachment)}))
        else:
            made.append(_part(attachment, _inline(attachment)))
    return Attached(tuple(made), tuple(replies))


def _beyond(turn: Turn, attachment: Attachment) -> Finding:
    """A note that a file is beyond a documented limit, as is allowed where an error is expected."""
    told = f"`{attachment.name}` is {attachment.breaks}"
    return Finding("expect.attach", Level.NOTE, told, turn=turn.id, place=attachment.place)


def _part(attachment: Attachment, fields: dict[str, Any]) -> dict[str, Any]:
    detail = {"detail": attachment.detail} if attachment.detail is not None else {}
    return {"type": f"input_{attachment.kind}", **fields, **detail}


def _inline(attachment: Attachment) -> dict[str, Any]:
    data = f"data:{attachment.media_type};base64,{b64encode(attachment.content).decode()}"
    if attachment.kind == "image":
        return {"image_url": data}
    return {"filename": attachment.filename, "file_data": data}


def _address(course: Course, turn: Turn, attachment: Attachment) -> str:
    publish = course.door.publish
    address = publish(attachment.name, attachment.media_type, attachment.content) if publish else None
    if address is None:
        raise CannotGoOn(f"turn {turn.id}: there is no address under which the service could fetch {attachment.name}")
    course.published[attachment.name] = address
    return address
