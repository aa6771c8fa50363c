"""Peers that are gone: nothing after the request, an idle connection that is dead, a region that is down.

Seen with bare sockets; no rule is asked.
"""

import asyncio
import json
import ssl

import aiohttp
import pytest
from builders import unreachable
from builders.endpoint import NOW, Visitor, visiting
from builders.unreachable import closed_port, tls_listener

from harness.mock import MockServer, Room
from harness.mock.defects import find

ASKED = {"model": "gpt-4.1", "input": "Write two sentences about rain."}
PATIENCE = 5.0


def request(room: Room, *, stream: bool = False) -> bytes:
    """A create request to the room, as bytes."""
    host, _, path = room.url.removeprefix("http://").partition("/")
    body = json.dumps({**ASKED, "stream": stream}).encode()
    lines = f"host: {host}\r\napi-key: {room.key}\r\ncontent-length: {len(body)}\r\n\r\n"
    return f"POST /{path}/responses HTTP/1.1\r\n{lines}".encode() + body


async def connected(room: Room) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = room.url.removeprefix("http://").partition("/")[0].partition(":")
    return await asyncio.open_connection(host, int(port), limit=1 << 20)


async def read(reader: asyncio.StreamReader, patience: float = PATIENCE) -> tuple[bytes, str]:
    """What came, and how it ended: `fin`, `rst`, or `open` where nothing more came."""
    got = b""
    try:
        while block := await asyncio.wait_for(reader.read(1 << 20), patience):
            got += block
    except ConnectionResetError:
        return got, "rst"
    except TimeoutError:
        return got, "open"
    return got, "fin"


async def asked_once(row: str | None, stream: bool, patience: float = PATIENCE) -> tuple[bytes, str, int]:
    """What came of one create request, how it ended, and how many responses were made."""
    async with MockServer(nonce="gone") as server:
        server.times.ever = server.times.head = 0.05
        room = server.rooms.open(defects=[row] if row else [], model="gpt-4.1", name="r")
        reader, writer = await connected(room)
        writer.write(request(room, stream=stream))
        got, ending = await read(reader, patience)
        writer.close()
        return got, ending, len(room.store.responses)


@pytest.mark.parametrize("stream", [True, False])
def test_what_was_asked_is_done_and_nobody_is_told(stream: bool):
    assert asyncio.run(asked_once("C18a", stream)) == (b"", "rst", 1)
    assert asyncio.run(asked_once("C18b", stream)) == (b"", "fin", 1)
    got, ending, made = asyncio.run(asked_once(None, stream, 0.2))
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert (ending, made) == ("open", 1)


def test_silence_lasts_until_the_server_stops():
    async def run():
        async with MockServer() as server:
            room = server.rooms.open(defects=["C18b"], model="gpt-4.1")
            reader, writer = await connected(room)
            writer.write(request(room))
            early = await read(reader, 0.1)
            await server.stop()
            late = await read(reader)
            writer.close()
            return early, late

    early, late = asyncio.run(run())

    assert early == (b"", "open")
    assert late[0] == b""


@pytest.mark.parametrize("stream", [True, False])
def test_idle_connection_that_seems_alive_meets_a_reset(stream: bool):
    async def run(row: str | None):
        async with MockServer() as server:
            room = server.rooms.open(defects=[row] if row else [], model="gpt-4.1")
            reader, writer = await connected(room)
            writer.write(request(room, stream=stream))
            first, idle = await read(reader, 0.1)
            writer.write(request(room, stream=stream))
            second, ending = await read(reader, 0.3)
            writer.close()
            made = len(room.store.responses)
            fresh, other = await connected(room)
            other.write(request(room, stream=stream))
            third, _ = await read(fresh, 0.1)
            other.close()
            return first, idle, second, ending, made, third

    first, idle, second, ending, made, third = asyncio.run(run("C19"))
    good = asyncio.run(run(None))

    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close" not in first
    assert (idle, second, ending, made) == ("open", b"", "rst", 1)
    assert third.startswith(b"HTTP/1.1 200 OK\r\n")
    assert good[2].startswith(b"HTTP/1.1 200 OK\r\n")
    assert good[3:5] == ("open", 2)


def test_head_comes_after_five_minutes_and_a_second():
    """By the clock that the test has: nobody waits."""

    async def run():
        slept = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        async with MockServer() as server:
            server.times.sleep = sleep
            room = server.rooms.open(defects=["C20"], model="gpt-4.1")
            reader, writer = await connected(room)
            writer.write(request(room))
            got, ending = await read(reader)
            writer.close()
            return slept, got, ending

    slept, got, ending = asyncio.run(run())

    assert slept == [301.0]
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert ending == "fin"


def test_head_comes_as_late_as_it_is_told_to():
    async def run():
        async with MockServer() as server:
            server.times.head = 0.2
            room = server.rooms.open(defects=["C20"], model="gpt-4.1")
            reader, writer = await connected(room)
            writer.write(request(room))
            early = await read(reader, 0.05)
            late, _ = await read(reader)
            writer.close()
            return early, late

    early, late = asyncio.run(run())

    assert early == (b"", "open")
    assert late.startswith(b"HTTP/1.1 200 OK\r\n")


def test_region_is_down_for_ten_minutes_and_others_are_not():
    """The ten minutes begin with the first request, and are the same for all rooms of the region."""

    async def run(defects: list[str]):
        now = [NOW]
        async with MockServer() as server, aiohttp.ClientSession(auto_decompress=False) as session:

            def visitor(region: str, defects: list[str]) -> Visitor:
                room = server.rooms.open(defects=defects, model="gpt-4.1", region=region, clock=lambda: now[0])
                return Visitor(server, room, session)

            async def ask(visitor: Visitor) -> int:
                return (await visitor.send("POST", "/responses", ASKED))[0]

            down = [visitor("eastus2", defects) for _ in range(40)]
            other = visitor("swedencentral", [])
            seen = {"first": await ask(down[0]), "other": await ask(other)}
            now[0] = NOW + 599
            seen["all"] = [await ask(one) for one in down]
            seen["reads"] = (await down[0].send("GET", "/models"))[0]
            now[0] = NOW + 600
            seen["after"] = {await ask(one) for one in down}
            return seen

    assert asyncio.run(run(["C21"])) == {
        "first": 503,
        "other": 200,
        "all": [503] * 40,
        "reads": 503,
        "after": {200},
    }
    assert asyncio.run(run([]))["all"] == [200] * 40


@pytest.mark.parametrize(("row", "wait"), [("C22a", None), ("C22b", "2")])
def test_every_region_says_429_for_ever(row: str, wait: str | None):
    async def visit(visitor: Visitor):
        seen = []
        for region in ("eastus2", "swedencentral", "polandcentral"):
            room = visitor.server.rooms.open(defects=[row], model="gpt-4.1", region=region)
            other = Visitor(visitor.server, room, visitor.session)
            seen += [await other.send("POST", "/responses", ASKED) for _ in range(3)]
        return seen

    answers = visiting(visit)

    assert {(status, lines.get("retry-after")) for status, lines, _ in answers} == {(429, wait)}


@pytest.mark.parametrize("row", ["C18", "C19", "C20", "C21", "C22"])
def test_rows_are_named(row: str):
    assert find(row).row == row
    assert all(code.startswith("avail.") for code in find(row).findings)


def test_nobody_listens():
    async def run():
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", await closed_port())

    asyncio.run(run())


@pytest.mark.parametrize("fault", [*unreachable.FAULTS, None])
def test_certificates_that_nobody_must_trust(fault: str | None):
    """Each is refused for its own reason, before anything is sent; the control is served."""

    async def run():
        async with tls_listener(fault) as listener:
            port = int(listener.url.rpartition(":")[2])
            why = None
            try:
                reader, writer = await asyncio.open_connection(
                    "localhost", port, ssl=listener.authority.trusted(), server_hostname="localhost", family=2
                )
                writer.write(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
                assert (await reader.read()).endswith(unreachable.BODY)
                writer.close()
            except ssl.SSLCertVerificationError as error:
                why = error.verify_message
            return why, listener.requests

    why, requests = asyncio.run(run())

    assert requests == (fault is None)
    assert (why or "")[:20] == {
        "expired": "certificate has expi",
        "self-signed": "unable to get local ",
        "wrong name": "Hostname mismatch, c",
        None: "",
    }[fault]
