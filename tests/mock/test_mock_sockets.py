"""WebSocket frames as they come, whole, cut and broken."""

import asyncio
import base64
import os
from typing import Any

import pytest
from builders.bare import bare, statuses
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.mock.sockets import Socket, frame, unmasked


@given(st.binary(max_size=200), st.binary(min_size=4, max_size=4))
def test_mask_comes_off(payload, mask):
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))

    assert unmasked(masked, mask) == payload


class Wire(asyncio.Transport):
    """What a socket writes, kept."""

    def __init__(self) -> None:
        self.sent = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.sent += data

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def masked(first: int, payload: bytes, *, second: int = 0x80) -> bytes:
    mask = b"\x01\x02\x03\x04"
    size = bytes((second | len(payload),)) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return bytes((first,)) + size + mask + unmasked(payload, mask)


def fed(*data: bytes) -> tuple[Socket, Wire]:
    wire = Wire()
    socket = Socket(wire, asyncio.Event())
    for piece in data:
        socket.feed(piece)
    return socket, wire


BROKEN = {
    "not masked": (b"\x81\x02hi", 1002),
    "an extension's bit": (masked(0xC1, b"hi"), 1002),
    "unknown kind": (masked(0x83, b"hi"), 1002),
    "continuation of nothing": (masked(0x80, b"hi"), 1002),
    "text within text": (masked(0x01, b"a") + masked(0x81, b"b"), 1002),
    "fragmented ping": (masked(0x09, b""), 1002),
    "long ping": (masked(0x89, b"x" * 126), 1002),
    "not UTF-8": (masked(0x81, b"\xff"), 1007),
    "half a code": (masked(0x88, b"\x03"), 1002),
    "reserved code": (masked(0x88, (1005).to_bytes(2, "big")), 1002),
    "too large": (b"\x81\xff" + (1 << 40).to_bytes(8, "big"), 1009),
}


@pytest.mark.parametrize(("data", "code"), BROKEN.values(), ids=BROKEN)
def test_broken_frames_close_the_socket(data, code):
    socket, wire = fed(data)

    assert socket.closed
    assert wire.closed
    assert wire.sent[-2:] == code.to_bytes(2, "big")
    assert wire.sent[0] == 0x88


@settings(max_examples=50)
@given(st.lists(st.text(max_size=300), min_size=1, max_size=4), st.integers(1, 50))
def test_messages_arrive_however_they_are_cut(texts, step):
    async def run() -> list[str | bytes | None]:
        data = b""
        for text in texts:
            raw = text.encode()
            data += masked(0x01, raw[: len(raw) // 2]) + masked(0x89, b"p") + masked(0x80, raw[len(raw) // 2 :])
        socket, wire = fed(*(data[at : at + step] for at in range(0, len(data), step)))
        assert wire.sent == frame(10, b"p") * len(texts)
        socket.feed(masked(0x88, b""))
        return [await socket.receive() for _ in range(len(texts) + 1)]

    assert asyncio.run(run()) == [*texts, None]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("sec-websocket-version: 13",), 101),
        (("sec-websocket-version: 8",), 426),
        (("sec-websocket-version: 13", "origin: http://127.0.0.1"), 403),
    ],
)
def test_handshake(lines, status):
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = ("upgrade: websocket", "connection: Upgrade", f"sec-websocket-key: {key}")
    got = bare(lambda it: it.say(it.request(b"", *upgrade, *lines, method="GET"), 0.3))

    assert statuses(got) == [status]
    assert (b"sec-websocket-accept" in got) == (status == 101)
