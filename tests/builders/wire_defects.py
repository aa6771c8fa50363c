"""Every wrong envelope and framing of the catalogue of faults, as bytes written here, and what is legal beside them.

`ROWS` are defects with exactly the codes that must be found; `CONTROLS` are correct, with the notes they may cause.
Nothing here was made by the embedded endpoint.
"""

from dataclasses import dataclass

from builders.on_wire import asking, block, blocks, exchange, payload, sse
from builders.streams import Telling, message, response, x1, x2, x3, x8, x16

from harness.wire.exchange import Arrival, Exchange, How

GOOD = x1()
BLOCKS = blocks(GOOD)
BODY = b"".join(BLOCKS)
CUT = b"".join(BLOCKS[:6])
PLAIN = payload(response("completed", GOOD[-1]["response"]["output"]))
JSON = "application/json"
NOT_ASKED = asking(stream=None)


@dataclass(frozen=True)
class Row:
    id: str
    exchange: Exchange
    codes: tuple[str, ...]
    framed: bool = False  # the bytes alone show it


ROWS: list[Row] = []


def row(id_: str, codes: str, body: bytes, **more: object) -> None:
    ROWS.append(Row(id_, exchange(body, **more), tuple(sorted(codes.split()))))


def framing(id_: str, codes: str, body: bytes) -> None:
    ROWS.append(Row(id_, exchange(body), tuple(sorted(codes.split())), framed=True))


def fifth(new: bytes) -> bytes:
    """X1 with event 5 written otherwise."""
    return b"".join([*BLOCKS[:5], new, *BLOCKS[6:]])


def spoilt(old: bytes, new: bytes) -> bytes:
    """X1 with something in event 5 replaced."""
    assert old in BLOCKS[5]
    return fifth(BLOCKS[5].replace(old, new, 1))


row("A01", "wire.no_terminal", b"".join(BLOCKS[:-1]))
row("A02", "avail.stream_cut", CUT, how=How.BAD_CLOSE)
row("A02 at a chunk", "avail.stream_cut", CUT, how=How.CUT)
row("A03", "avail.stream_cut", CUT, how=How.CUT, detail="reset by peer")
row("A04", "wire.no_terminal wire.close_delimited", CUT, how=How.CLOSED)
row("A05", "avail.stream_cut wire.unterminated_event", CUT + BLOCKS[6][:40], how=How.CUT)
row("A06", "wire.bad_close", BODY, how=How.BAD_CLOSE)
row("A06 plain", "wire.bad_close", PLAIN, how=How.CUT, kind=JSON, request=NOT_ASKED)
row("A07", "wire.content_type", BODY, kind=JSON)
row("A08", "wire.content_type wire.no_terminal", b"<!doctype html>\n<p>Sign in: first\n", kind="text/html")
row("A09", "wire.not_streamed", PLAIN, kind=JSON)
row("A09 labelled as events", "wire.not_streamed", PLAIN)
row("A10", "wire.empty_body", b"")
row("A10 plain", "wire.empty_body", b"", kind=JSON, request=NOT_ASKED)
row("A11 204", "wire.bad_status", b"", status=204, kind=None, request=NOT_ASKED)
row("A11 202", "wire.bad_status", PLAIN, status=202, kind=JSON, request=NOT_ASKED)
row("A12", "wire.content_type", BODY, request=NOT_ASKED)
row("A13", "avail.body_cut", PLAIN[:100], how=How.CUT, kind=JSON, request=NOT_ASKED)
row("A14", "wire.bad_json", PLAIN[:-7], kind=JSON, request=NOT_ASKED)
row("A15", "wire.bad_encoding", CUT + BLOCKS[6][:40], how=How.BAD_ENCODING)
row("A16", "wire.bad_encoding", PLAIN[:50], how=How.BAD_ENCODING, kind=JSON, request=NOT_ASKED)
row("A17", "wire.too_large", b" " * 5000, how=How.TOO_LARGE, kind=JSON, request=NOT_ASKED)
for status in (301, 302, 303, 307, 308):
    to = (("Location", "https://elsewhere.invalid/a?key=secret"),)
    row(f"A18 {status}", "wire.redirect", b"", status=status, kind=None, headers=to)
row("A19", "wire.protocol", b"", status=None, how=How.PROTOCOL, detail="header block too large")
row("A20", "wire.protocol", b"", status=None, how=How.PROTOCOL, detail="bad status line")
row("A21", "wire.protocol", b"", how=How.PROTOCOL, detail="two lengths", kind=JSON, request=NOT_ASKED)
row("A22", "avail.stall", CUT, how=How.STALL)
row("A22 within an event", "avail.stall", CUT + BLOCKS[6][:40], how=How.STALL)
row("A23", "avail.no_progress", CUT + b": alive\n\n" * 9, how=How.NO_PROGRESS)
row("A24", "avail.deadline", CUT + BLOCKS[6][:40], how=How.DEADLINE)
row("C01", "avail.connect", b"", status=None, how=How.CONNECT)
row("C02", "avail.dns", b"", status=None, how=How.DNS)
row("C03", "avail.tls", b"", status=None, how=How.TLS)
row("C16", "avail.auth", b'{"error":{"code":"401","message":"Access denied"}}', status=401, kind=JSON)
row("C07", "avail.throttled", b'{"error":{"code":"rate_limit_exceeded"}}', status=429, kind=JSON)
row("C11", "avail.quota", b'{"error":{"code":"insufficient_quota"}}', status=429, kind=JSON)
row("C13", "avail.server_error", b'{"error":{"code":"server_error"}}', status=500, kind=JSON)
row("C14", "avail.server_error", b"<html>", status=502, kind="text/html")
row("C18", "avail.no_answer", b"", status=None, how=How.NO_ANSWER)
row("C20", "avail.first_byte", b"", status=None, how=How.FIRST_BYTE)
row("C24", "wire.bad_status", b'{"error":{"code":"server_error","message":"no"}}', kind=JSON, request=NOT_ASKED)

framing("A26", "wire.unterminated_event wire.no_terminal", BODY[:-1])
framing("A26 after the end", "wire.unterminated_event", BODY + BLOCKS[5][:40])
framing("A27", "wire.bad_json", fifth(BLOCKS[5][:-1]))
framing("A28", "wire.event_name_mismatch", spoilt(b"output_text.delta\n", b"output_text.done\n"))
framing("A29", "wire.event_name_missing", b"".join(b"data: " + payload(event) + b"\n\n" for event in GOOD))
framing("A30", "wire.unknown_field order.seq_gap", spoilt(b"\ndata:", b"\ndat:"))
framing("A30 besides", "wire.unknown_field", fifth(BLOCKS[5].replace(b"\ndata:", b"\ndat:") + BLOCKS[5]))
framing("A31", "wire.bad_json", spoilt(b'{"type"', b'{type"'))
framing("A32", "wire.bad_utf8", spoilt(b'"delta":"', b'"delta":"\xff'))
framing("A33", "wire.bad_utf8", spoilt(b"}\n\n", b',"x":"\xc3\n\n'))
framing("A34 little-endian", "wire.bad_utf8", BODY.decode().encode("utf-16-le"))
framing("A34 big-endian", "wire.bad_utf8", BODY.decode().encode("utf-16-be"))
framing("A34 with its mark", "wire.bad_utf8", BODY.decode().encode("utf-16"))
framing("A35", "wire.bad_json", spoilt(b'"delta":"', b'"delta":"\0'))
framing("A36 array", "wire.not_object", fifth(b"event: response.output_text.delta\ndata: [1]\n\n"))
framing("A36 null", "wire.not_object", fifth(b"event: response.output_text.delta\ndata: null\n\n"))
framing("A37", "wire.bad_json", spoilt(b'"sequence_number":5', b'"sequence_number":5,"x":NaN'))
framing("A38", "wire.duplicate_key", spoilt(b'"sequence_number":5', b'"sequence_number":5,"sequence_number":5'))
framing("A39", "wire.too_deep", spoilt(b'"sequence_number":5', b'"sequence_number":5,"x":' + b"[" * 5000 + b"]" * 5000))
framing("A40", "wire.bad_number", spoilt(b'"sequence_number":5', b'"sequence_number":5,"x":' + b"7" * 5000))
framing(
    "A41", "wire.too_large", spoilt(b'"sequence_number":5', b'"sequence_number":5,"x":"' + b"x" * (17 << 20) + b'"')
)
framing("A43", "wire.done_sentinel_early", b"".join([*BLOCKS[:6], b"data: [DONE]\n\n", *BLOCKS[6:]]))
framing("A44", "wire.no_terminal", b"".join([*BLOCKS[:-1], b"data: [DONE]\n\n"]))
framing("A45", "wire.lone_surrogate", spoilt(b'"delta":"', b'"delta":"\\ud83d'))
framing("A46", "wire.missing_type", spoilt(b'"type":"response.output_text.delta",', b""))
framing("A47", "wire.missing_type", spoilt(b'"type":"response.output_text.delta"', b'"type":7'))


def burst(pace: float, *, late: float = 0.0) -> Exchange:
    """A stream of thirty deltas, `pace` seconds apart, the first `late` seconds after its item was announced."""
    events = message(Telling().begin(), *["on "] * 30).end()
    body, arrivals, now = b"", [], 0.1
    for event in events:
        now += late if event["type"].endswith("delta") else 0.0
        late = 0.0 if event["type"].endswith("delta") else late
        now += pace
        arrivals.append(Arrival(len(body), now))
        body += block(event)
    return exchange(body, arrivals=arrivals, ended_at=now)


def too_many() -> bytes:
    """A42: 200 001 events, and something after them that is not read any more."""
    lifecycle, delta = BLOCKS[:5], BLOCKS[5].replace(b'"sequence_number":5', b'"sequence_number":%d')
    return b"".join([*lifecycle, *(delta % n for n in range(5, 200_010)), b"event: x\ndata: {\n\n"])


CONTROLS = {
    "N01": (BODY, ""),
    "N02": (sse(x2()), ""),
    "N03": (sse(x3()), ""),
    "X16": (sse(x16()), ""),
    "N04": (BODY.replace(b"\n", b"\r\n"), ""),
    "N05": (BODY.replace(b"\n", b"\r"), ""),
    "N06": (b"\xef\xbb\xbf" + BODY, "wire.unusual_framing"),
    "N06 without names": (
        b"\xef\xbb\xbf" + b"".join(b"data: " + payload(event) + b"\n\n" for event in GOOD),
        "wire.event_name_missing wire.unusual_framing",
    ),
    "N07": (b"".join(b": alive\n\n" + one for one in BLOCKS), ""),
    "N07 inside": (b"".join(b": alive\n" + one for one in BLOCKS), ""),
    "N08": (b"".join(b"id: %d\n%s: alive\n\n" % (n, one) for n, one in enumerate(BLOCKS)), "wire.unusual_framing"),
    "N09": (b"".join([*BLOCKS[:3], b"retry: 3000\n\n", *BLOCKS[3:]]), "wire.unusual_framing"),
    "N10": (b"".join([*BLOCKS[:3], b"event: ping\n\n", *BLOCKS[3:]]), "wire.unusual_framing"),
    "N11": (BODY.replace(b"\nevent: ", b"\nevent:").replace(b"\ndata: ", b"\ndata:"), ""),
    "N12": (BODY + b"data: [DONE]\n\n", "wire.unusual_framing"),
    "N12 without its blank line": (BODY + b"data: [DONE]\n", "wire.unusual_framing"),
    "N14": (BODY.replace(b'"delta":', b'"obfuscation":"xx","later":{"a":[1]},"delta":'), ""),
    "N15": (BODY.replace(b',"sequence_number"', b',\ndata: "sequence_number"'), "wire.unusual_framing"),
    "N16": (b"".join(block(event) for event in GOOD).decode().encode("ascii", "backslashreplace"), ""),
    "N23": (sse(message(Telling().begin(), "a\u2028b", "\u2029c").end()), ""),
    "N19": (b"\n\n" + BODY.replace(b"\n\n", b"\n\n\n\n"), ""),
    "N20": (sse(x8()), ""),
    "N21": (sse(x1()[4:]), ""),
}
