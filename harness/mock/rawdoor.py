"""The raw door: answers what the application answers, byte by byte, and can go wrong where a web server would not.

A small HTTP/1.1 server of its own: it reads a request, has the application make the answer without sending it, and
writes the bytes itself. Which way it goes wrong is named by the answer (`Answer.door`); without a name it is
correct. Every connection serves one request.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Final

from starlette.types import ASGIApp

from harness.mock.answers import Answer
from harness.mock.app import ANSWER, BODY_LIMIT
from harness.mock.spillage import SPILLS, Spill, Times, send_correctly

HEADER_LIMIT: Final = 64 * 1024
HEADER_SECONDS: Final = 10.0


class RawDoor:
    """A socket of its own beside the application's; `times` may be changed while it runs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.times = Times()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str) -> int:
        """Listens on a port that the system chooses, and tells which."""
        self._server = await asyncio.start_server(self._accept, host, 0, limit=HEADER_LIMIT)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Closes every connection and waits for what served them."""
        if self._server is None:
            return
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
        self._server = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # the other side went away, or never spoke HTTP
        except asyncio.CancelledError:
            pass  # the door is being closed; asyncio's own callback would report it
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEADER_SECONDS)
        method, target, fields = parse(head)
        length = int(fields.get(b"content-length", b"0"))
        if length > BODY_LIMIT:
            return
        body = await reader.readexactly(length) if length else await chunked_body(reader, fields)
        answer = await self._ask(method, target, fields, body)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        spill: Spill = SPILLS[answer.door] if answer.door else send_correctly
        await spill(writer, answer, self.times)

    async def _ask(self, method: str, target: bytes, fields: Mapping[bytes, bytes], body: bytes) -> Answer:
        """What the application would answer."""
        path, _, query = target.partition(b"?")
        answers: list[Answer] = []
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path.decode("latin-1"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": list(fields.items()),
            ANSWER: answers,
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            """Nothing is sent from there."""

        await self.app(scope, receive, send)
        return answers[0]


def parse(head: bytes) -> tuple[str, bytes, dict[bytes, bytes]]:
    """Method, target and header fields (names in lower case) of a request's head."""
    lines = head.split(b"\r\n")
    method, target, _ = lines[0].split(b" ", 2)
    fields: dict[bytes, bytes] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            fields[name.strip().lower()] = value.strip()
    return method.decode("latin-1"), target, fields


async def chunked_body(reader: asyncio.StreamReader, fields: Mapping[bytes, bytes]) -> bytes:
    """The body of a request that tells its length chunk by chunk."""
    if fields.get(b"transfer-encoding", b"").lower() != b"chunked":
        return b""
    body = bytearray()
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
        if len(body) > BODY_LIMIT:
            raise ConnectionError
    await reader.readline()
    return bytes(body)
