"""What hostile or careless programs on the same machine can do to the socket: nothing but be refused.

Slow or malformed heads, bodies without end, ambiguous lengths, too many connections, foreign names, tricks with
paths, requests sent ahead. All over bare sockets.
"""

import asyncio
import contextlib
import json
import socket

import pytest
from builders.bare import BODY, Bare, bare, statuses
from hypothesis import given
from hypothesis import strategies as st

from harness.mock.request import Chunks, Malformed, read_head


def test_only_loopback_is_listened_on():
    async def visit(it: Bare):
        address = it.server._server.sockets[0].getsockname()[0]
        return address, it.server.url

    address, url = bare(visit)
    assert address == "127.0.0.1"
    assert url.startswith("http://127.0.0.1:")


def own_addresses() -> list[tuple[socket.AddressFamily, str]]:
    """Other addresses of this machine: of loopback, and those by which it would reach another."""
    found = [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")]
    for family, elsewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as asking, contextlib.suppress(OSError):
            asking.connect((elsewhere, 9))  # sends nothing: the system says which of its addresses it would use
            found.append((family, asking.getsockname()[0]))
    return found


def answers(family: socket.AddressFamily, address: str, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as trying:
        trying.settimeout(5)
        try:
            trying.connect((address, port))
        except OSError:
            return False
        return True


def test_T20_no_other_address_of_this_machine_answers():
    async def visit(it: Bare):
        port = it.server._server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        tried = ((socket.AF_INET, "127.0.0.1"), *own_addresses())
        return [each for each in tried if await loop.run_in_executor(None, answers, *each, port)]

    assert bare(visit) == [(socket.AF_INET, "127.0.0.1")]


CHUNKED = b"POST /x HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
HEADS = {
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: evil\r\n\r\n",
    "both lengths": CHUNKED.replace(b"\r\n\r\n", b"\r\ncontent-length: 3\r\n\r\n") + b"0\r\n\r\n",
    "two lengths": b"POST /x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ncontent-length: 3\r\n\r\nabc",
    "length with a sign": b"POST /x HTTP/1.1\r\nhost: localhost\r\ncontent-length: +3\r\n\r\nabc",
    "folded line": b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: a\r\n b\r\n\r\n",
    "blank before the colon": b"GET /healthz HTTP/1.1\r\nhost : localhost\r\n\r\n",
    "bare line feed": b"GET /healthz HTTP/1.1\r\nhost: localhost\nx: y\r\n\r\n",
    "nul": b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: a\x00b\r\n\r\n",
    "absolute target": b"GET http://evil/healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "no version": b"GET /healthz\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "bad chunk": CHUNKED + b"Z\r\n",
    "bad chunk end": CHUNKED + b"3\r\nabcXX\r\n0\r\n\r\n",
    "chunk line ends in LF": CHUNKED + b"3\nabc\r\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_what_is_ambiguous_is_refused_and_the_connection_closed(head):
    got = bare(lambda it: it.say(head + it.request()))

    assert statuses(got) == [400]
    assert got.endswith(b'"}}')


def test_other_limits_of_heads_and_bodies():
    async def visit(it: Bare):
        return [
            statuses(await it.say(b"GET / HTTP/1.1\r\nx: " + b"a" * 70_000)),
            statuses(await it.say(it.request(b"", "transfer-encoding: gzip").replace(b"content-length: 0\r\n", b""))),
            statuses(await it.say(it.request(b"x" * 2000))),
            statuses(await it.say(chunked(it, b"7D0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n"))),
        ]

    assert bare(visit, body_bytes=1000) == [[431], [501], [413], [413]]


def chunked(it: Bare, coded: bytes) -> bytes:
    head = it.request(b"", "transfer-encoding: chunked", "connection: close")
    return head.replace(b"content-length: 0\r\n", b"") + coded


def test_chunked_body_is_read():
    async def visit(it: Bare):
        coded = b"".join(b"%x;a=b\r\n%b\r\n" % (1, BODY[at : at + 1]) for at in range(len(BODY)))
        return await it.say(chunked(it, coded + b"0\r\ntrailer: x\r\n\r\n"))

    got = bare(visit)
    assert statuses(got) == [200]
    assert b'"text":"OK"' in got


def test_slow_heads_and_bodies_end_in_time():
    async def visit(it: Bare):
        slow = [it.say(b""), it.say(b"GET /hea"), it.say(it.request()[:-5])]
        return await asyncio.gather(*slow)

    silent, head, body = bare(visit, head_seconds=0.1, body_seconds=0.1)
    assert silent == b""
    assert statuses(head) == statuses(body) == [408]


def test_connections_beyond_the_limit_are_turned_away_and_the_others_live():
    async def visit(it: Bare):
        opened = [await asyncio.open_connection("127.0.0.1", it.port) for _ in range(5)]
        for _, writer in opened:
            writer.write(it.request(BODY, "connection: close"))
        answers = [await reader.read() for reader, _ in opened]
        for _, writer in opened:
            writer.close()
        again = await it.say(it.request(BODY, "connection: close"))
        return [statuses(answer)[0] for answer in answers if answer], statuses(again)

    found, again = bare(visit, connections=3)
    assert sorted(set(found)) in ([200], [200, 503])
    assert found.count(200) == 3
    assert again == [200]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.2", "localhost.", "[::2]:80", ""])
@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/openai/v1/responses"])
def test_foreign_names_are_refused_everywhere(host, path):
    head = f"GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode()
    got = bare(lambda it: it.say(head))

    assert statuses(got) == [403]
    assert b"access-control" not in got.lower()


def test_preflight_of_a_browser_is_refused():
    lines = ("origin: http://127.0.0.1", "access-control-request-method: POST", "connection: close")
    got = bare(lambda it: it.say(it.request(b"", *lines, method="OPTIONS")))

    assert statuses(got) == [403]
    assert b"access-control" not in got.lower()


PATHS = [
    "//responses",
    "/./responses",
    "/%2e%2e/responses",
    "/responses%2f",
    "/responses;x",
    "/responses/",
    "/Responses",
]


@pytest.mark.parametrize("path", PATHS)
def test_only_exact_paths(path):
    got = bare(lambda it: it.say(it.request(BODY, "connection: close", path=path)))

    assert statuses(got) == [404]


def test_requests_sent_ahead_are_answered_in_order():
    async def visit(it: Bare):
        many = it.request() + it.request(b"{", path="/responses") + it.request(b"", method="GET", path="/responses/x")
        stream = it.request(BODY[:-1] + b',"stream":true}')
        return await it.say(many + stream + it.request(b"", "connection: close", method="GET", path="/models"))

    got = bare(visit)
    assert statuses(got) == [200, 400, 404, 200, 200]
    assert b"0\r\n\r\nHTTP/1.1 200" in got


def test_what_is_ready_waits_for_what_was_asked_first():
    """An answer that takes a while, and one behind it that does not."""

    async def visit(it: Bare):
        it.room.direct({"delay": "50ms"})
        return await it.say(it.request() + it.request(b"", "connection: close", method="GET", path="/responses/x"))

    assert statuses(bare(visit)) == [200, 404]


def test_refused_bodies_are_not_kept():
    """A megabyte with the wrong key: 401 once it is over, and the connection goes on."""

    async def visit(it: Bare):
        wrong = it.request(b"x" * 1_000_000).replace(it.room.key.encode(), b"wrong")
        return await it.say(wrong + it.request(BODY, "connection: close"))

    assert statuses(bare(visit)) == [401, 200]


def test_head_expectation_and_old_protocol():
    async def visit(it: Bare):
        head = await it.say(it.request(b"", "connection: close", method="HEAD", path="/models"))
        old = await it.say(it.request(BODY[:-1] + b',"stream":true}').replace(b"HTTP/1.1", b"HTTP/1.0"))
        reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
        whole = it.request(BODY, "expect: 100-continue", "connection: close")
        writer.write(whole[: -len(BODY)])
        first = await reader.readuntil(b"\r\n\r\n")
        writer.write(BODY)
        rest = await reader.read()
        writer.close()
        return head, old, first, rest

    head, old, first, rest = bare(visit)
    assert head.endswith(b"\r\n\r\n")
    assert int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]) > 100
    assert b"transfer-encoding" not in old
    assert old.partition(b"\r\n\r\n")[2].startswith(b"event: response.created")
    assert (statuses(first), statuses(rest)) == ([100], [200])


# laws


@given(st.binary(max_size=300))
def test_any_head_is_read_or_refused(head):
    try:
        seen = read_head(head).path
    except Malformed as malformed:
        seen = f"/{malformed.status}"

    assert seen.startswith("/")


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.integers(1, 7))
def test_chunks_join_to_the_body_however_they_come(pieces, step):
    coded = b"".join(b"%X\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\nNEXT"
    chunks, buffer, body, done = Chunks(), bytearray(), bytearray(), False
    for at in range(0, len(coded), step):
        buffer += coded[at : at + step]
        done = done or chunks.feed(buffer, body)
    assert done
    assert bytes(body) == b"".join(pieces)
    assert bytes(buffer) == b"NEXT"


def test_many_streams_at_once():
    """The large form of this is tests/proofs/mock_load.py."""

    async def visit(it: Bare):
        asked = json.dumps({"model": "gpt-4.1", "input": "Count to 576.", "stream": True}).encode()
        request = it.request(asked, "connection: close")
        return await asyncio.gather(*(it.say(request) for _ in range(32)))

    for got in bare(visit):
        body = got.partition(b"\r\n\r\n")[2]
        assert statuses(got) == [200]
        assert body.count(b"event: response.completed\n") == 1
        assert body.count(b"\nevent: ") + body.startswith(b"event: ") == 200
