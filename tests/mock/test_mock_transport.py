"""The raw door: correct without a defect, and wrong on the wire as each row says, seen with a bare socket."""

import asyncio
import gzip
import json
import zlib
from dataclasses import dataclass

import pytest
from builders.endpoint import NOW

from harness.mock import MockServer
from harness.mock.defects import DEFECTS, Door

DOORS = [defect for defect in DEFECTS.values() if isinstance(defect, Door)]


@dataclass
class Seen:
    """What a bare socket saw: status line, header fields, raw body, how it ended, how many times bytes came."""

    status: bytes
    fields: dict[bytes, list[bytes]]
    body: bytes
    ending: str

    def field(self, name: bytes) -> bytes | None:
        return self.fields.get(name, [None])[0]

    def unchunked(self) -> tuple[bytes, bool]:
        """The body without its chunks, and whether the closing chunk came."""
        out, rest = b"", self.body
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            length = int(size, 16)
            if length == 0:
                return out, True
            out, rest = out + rest[:length], rest[length + 2 :]
        return out, False


async def knocking(address: str, key: str, asked: dict) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A bare socket on which a create request was just sent."""
    host, _, path = address.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    body = json.dumps(asked).encode()
    lines = f"host: {host}\r\napi-key: {key}\r\ncontent-length: {len(body)}\r\n\r\n"
    reader, writer = await asyncio.open_connection(name, int(port), limit=1 << 20)
    writer.write(f"POST /{path}/responses HTTP/1.1\r\n{lines}".encode() + body)
    return reader, writer


async def knock(defect_id: str | None, streamed: bool, *, raw: bool = True, patience: float = 2.0) -> Seen:
    """One create request to a room with this defect."""
    async with MockServer(nonce="door") as server:
        server.times.byte, server.times.comment, server.times.delta, server.times.ever = 0, 0.001, 0.001, 0.02
        defects = [] if defect_id is None else [defect_id]
        room = server.rooms.open(defects=defects, model="gpt-4.1", name="r", clock=lambda: NOW)
        address = room.url if defect_id or not raw else room.url.replace(server.url, server.rooms.raw_address)
        asked = {"model": "gpt-4.1", "input": "Write two sentences about rain.", "stream": streamed}
        reader, writer = await knocking(address, room.key, asked)
        got, ending = b"", "fin"
        try:
            while block := await asyncio.wait_for(reader.read(1 << 20), patience if raw else 0.3):
                got += block
        except ConnectionResetError:
            ending = "rst"
        except TimeoutError:
            ending = "open"
        writer.close()
    head_bytes, _, rest = got.partition(b"\r\n\r\n")
    status, *lines = head_bytes.split(b"\r\n")
    fields: dict[bytes, list[bytes]] = {}
    for line in lines:
        key, _, text = line.partition(b": ")
        fields.setdefault(key.lower(), []).append(text)
    return Seen(status, fields, rest, ending)


def seen(defect_id: str | None, streamed: bool = True, **more) -> Seen:
    return asyncio.run(knock(defect_id, streamed, **more))


def correct(streamed: bool) -> bytes:
    whole = seen(None, streamed)
    return whole.unchunked()[0] if streamed else whole.body


def test_raw_door_says_what_the_application_says():
    for streamed in (True, False):
        raw, usual = seen(None, streamed), seen(None, streamed, raw=False)
        body = usual.unchunked()[0] if streamed else usual.body
        assert raw.status == usual.status == b"HTTP/1.1 200 OK"
        assert (raw.unchunked()[0] if streamed else raw.body) == body
        for name, values in usual.fields.items():
            if name not in (b"date", b"connection"):
                assert raw.fields[name] == values


@pytest.mark.parametrize("defect", DOORS, ids=lambda defect: defect.id)
def test_defect_leaves_other_answers_alone(defect):
    """A defect of streams does nothing to a plain answer, and the other way round."""
    for streamed in (True, False):
        if ("X1" if streamed else "X4") not in defect.base:
            spoilt = seen(defect.id, streamed)
            assert (spoilt.unchunked()[0] if streamed else spoilt.body) == correct(streamed)


def test_streams_that_end_too_soon():
    whole = correct(True)
    for row, ending in (("A02", "fin"), ("A03", "rst")):
        cut = seen(row)
        body, closed = cut.unchunked()
        assert cut.ending == ending
        assert not closed
        assert whole.startswith(body)
        assert body.endswith(b"\n\n")
        assert b"response.completed" not in body
    torn, closed = seen("A05").unchunked()
    assert (whole.startswith(torn), torn.endswith(b"\n\n"), closed) == (True, False, False)
    assert seen("A06").unchunked() == (whole, False)


def test_close_delimited_cut():
    cut = seen("A04")

    assert cut.field(b"transfer-encoding") is cut.field(b"content-length") is None
    assert cut.field(b"connection") == b"close"
    assert correct(True).startswith(cut.body)
    assert b"response.completed" not in cut.body


def test_lengths_that_lie():
    short = seen("A13", False)
    assert int(short.field(b"content-length")) >= 5000 > 100 == len(short.body)
    long = seen("A14", False)
    assert int(long.field(b"content-length")) < len(long.body) == len(correct(False))
    two = seen("A21", False)
    assert two.field(b"transfer-encoding") == b"chunked"
    assert int(two.field(b"content-length")) != len(correct(False))
    assert two.unchunked() == (correct(False), True)


def test_encodings_that_break():
    cut, closed = seen("A15").unchunked()
    reader = zlib.decompressobj(31)
    opened = reader.decompress(cut)
    assert (closed, reader.eof) == (True, False)
    assert correct(True).startswith(opened)
    with pytest.raises((OSError, zlib.error, EOFError)):
        gzip.decompress(seen("A16a", False).body)
    label = seen("A16b", False)
    assert label.field(b"content-encoding") == b"gzip"
    assert label.body == correct(False)


def test_bomb():
    bomb = seen("A17", False)
    reader, size = zlib.decompressobj(31), 0
    data = bomb.body
    while data:
        size += len(reader.decompress(data, 1 << 20))
        data = reader.unconsumed_tail

    assert len(bomb.body) < 400_000
    assert size > 300 * 1024 * 1024


@pytest.mark.parametrize(("row", "status"), [("A18a", 302), ("A18b", 307), ("A18c", 301), ("A18d", 303), ("A18e", 308)])
@pytest.mark.parametrize("streamed", [True, False])
def test_redirects(row, status, streamed):
    moved = seen(row, streamed)

    assert moved.status.split(b" ")[1] == str(status).encode()
    assert moved.field(b"location") == b"http://127.0.0.1:9/elsewhere?token=secret"
    assert moved.body == b""


def test_heads_that_are_no_http():
    assert seen("A20", False).status == b"FOO"
    huge = seen("A19", False)
    assert sum(len(name) + len(value) for name, values in huge.fields.items() for value in values) > 200_000
    assert huge.body == correct(False)


def test_streams_that_do_not_go_on():
    silent = seen("A22")
    assert b"response.completed" not in silent.body
    commented, closed = seen("A23").unchunked()
    assert commented.count(b": keep-alive\n\n") > 3
    assert b"response.completed" not in commented
    assert not closed
    dribbled = seen("A24")
    assert dribbled.unchunked() == (correct(True), True)
    assert dribbled.body.count(b"\r\n") == 2 * len(correct(True)) + 2
    burst = seen("A25")
    assert burst.body.count(b"\r\n") == 4
    assert burst.unchunked() == (correct(True), True)


def test_silence_holds_the_connection_until_the_server_stops():
    async def run():
        async with MockServer() as server:
            room = server.rooms.open(defects=["A22"], model="gpt-4.1")
            asked = {"model": "gpt-4.1", "input": "Hi", "stream": True}
            reader, writer = await knocking(room.url, room.key, asked)
            await reader.readuntil(b"response.in_progress")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(), 0.1)
            await server.stop()
            assert await asyncio.wait_for(reader.read(), 1) is not None
            writer.close()

    asyncio.run(run())


def test_endless_line_stops_when_nobody_reads():
    async def run():
        async with MockServer() as server:
            room = server.rooms.open(defects=["A42b"], model="gpt-4.1")
            asked = {"model": "gpt-4.1", "input": "Hi", "stream": True}
            reader, writer = await knocking(room.url, room.key, asked)
            got = await reader.readexactly(8 << 20)
            writer.transport.abort()
            return got

    got = asyncio.run(run())

    assert got.partition(b"data: ")[2].count(b"\n") < 40


JUNK = (
    b"",
    b"FOO\r\n\r\n",
    b"GET\r\n\r\n",
    b"\xff" * 100,
    b"A" * 100_000,
    b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
)


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_raw_door_survives_junk(junk):
    async def run():
        async with MockServer() as server:
            name, _, port = server.rooms.raw_address.removeprefix("http://").partition(":")
            reader, writer = await asyncio.open_connection(name, int(port))
            writer.write(junk)
            writer.write_eof()
            try:
                answer = await asyncio.wait_for(reader.read(), 2)
            except ConnectionResetError:
                answer = b""
            writer.close()
            room = server.rooms.open()
            return answer, len(server.rooms), room.key

    answer, rooms, _ = asyncio.run(run())

    assert b"200 OK" not in answer
    assert rooms == 1
