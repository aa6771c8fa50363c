"""WebSocket (RFC 6455) as a server speaks it: the handshake, frames in, messages out. No extensions.

Whatever breaks the protocol closes the connection with the code that the RFC has for it.
"""

import asyncio
import base64
import binascii
import hashlib
from collections import deque
from typing import Final

from harness.mock.errors import Refused, no_resource
from harness.mock.request import Request

GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MESSAGE_LIMIT: Final = 96 * 1024 * 1024
WAITING_LIMIT: Final = 64
"""Messages that may wait to be read before the other side is asked to wait."""

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
CODES: Final = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, *range(3000, 5000)})


def accepting(request: Request) -> bytes:
    """The head that changes over to WebSocket. Raises `Refused` for a handshake that is none."""
    key = request.fields.get("sec-websocket-key", "")
    try:
        valid = len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        valid = False
    if not valid or "upgrade" not in request.fields.get("connection", "").lower():
        raise no_resource(400, "The WebSocket handshake is malformed.")
    if request.fields.get("sec-websocket-version") != "13":
        refused = no_resource(426, "Only WebSocket version 13 is spoken here.")
        raise Refused(426, refused.body, (("sec-websocket-version", "13"),))
    answer = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest())  # noqa: S324 (as the RFC has it)
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        b"sec-websocket-accept: " + answer + b"\r\n\r\n"
    )


class Broken(Exception):
    """The other side broke the protocol; `code` is what the connection closes with."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Socket:
    """One open WebSocket. `receive` and `send` raise nothing but ConnectionError, once it is closed."""

    def __init__(self, transport: asyncio.Transport, writable: asyncio.Event) -> None:
        self._transport = transport
        self._writable = writable
        self._buffer = bytearray()
        self._parts = bytearray()
        self._kind: int | None = None
        self._messages: deque[str | bytes] = deque()
        self._news = asyncio.Event()
        self.closed = False

    async def receive(self) -> str | bytes | None:
        """The next message: text, or bytes; None when the other side has closed."""
        while not self._messages:
            if self.closed:
                return None
            self._news.clear()
            await self._news.wait()
        if len(self._messages) == WAITING_LIMIT and not self.closed:
            self._transport.resume_reading()
        return self._messages.popleft()

    async def send(self, text: str) -> None:
        """One text message, as soon as the other side takes it. Raises ConnectionError when it is gone."""
        await self._writable.wait()
        if self.closed:
            raise ConnectionResetError
        self._transport.write(frame(TEXT, text.encode("utf-8", "replace")))

    def close(self, code: int, reason: str = "") -> None:
        """Says goodbye, once."""
        if not self.closed:
            self._transport.write(frame(CLOSE, code.to_bytes(2, "big") + reason.encode()[:123]))
            self._transport.close()
            self.lost()

    def lost(self) -> None:
        """The connection is gone."""
        self.closed = True
        self._news.set()

    def feed(self, data: bytes) -> None:
        """Bytes as they come."""
        self._buffer += data
        try:
            while not self.closed and self._take():
                pass
        except Broken as broken:
            self.close(broken.code)

    def _take(self) -> bool:
        """One frame, if it is complete. Raises `Broken`."""
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        first, second = buffer[0], buffer[1]
        length, at = second & 0x7F, 2
        if first & 0x70 or not second & 0x80:
            raise Broken(1002)  # bits of extensions that nobody agreed on; frames of clients are always masked
        if length >= 126:
            at += 2 if length == 126 else 8
            if len(buffer) < at:
                return False
            length = int.from_bytes(buffer[2:at], "big")
        if length + len(self._parts) > MESSAGE_LIMIT:
            raise Broken(1009)
        if len(buffer) < at + 4 + length:
            return False
        payload = unmasked(buffer[at + 4 : at + 4 + length], bytes(buffer[at : at + 4]))
        del buffer[: at + 4 + length]
        self._frame(first & 0x0F, bool(first & 0x80), payload)
        return True

    def _frame(self, kind: int, last: bool, payload: bytes) -> None:
        if kind >= CLOSE:
            if not last or len(payload) > 125:
                raise Broken(1002)
            self._control(kind, payload)
            return
        if kind > BINARY or (kind == CONTINUATION) != (self._kind is not None):
            raise Broken(1002)
        self._kind = self._kind if kind == CONTINUATION else kind
        self._parts += payload
        if not last:
            return
        whole, text = bytes(self._parts), self._kind == TEXT
        self._parts, self._kind = bytearray(), None
        try:
            self._messages.append(whole.decode() if text else whole)
        except UnicodeDecodeError:
            raise Broken(1007) from None
        if len(self._messages) == WAITING_LIMIT:
            self._transport.pause_reading()
        self._news.set()

    def _control(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self._transport.write(frame(PONG, payload))
        elif kind == CLOSE:
            code = int.from_bytes(payload[:2], "big") if payload else 1000
            if len(payload) == 1 or code not in CODES:
                raise Broken(1002)
            self.close(code)
        elif kind != PONG:
            raise Broken(1002)


def frame(kind: int, payload: bytes) -> bytes:
    """A whole message or a control frame, unmasked, as servers send them."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | kind, size))
    elif size < 1 << 16:
        head = bytes((0x80 | kind, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | kind, 127)) + size.to_bytes(8, "big")
    return head + payload


def unmasked(payload: bytes | bytearray, mask: bytes) -> bytes:
    """The payload without its mask; both as one long number, because a loop over bytes is slow."""
    size = len(payload)
    repeated = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")
