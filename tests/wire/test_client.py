"""The raw client over real sockets: what a server really did is what the exchange says."""

import asyncio
import contextlib
import gzip
import socket
from collections.abc import Awaitable, Callable

import pytest

from harness.wire.client import Client
from harness.wire.exchange import Ending, Exchange, How, Request
from harness.wire.limits import Limits

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def served(*replies: bytes, limits: Limits | None = None, method: str = "POST", abort: bool = False) -> Exchange:
    """What the client makes of a server that reads one request, writes these bytes and closes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for reply in replies:
            writer.write(reply)
            await writer.drain()
        if abort:
            writer.transport.abort()
        else:
            writer.close()

    return asyncio.run(_exchange(talk, limits or Limits(), method))


async def _exchange(talk: Conversation, limits: Limits, method: str = "POST") -> Exchange:
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Client(limits) as client:
        return await client.send(Request(method, f"http://127.0.0.1:{port}/responses?x=%2F", (("Api", "1"),), b""))


def never_answering(limits: Limits, *replies: bytes) -> Exchange:
    """A server that writes these bytes and then holds the connection open."""

    async def scene() -> Exchange:
        over = asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            for reply in replies:
                writer.write(reply)
            await over.wait()
            writer.close()

        exchange = await _exchange(talk, limits)
        over.set()
        return exchange

    return asyncio.run(scene())


def test_head_and_body_are_kept_as_they_came():
    """Order, letter case and doubled header names are evidence."""
    exchange = served(b'HTTP/1.1 200 Fine\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\nContent-Length: 4\r\n\r\n{"\xff}')

    assert exchange.head is not None
    assert exchange.head.headers == (("X-B", "1"), ("x-a", "2"), ("X-B", "3"), ("Content-Length", "4"))
    assert (exchange.head.status, exchange.head.reason) == (200, "Fine")
    assert exchange.body == b'{"\xff}'
    assert exchange.ending.how is How.COMPLETE


def test_each_chunk_keeps_its_offset():
    """Arrivals cover the body without gap."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (b"data: 1\n\n", b"data: 2\n\n"))
    exchange = served(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunks + b"0\r\n\r\n")

    assert exchange.body == b"data: 1\n\ndata: 2\n\n"
    assert exchange.arrivals[0].offset == 0
    assert exchange.head_at is not None
    assert exchange.head_at <= exchange.arrivals[0].at <= exchange.ended_at


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
ENDINGS = {
    "A02 FIN, no closing chunk": ([CHUNKED, b"5\r\nhello\r\n"], How.CUT),
    "A05 FIN in a chunk": ([CHUNKED, b"5\r\nhel"], How.CUT),
    "A13 shorter than its length": ([b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello"], How.CUT),
    "A04 ends with the connection": ([b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello"], How.CLOSED),
    "A20 status line": ([b"FOO\r\n\r\n"], How.PROTOCOL),
    "A19 header block": ([b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000 + b"\r\n\r\n"], How.PROTOCOL),
    "A19 header block of many lines": (
        [
            b"HTTP/1.1 200 OK\r\n",
            *(b"x-%d: " % n + b"y" * 7000 + b"\r\n" for n in range(28)),
            b"content-length: 0\r\n\r\n",
        ],
        How.PROTOCOL,
    ),
    "A21 two lengths": (
        [b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
        How.PROTOCOL,
    ),
    "A16 not gzip": (
        [b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello"],
        How.BAD_ENCODING,
    ),
    "nothing at all": ([b""], How.NO_ANSWER),
}


@pytest.mark.parametrize(("replies", "how"), ENDINGS.values(), ids=ENDINGS)
def test_endings(replies: list[bytes], how: How):
    """What the transport did is told apart, and never raised."""
    assert served(*replies).ending.how is how


def test_reset_in_the_middle_is_a_cut():
    """A03: RST and FIN both end the body too early."""
    assert served(CHUNKED, b"5\r\nhello\r\n", abort=True).ending.how is How.CUT


def test_gzip_is_undone_and_its_size_on_the_wire_kept():
    """N28: a compressed body is read like any other."""
    packed = gzip.compress(b"x" * 1000)
    exchange = served(
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n%s" % (len(packed), packed)
    )

    assert exchange.body == b"x" * 1000
    assert exchange.encoded == len(packed)
    assert exchange.ending.how is How.COMPLETE


def test_cut_gzip_in_proper_framing_is_a_broken_encoding():
    """A15: the chunks end properly, the compressed stream does not."""
    packed = gzip.compress(bytes(range(256)) * 20)[:-9]
    exchange = served(
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n%s" % (len(packed), packed)
    )

    assert exchange.ending.how is How.BAD_ENCODING


def test_bomb_is_stopped_at_the_limit():
    """A17: reading stops at the cap, long before all is unpacked."""
    packed = gzip.compress(b"\0" * 50_000_000)
    exchange = served(
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n%s" % (len(packed), packed),
        limits=Limits(body=1_000_000),
    )

    assert exchange.ending.how is How.TOO_LARGE
    assert len(exchange.body) <= 2_000_000


def test_redirect_is_kept_not_followed():
    """A18: the target of a redirect gets nothing."""
    exchange = served(b"HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:1/else\r\ncontent-length: 0\r\n\r\n")

    assert exchange.status == 307


def test_closed_port_is_no_connection():
    """C01: nobody listens."""

    async def scene() -> Exchange:
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        async with Client() as client:
            return await client.send(Request("POST", f"http://127.0.0.1:{port}/"))

    assert asyncio.run(scene()).ending.how is How.CONNECT


HANGS = {
    "C20 no head": (Limits(first_byte=0.05), [], How.FIRST_BYTE),
    "A22 silence": (Limits(silence=0.05), [CHUNKED, b"5\r\nhello\r\n"], How.STALL),
    "A23 no event": (Limits(no_event=0.05), [CHUNKED, b"5\r\n: hi\n\r\n"], How.NO_PROGRESS),
    "A24 turn limit": (Limits(turn=0.05), [CHUNKED], How.DEADLINE),
}


@pytest.mark.parametrize(("limits", "replies", "how"), HANGS.values(), ids=HANGS)
def test_limits_of_time(limits: Limits, replies: list[bytes], how: How):
    """Whoever keeps the connection open without going on is left."""
    assert never_answering(limits, *replies).ending.how is how


def test_get_is_not_sent_twice():
    """The library would repeat an idempotent request on a lost connection; we do not."""
    seen = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    exchange = asyncio.run(_exchange(talk, Limits(), "GET"))

    assert exchange.ending.how is How.NO_ANSWER
    assert len(seen) == 1


def test_credential_is_sent_and_not_kept():
    """The header line reaches the server; the exchange does not know it."""
    seen = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async def scene() -> Exchange:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Client() as client:
            sender = client.speaking_for(lambda: (("api-key", "quite-secret"),))
            return await sender.send(Request("POST", f"http://127.0.0.1:{port}/", (("X", "y"),), b"{}"))

    exchange = asyncio.run(scene())

    assert b"api-key: quite-secret" in seen[0]
    assert b"X: y" in seen[0]
    assert "quite-secret" not in repr(exchange)


def test_nothing_is_added_behind_our_back():
    """The request line and header lines are ours; only what HTTP needs comes on top."""
    seen = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    asyncio.run(_exchange(talk, Limits()))

    lines = seen[0].decode().split("\r\n")
    assert lines[0] == "POST /responses?x=%2F HTTP/1.1"
    assert {line.partition(":")[0].lower() for line in lines[1:] if line} == {"host", "api", "content-length"}


def test_a_connection_that_is_not_made_is_given_up():
    """Long before the limit of the first byte: a host that drops what comes, here a queue that is full."""
    with socket.socket() as listening, contextlib.ExitStack() as waiting:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        for _ in range(8):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))

        async def scene() -> Exchange:
            async with Client(Limits(connect=0.2, first_byte=30.0)) as client:
                return await client.send(Request("POST", f"http://127.0.0.1:{port}/responses", (), b"{}"))

        exchange = asyncio.run(scene())

    assert exchange.ending == Ending(How.CONNECT, "no connection within 0.2 s")
