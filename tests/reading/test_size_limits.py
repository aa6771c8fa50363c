"""Every limit of size to the byte: so much passes, one more is found under its code."""

import gzip
import json
import struct
import zlib
from typing import Any

import pytest
from wire.test_client import served

from harness.reply import Reply
from harness.wire import coding, sse, strict_json
from harness.wire.coding import Deflated, TooLarge
from harness.wire.exchange import Ending, Exchange, Head, How, Request
from harness.wire.limits import LIMITS, MIB, Limits

POST = Request("POST", "https://service.invalid/openai/v1/responses", (), b'{"stream":true}')


def test_the_limits_themselves():
    assert (LIMITS.body, LIMITS.header_block) == (256 * MIB, 64 * 1024)
    assert (sse.LIMITS.event, sse.LIMITS.events) == (16 * MIB, 200_000)
    assert (strict_json.DEPTH, strict_json.NUMBER) == (64, 40)
    assert (coding.RATIO, coding.RATIO_FROM) == (200, 8 * MIB)
    assert (LIMITS.connect, LIMITS.first_byte, LIMITS.silence, LIMITS.no_event) == (10.0, 300.0, 60.0, 120.0)
    assert (LIMITS.turn, LIMITS.scenario) == (900.0, 3600.0)


def found(exchange: Exchange) -> set[str]:
    return {finding.rule for finding in Reply(exchange).findings}


def streamed(body: bytes) -> set[str]:
    """What reading a whole stream finds."""
    head = Head(200, (("content-type", "text/event-stream"),))
    return found(Exchange(POST, head, body, (), Ending(How.COMPLETE)))


def answered(body: bytes) -> set[str]:
    """What reading a JSON answer finds."""
    head = Head(200, (("content-type", "application/json"),))
    return found(Exchange(Request("POST", POST.url, (), b"{}"), head, body, (), Ending(How.COMPLETE)))


@pytest.mark.parametrize(("more", "large"), [(0, False), (1, True)])
def test_an_event(more: int, large: bool):
    """16 MiB, from the first byte of its first line to the last of its last."""
    around = b'data: {"type":"x","padding":""}'
    event = around[:-2] + b"x" * (sse.LIMITS.event - len(around) + more) + around[-2:]
    assert len(event) == 16 * MIB + more

    assert ("wire.too_large" in streamed(event + b"\n\n")) is large


@pytest.mark.parametrize(("many", "large"), [(200_000, False), (200_001, True)])
def test_events_of_a_stream(many: int, large: bool):
    body = b'data: {"type":"x"}\n\n' * many
    assert ("wire.too_large" in streamed(body)) is large


@pytest.mark.parametrize(("deep", "code"), [(63, None), (64, "wire.too_deep")])
def test_depth_of_json(deep: int, code: str | None):
    """64 levels, of which the answer's own object is the first."""
    rules = answered(b'{"extra":' + b"[" * deep + b"]" * deep + b"}")
    assert ("wire.too_deep" in rules) is (code is not None)


@pytest.mark.parametrize(("length", "bad"), [(40, False), (41, True)])
@pytest.mark.parametrize("number", ["9", "0.", "-1", "1e-"])
def test_characters_of_a_number(number: str, length: int, bad: bool):
    written = number.ljust(length, "0" if number == "1e-" else "1")
    assert len(written) == length

    assert ("wire.bad_number" in answered(b'{"extra":%s}' % written.encode())) is bad


@pytest.mark.parametrize(("more", "how", "code"), [(0, How.COMPLETE, None), (1, How.PROTOCOL, "wire.protocol")])
def test_a_header_block(more: int, how: How, code: str | None):
    """64 KiB: names, values, and the four characters that a line has besides."""
    lines = [b"content-length: 2", *(b"x-%d: " % n + b"y" * 7_000 for n in range(9))]
    size = sum(len(line) + 2 for line in lines)
    last = b"x-last: "
    lines.append(last + b"z" * (LIMITS.header_block - size - len(last) - 2 + more))
    assert sum(len(line) + 2 for line in lines) == LIMITS.header_block + more

    exchange = served(b"HTTP/1.1 200 OK\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n{}")

    assert exchange.ending.how is how
    assert (code is None) or code in found(exchange)


def framed(body: bytes, packed: bool) -> bytes:
    sent = gzip.compress(body) if packed else body
    lines = b"content-encoding: gzip\r\n" if packed else b""
    return b"HTTP/1.1 200 OK\r\n%scontent-length: %d\r\n\r\n%s" % (lines, len(sent), sent)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("more", "how"), [(0, How.COMPLETE), (1, How.TOO_LARGE)])
def test_a_body(packed: bool, more: int, how: How):
    """Counted as it is when every coding is undone."""
    body = json.dumps({"padding": "x" * 70_000}).encode()
    exchange = served(framed(body + b" " * more, packed), limits=Limits(body=len(body)))

    assert exchange.ending.how is how
    assert ("wire.too_large" in found(exchange)) is (how is How.TOO_LARGE)


def padded(out: int, length: int) -> bytes:
    """gzip of so many zeros that is itself so long: a comment fills it up."""
    raw = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = raw.compress(b"\0" * out) + raw.flush()
    tail = struct.pack("<II", zlib.crc32(b"\0" * out), out)
    comment = b"c" * (length - 10 - 1 - len(data) - len(tail)) + b"\0"
    return b"\x1f\x8b\x08\x10" + bytes(6) + comment + data + tail


@pytest.mark.parametrize(("shorter", "large"), [(0, False), (1, True)])
def test_what_a_body_may_grow_by(shorter: int, large: bool):
    """200 times, once it is past 8 MiB."""
    out = 9_000_000
    packed = padded(out, out // coding.RATIO - shorter)
    assert len(packed) == out // coding.RATIO - shorter

    if large:
        with pytest.raises(TooLarge):
            Deflated("gzip", LIMITS.body).decode(packed)
    else:
        assert len(Deflated("gzip", LIMITS.body).decode(packed)) == out


@pytest.mark.parametrize(("out", "large"), [(8 * MIB, False), (8 * MIB + 1, True)])
def test_from_where_growth_counts(out: int, large: bool):
    packed = padded(out, 20_000)

    def undone() -> Any:
        return Deflated("gzip", LIMITS.body).decode(packed)

    if large:
        with pytest.raises(TooLarge):
            undone()
    else:
        assert len(undone()) == out
