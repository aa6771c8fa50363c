"""How an answer leaves the raw door, rightly and in every wrong way that the transport allows.

Each function writes one answer to a connection; `SPILLS` names them for the defects of the transport.
"""

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from harness.mock.answers import Answer

MIB: Final = 1024 * 1024


@dataclass(slots=True)
class Times:
    """Seconds that timed faults take; tests shorten them. `ever` bounds what would go on for ever.

    `sleep` lets them pass: by the loop's clock, or by another that a test has.
    """

    byte: float = 0.3
    comment: float = 5.0
    delta: float = 0.2
    head: float = 301.0
    ever: float = 3600.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


Spill = Callable[[asyncio.StreamWriter, Answer, Times], Awaitable[None]]


CLOSING: Final = (("connection", "close"),)


def head(
    answer: Answer,
    *more: tuple[str, str],
    status: int | None = None,
    connection: tuple[tuple[str, str], ...] = CLOSING,
) -> bytes:
    """Status line and header block."""
    code = status or answer.status
    phrase = HTTPStatus(code).phrase
    lines = [f"{name}: {value}" for name, value in (*answer.headers, *more, *connection)]
    return "\r\n".join([f"HTTP/1.1 {code} {phrase}", *lines, "", ""]).encode("latin-1")


def chunk(data: bytes) -> bytes:
    """A chunk of the chunked coding; nothing for nothing, which would be the closing one."""
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


CHUNKED: Final = ("transfer-encoding", "chunked")
LAST: Final = b"0\r\n\r\n"


async def flush(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def send_correctly(
    writer: asyncio.StreamWriter, answer: Answer, times: Times, connection: tuple[tuple[str, str], ...] = CLOSING
) -> None:
    """As a web server would."""
    if not answer.streamed:
        length = ("content-length", str(len(answer.body)))
        await flush(writer, head(answer, length, connection=connection) + answer.body)
        return
    await flush(writer, head(answer, CHUNKED, connection=connection))
    for piece in answer.chunks():
        if answer.pace:
            await times.sleep(answer.pace)
        await flush(writer, chunk(piece))
    await flush(writer, LAST)


def half(answer: Answer) -> list[bytes]:
    """The first frames of a stream, up to somewhere in the middle."""
    frames = answer.frames or []
    return frames[: max(1, min(6, len(frames) - 2))]


async def fin(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    await flush(writer, head(answer, CHUNKED) + b"".join(map(chunk, half(answer))))


async def rst(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    """RST once the first half has arrived."""
    await flush(writer, head(answer, CHUNKED) + b"".join(map(chunk, half(answer))))
    await times.sleep(min(times.delta, 0.05))  # a reset overtakes data that is still under way
    reset(writer)


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection by RST."""
    handle: socket.socket | None = writer.get_extra_info("socket")
    if handle is not None:
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def reset_unanswered(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    """The whole request was read and what it asks for was done; nobody is told."""
    reset(writer)


async def unanswered(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    """Likewise, and the connection stays open."""
    await times.sleep(times.ever)


async def kept_alive(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    """Correct, and the connection seems to be good for another request."""
    await send_correctly(writer, answer, times, connection=())


async def late(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    """Correct, when most clients have given up."""
    await times.sleep(times.head)
    await send_correctly(writer, answer, times)


async def close_delimited(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    await flush(writer, head(answer) + b"".join(half(answer)))


async def fin_in_event(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    kept = half(answer)
    torn = (answer.frames or [b""])[len(kept)][:40]
    await flush(writer, head(answer, CHUNKED) + b"".join(map(chunk, [*kept, torn])))


async def no_closing_chunk(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    await flush(writer, head(answer, CHUNKED) + b"".join(map(chunk, answer.chunks())))


async def short_body(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    length = ("content-length", str(max(5000, len(answer.body))))
    await flush(writer, head(answer, length) + answer.body[:100])


async def short_length(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    """The announced half first, the rest a moment later, when a client that counts has gone."""
    half_way = len(answer.body) // 2
    await flush(writer, head(answer, ("content-length", str(half_way))) + answer.body[:half_way])
    await times.sleep(min(times.delta, 0.05))
    await flush(writer, answer.body[half_way:])


GZIP: Final = ("content-encoding", "gzip")


async def gzip_cut(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    packed = gzip.compress(answer.whole(), mtime=0)
    await flush(writer, head(answer, CHUNKED, GZIP) + chunk(packed[: len(packed) * 2 // 3]) + LAST)


async def gzip_altered(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    packed = bytearray(gzip.compress(answer.whole(), mtime=0))
    middle = len(packed) // 2
    packed[middle : middle + 4] = bytes(byte ^ 0xFF for byte in packed[middle : middle + 4])
    await flush(writer, head(answer, GZIP, ("content-length", str(len(packed)))) + packed)


async def gzip_label(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    await flush(writer, head(answer, GZIP, ("content-length", str(len(answer.body)))) + answer.body)


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """300 MiB of blanks inside a JSON string, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    blanks = b" " * MIB
    parts = [packer.compress(b'{"text":"')]
    parts += [packer.compress(blanks) for _ in range(300)]
    return b"".join([*parts, packer.compress(b'"}'), packer.flush()])


async def gzip_bomb(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    packed = bomb()
    await flush(writer, head(answer, GZIP, ("content-length", str(len(packed)))) + packed)


def redirect(status: int) -> Spill:
    """Sends the client somewhere else; the target carries a query that must not be recorded."""

    async def spill(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
        lines = (("location", "http://127.0.0.1:9/elsewhere?token=secret"), ("content-length", "0"))
        await flush(writer, head(answer, *lines, status=status))

    return spill


async def huge_header(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    lines = [(f"x-ballast-{number}", "x" * 4096) for number in range(50)]
    await flush(writer, head(answer, *lines, ("content-length", str(len(answer.body)))) + answer.body)


async def foo(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    await flush(writer, b"FOO\r\n" + head(answer).partition(b"\r\n")[2] + answer.body)


async def two_lengths(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    lines = (("content-length", str(len(answer.body) // 2)), CHUNKED)
    await flush(writer, head(answer, *lines) + chunk(answer.body) + LAST)


async def silence(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    await flush(writer, head(answer, CHUNKED) + b"".join(map(chunk, half(answer)[:5])))
    await times.sleep(times.ever)


async def comments(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    await flush(writer, head(answer, CHUNKED) + b"".join(map(chunk, half(answer)[:5])))
    left = times.ever
    while left > 0:
        await flush(writer, chunk(b": keep-alive\n\n"))
        await times.sleep(times.comment)
        left -= max(times.comment, 0.001)


async def dribble(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    await flush(writer, head(answer, CHUNKED))
    for byte in answer.whole():
        await flush(writer, chunk(bytes([byte])))
        await times.sleep(times.byte)
    await flush(writer, LAST)


async def burst(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    """The head at once, then nothing while the deltas were paced, then all of them together."""
    frames = answer.frames or []
    await flush(writer, head(answer, CHUNKED))
    await times.sleep(times.delta * sum(b".delta\n" in frame[:100] for frame in frames))
    await flush(writer, chunk(b"".join(frames)) + LAST)


async def endless_line(writer: asyncio.StreamWriter, answer: Answer, times: Times) -> None:
    """1 GiB of one line, as far as anybody reads it."""
    await flush(writer, head(answer, CHUNKED) + chunk(b"data: "))
    block = chunk(b"x" * MIB)
    for _ in range(1024):
        await flush(writer, block)
    await flush(writer, LAST)


SPILLS: Final[Mapping[str, Spill]] = {
    "fin": fin,
    "rst": rst,
    "reset unanswered": reset_unanswered,
    "unanswered": unanswered,
    "kept alive": kept_alive,
    "late": late,
    "close": close_delimited,
    "fin in event": fin_in_event,
    "no closing chunk": no_closing_chunk,
    "short body": short_body,
    "short length": short_length,
    "gzip cut": gzip_cut,
    "gzip altered": gzip_altered,
    "gzip label": gzip_label,
    "gzip bomb": gzip_bomb,
    **{f"redirect {status}": redirect(status) for status in (301, 302, 303, 307, 308)},
    "huge header": huge_header,
    "foo": foo,
    "two lengths": two_lengths,
    "silence": silence,
    "comments": comments,
    "dribble": dribble,
    "burst": burst,
    "endless line": endless_line,
}
"""Every wrong way, by the name under which a defect asks for it."""

DOOMED: Final = frozenset({"kept alive"})
"""Ways after which the connection stays open, until another request comes on it and meets RST."""
