"""WebSocket mode on /responses: one response after another over one connection, which remembers the last of them.

    client   {"type": "response.create", …a create body…}
    server   the events of the stream, one a message; or {"type": "error", "status": …, "error": …}

What the connection remembers can be continued although it was not stored; a turn that fails forgets it.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

from harness.mock.answers import Answer
from harness.mock.errands import done
from harness.mock.errors import Refused, invalid
from harness.mock.operations import creating
from harness.mock.request import Request
from harness.mock.rooms import Room
from harness.mock.sockets import Socket
from harness.mock.store import JSON, Stored

LONGEST: Final = 3_600.0
"""Seconds for which a connection is kept, by the room's clock."""

GOING_AWAY: Final = 1001
WRONG_KIND: Final = 1003


async def talk(room: Room, request: Request, socket: Socket) -> None:
    """Answers one message after another until the client goes or its hour is over."""
    opened = room.clock()
    near: dict[str, Stored] = {}
    try:
        while (message := await socket.receive()) is not None:
            if not isinstance(message, str):
                socket.close(WRONG_KIND, "text messages only")
                return
            if room.clock() - opened > LONGEST:
                text = "The connection has reached the limit of 60 minutes. Open a new one to go on."
                await socket.send(error_of(invalid(text, None, "websocket_connection_limit_reached")))
                socket.close(GOING_AWAY)
                return
            await respond(room, socket, message, near, request)
    except ConnectionError:
        return


async def respond(room: Room, socket: Socket, message: str, near: dict[str, Stored], request: Request) -> None:
    """One turn; a refusal leaves the connection usable."""
    try:
        body = create_body(message)
        generate = body.pop("generate", True)
        check_generate(generate)
        if generate is False:
            answer = await done(creating.warm(room, body, near))
        else:
            raw = json.dumps({**body, "stream": True}).encode()
            answer = await done(creating.create(room, raw, near, request.fields))
    except Refused as refused:
        near.clear()
        await socket.send(error_of(refused))
        return
    if answer.frames is None:
        near.clear()
        await socket.send(error_of_answer(answer))
        return
    while len(near) > 1:
        near.pop(next(iter(near)))
    if answer.delay:
        await asyncio.sleep(answer.delay)
    for frame in answer.frames:
        if answer.pace:
            await asyncio.sleep(answer.pace)
        await socket.send(frame.partition(b"data: ")[2].rstrip(b"\n").decode("utf-8", "replace"))


def create_body(message: str) -> JSON:
    """The create request inside a message. Raises `Refused`."""
    body = creating.read_body(message.encode("utf-8", "surrogatepass"))
    kind = body.pop("type", None)
    if kind != "response.create":
        raise invalid(f"Invalid value: '{str(kind)[:40]}'. Supported values are: 'response.create'.", "type")
    for name in ("stream", "background", "stream_options"):
        if name in body:
            raise invalid(f"Unsupported parameter: '{name}' is not supported over WebSocket.", name)
    return body


def check_generate(generate: object) -> None:
    if not isinstance(generate, bool):
        raise invalid("Invalid type for 'generate': expected a boolean.", "generate", "invalid_type")


def error_of(refused: Refused) -> str:
    """A refusal as the message that tells of it."""
    return said(refused.status, refused.body)


def error_of_answer(answer: Answer) -> str:
    """An HTTP error that a fault answers with, as a message."""
    try:
        body: Any = json.loads(answer.body)
    except ValueError:
        body = {"error": {"message": "The server had an error.", "type": "server_error", "param": None, "code": None}}
    return said(answer.status, body)


def said(status: int, body: Mapping[str, Any]) -> str:
    return json.dumps({"type": "error", "status": status, "error": body.get("error", body)}, ensure_ascii=False)
