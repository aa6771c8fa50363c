"""One connection of the main door: HTTP/1.1 with keep-alive and pipelining, each request answered in its turn.

A web server's protocol, as lean as a stand-in needs: the head is read strictly, the service is asked in the same
breath, and what is ready goes out in as few writes as possible. Only answers that wait (a delay, paced events) or
talk (WebSocket) cost a task.
"""

import asyncio
import logging
import time

from harness.mock.answers import Answer, of_refusal
from harness.mock.app import Entry, Underway
from harness.mock.errors import Refused, no_resource
from harness.mock.house import House
from harness.mock.request import Chunks, Malformed, Request, read_head
from harness.mock.sockets import Socket, accepting
from harness.mock.spelling import LAST, framed, head_of


class Connection(asyncio.Protocol):
    """Reads requests as they come, and answers one after the other.

    `deadline` is when the next thing must have come, in the loop's time; whoever keeps the house looks at it.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self.deadline = float("inf")
        self.talking: Socket | None = None
        self._buffer = bytearray()
        self._request: Request | None = None
        self._entry = Entry()
        self._body = bytearray()
        self._received = 0
        self._chunks: Chunks | None = None
        self.task: asyncio.Task[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.loop = asyncio.get_running_loop()
        self.deadline = self.loop.time() + self.house.limits.head_seconds
        if len(self.house.connections) >= self.house.limits.connections:
            self._turn_away(Malformed(503, "There are too many connections."))
            return
        self.house.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.house.connections.discard(self)
        self._writable.set()
        if self.talking is not None:
            self.talking.lost()
        if self.task is not None:
            self.task.cancel()

    def data_received(self, data: bytes) -> None:
        if self.talking is not None:
            self.talking.feed(data)
            return
        if not self._buffer and self._request is None and self.task is None:
            self.deadline = self.loop.time() + self.house.limits.head_seconds
        self._buffer += data
        if self.task is None:
            self._advance()
        elif len(self._buffer) > self.house.limits.head_bytes:
            self.transport.pause_reading()  # requests sent ahead wait where they are

    def pause_writing(self) -> None:
        self._writable.clear()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self._writable.set()
        if self.task is None and not self.transport.is_closing():
            self.transport.resume_reading()
            self._advance()

    # from bytes to requests

    def _advance(self) -> None:
        """Answers all whole requests that have come, as far as the other side takes the answers."""
        try:
            while self.task is None and self.talking is None and self._writable.is_set():
                if self.transport.is_closing() or not self._take():
                    break
        except Malformed as malformed:
            self._turn_away(malformed)

    def _take(self) -> bool:
        """One step: a head or a body, if it is complete. Raises `Malformed`."""
        if self._request is None:
            return self._take_head()
        if not self._take_body(self._request):
            return False
        request, entry = self._request, self._entry
        request.body, self._request = bytes(self._body), None
        self._body = bytearray()
        self._serve(request, entry)
        return True

    def _take_head(self) -> bool:
        limits = self.house.limits
        end = self._buffer.find(b"\r\n\r\n", 0, limits.head_bytes)
        if end < 0:
            if len(self._buffer) >= limits.head_bytes:
                raise Malformed(431, "The header block is too large.")
            return False
        request = read_head(bytes(self._buffer[:end]))
        del self._buffer[: end + 4]
        if request.length is not None and request.length > limits.body_bytes:
            raise Malformed(413, "Request body too large")
        self._entry = self.house.service.enter(request)
        self._request, self._received = request, 0
        self._chunks = Chunks() if request.length is None else None
        self.deadline = self.loop.time() + limits.body_seconds
        if request.fields.get("expect", "").lower() == "100-continue" and not self._buffer:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _take_body(self, request: Request) -> bool:
        """Moves what has come into the body; of a request that is refused anyway, nothing is kept."""
        if request.length == 0:
            return True
        before = len(self._body)
        if self._chunks is not None:
            complete = self._chunks.feed(self._buffer, self._body)
        else:
            missing = (request.length or 0) - self._received
            self._body += self._buffer[:missing]
            del self._buffer[:missing]
            complete = len(self._body) - before == missing
        self._received += len(self._body) - before
        if self._received > self.house.limits.body_bytes:
            raise Malformed(413, "Request body too large")
        if self._entry.refused is not None:
            self._body.clear()
        self.deadline = self.loop.time() + self.house.limits.body_seconds
        return complete

    # from requests to bytes

    def _serve(self, request: Request, entry: Entry) -> None:
        if entry.talk is not None and entry.room is not None:
            self._change_over(request, entry)
            return
        began = time.perf_counter()
        made = self.house.service.answer(request, entry)
        if isinstance(made, Underway):
            self.deadline = float("inf")
            self.task = self.loop.create_task(self._finish(request, entry, made, began))
            return
        self._observed(request, made, began)
        self._give(request, made)

    async def _finish(self, request: Request, entry: Entry, underway: Underway, began: float) -> None:
        """Answers after errands."""
        answer = await self.house.service.finish(request, entry, underway)
        self._observed(request, answer, began)
        await self._send_slowly(request, answer)

    def _observed(self, request: Request, answer: Answer, began: float) -> None:
        if self.house.observe is not None:
            self.house.observe(request, answer, time.perf_counter() - began)

    def _give(self, request: Request, answer: Answer) -> None:
        """Sends an answer now, or has it sent piece by piece."""
        if answer.delay or (answer.pace and answer.streamed):
            self.deadline = float("inf")
            self.task = self.loop.create_task(self._send_slowly(request, answer))
            return
        self._send(request, answer)
        self._done(request)

    def _done(self, request: Request) -> None:
        """The answer is out: the next request may come, or the connection ends."""
        self.deadline = self.loop.time() + self.house.limits.idle_seconds
        if not request.keep_alive:
            self.transport.close()

    def _send(self, request: Request, answer: Answer) -> None:
        """All at once."""
        head = head_of(request, answer, self.house.date())
        if request.method == "HEAD":
            self.transport.write(head)
        elif not answer.streamed:
            self.transport.write(head + answer.body)
        else:
            first, *rest = [framed(piece, request.keep_alive) for piece in answer.chunks()] or [b""]
            self.transport.write(head + first)
            for piece in [*rest, LAST] if request.keep_alive else rest:
                if self.transport.is_closing():  # the other side has gone
                    return
                self.transport.write(piece)

    async def _send_slowly(self, request: Request, answer: Answer) -> None:
        """After its delay, event by event."""
        try:
            await asyncio.sleep(answer.delay)
        except asyncio.CancelledError:  # the other side has gone
            if answer.abandoned is not None:
                answer.abandoned()
            raise
        if answer.pace and answer.streamed and request.method != "HEAD":
            self.transport.write(head_of(request, answer, self.house.date()))
            for piece in answer.chunks():
                await asyncio.sleep(answer.pace)
                await self._writable.wait()
                self.transport.write(framed(piece, request.keep_alive))
            self.transport.write(LAST if request.keep_alive else b"")
        else:
            self._send(request, answer)
        self._next(request)

    def _next(self, request: Request) -> None:
        """After a task: what has come meanwhile."""
        self.task = None
        self._done(request)
        if not self.transport.is_closing() and self._writable.is_set():
            self.transport.resume_reading()
            self._advance()

    def _change_over(self, request: Request, entry: Entry) -> None:
        """From here on the connection speaks WebSocket."""
        assert entry.talk is not None
        assert entry.room is not None
        try:
            self.transport.write(accepting(request))
        except Refused as refused:
            self._send(request, of_refusal(refused, []))
            self._done(request)
            return
        self.deadline = float("inf")
        self.talking = Socket(self.transport, self._writable)
        self.task = self.loop.create_task(self._talk(entry, request, self.talking))
        if self._buffer:
            self.talking.feed(bytes(self._buffer))

    async def _talk(self, entry: Entry, request: Request, socket: Socket) -> None:
        assert entry.talk is not None
        assert entry.room is not None
        try:
            await entry.talk(entry.room, request, socket)
            socket.close(1000)
        except ConnectionError:
            pass  # the other side is gone
        except Exception:  # a bug of ours must not leave a client waiting
            logging.getLogger(__name__).exception("%s", request.path)
            socket.close(1011)
        finally:
            self.transport.close()

    def _turn_away(self, malformed: Malformed) -> None:
        """Says why, and closes: after what cannot be understood nothing can."""
        answer = of_refusal(no_resource(malformed.status, malformed.message), [])
        gone = Request("GET", "/", "", {}, keep_alive=False)
        self.transport.write(head_of(gone, answer, self.house.date()) + answer.body)
        self.transport.close()

    def abort(self) -> None:
        """Ends the connection at once, and whatever still goes out on it."""
        if self.task is not None:
            self.task.cancel()
        self.transport.abort()

    def expire(self, now: float) -> None:
        """Ends a connection on which nothing came in time; in mid-request it is told so."""
        if now < self.deadline or self.transport.is_closing():
            return
        if self._buffer or self._request is not None:
            self._turn_away(Malformed(408, "The request did not come in time."))
        else:
            self.transport.close()
