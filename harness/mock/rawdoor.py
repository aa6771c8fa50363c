"""The raw door: answers what the application answers, byte by byte, and can go wrong where a web server would not.

A small HTTP/1.1 server of its own: it reads a request, has the application make the answer without sending it, and
writes the bytes itself. Which way it goes wrong is named by the answer (`Answer.door`); without a name it is
correct. Every connection serves one request.
"""

import asyncio
import contextlib

from harness.mock.app import Service, Underway
from harness.mock.house import Limits
from harness.mock.request import Chunks, Malformed, Request, read_head
from harness.mock.spillage import DOOMED, SPILLS, Spill, Times, reset, send_correctly


class RawDoor:
    """A socket of its own beside the main door; `times` may be changed while it runs."""

    def __init__(self, service: Service, limits: Limits) -> None:
        self.service = service
        self.limits = limits
        self.times = Times()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str) -> int:
        """Listens on a port that the system chooses, and tells which."""
        self._server = await asyncio.start_server(self._accept, host, 0, limit=self.limits.head_bytes)
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
        if len(self._tasks) >= self.limits.connections:
            writer.close()
            return
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, Malformed):
            pass  # the other side went away, or never spoke HTTP
        except asyncio.CancelledError:
            pass  # the door is being closed; asyncio's own callback would report it
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), self.limits.head_seconds)
        request = read_head(head.removesuffix(b"\r\n\r\n"))
        entry = self.service.enter(request)
        request.body = await asyncio.wait_for(self._body(reader, request), self.limits.idle_seconds)
        made = self.service.answer(request, entry)
        answer = await self.service.finish(request, entry, made) if isinstance(made, Underway) else made
        if answer.delay:
            await asyncio.sleep(answer.delay)
        spill: Spill = SPILLS[answer.door] if answer.door else send_correctly
        await spill(writer, answer, self.times)
        if answer.door in DOOMED:
            await asyncio.wait_for(reader.readexactly(1), self.limits.idle_seconds)
            reset(writer)

    async def _body(self, reader: asyncio.StreamReader, request: Request) -> bytes:
        """The whole body. Raises `Malformed` for one that is too large or badly chunked."""
        if (request.length or 0) > self.limits.body_bytes:
            raise Malformed(413, "Request body too large")
        if request.length is not None:
            return await reader.readexactly(request.length)
        buffer, body, chunks = bytearray(), bytearray(), Chunks()
        while not chunks.feed(buffer, body):
            if len(body) > self.limits.body_bytes:
                raise Malformed(413, "Request body too large")
            piece = await reader.read(64 * 1024)
            if not piece:
                raise ConnectionResetError
            buffer += piece
        return bytes(body)
