"""Every wrong envelope and framing of the fault catalogue, as bytes written here: exactly the rules that must speak."""

from dataclasses import dataclass

import pytest
from builders.on_wire import asking, block, blocks, exchange, payload, sse, text
from builders.streams import (
    Telling,
    at,
    changed,
    inserted,
    message,
    renumbered,
    response,
    without,
    x1,
    x2,
    x3,
    x8,
    x16,
)

from harness.findings import CODES, Level
from harness.reply import Reply
from harness.wire.exchange import Arrival, Exchange, How, Request

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
row("C07", "avail.throttled", b'{"error":{"code":"rate_limit_exceeded"}}', status=429, kind=JSON)
row("C11", "avail.quota", b'{"error":{"code":"insufficient_quota"}}', status=429, kind=JSON)
row("C13", "avail.server_error", b'{"error":{"code":"server_error"}}', status=500, kind=JSON)
row("C14", "avail.server_error", b"<html>", status=502, kind="text/html")
row("C18", "avail.no_answer", b"", status=None, how=How.NO_ANSWER)
row("C20", "avail.first_byte", b"", status=None, how=How.FIRST_BYTE)
row("C24", "wire.bad_status", b'{"error":{"code":"server_error","message":"no"}}', kind=JSON, request=NOT_ASKED)

framing("A26", "wire.unterminated_event wire.no_terminal", BODY[:-1])
framing("A27", "wire.bad_json", fifth(BLOCKS[5][:-1]))
framing("A28", "wire.event_name_mismatch", spoilt(b"output_text.delta\n", b"output_text.done\n"))
framing("A29", "wire.event_name_missing", b"".join(b"data: " + payload(event) + b"\n\n" for event in GOOD))
framing("A30", "wire.unknown_field order.seq_gap", spoilt(b"\ndata:", b"\ndat:"))
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


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_defect_breaks_exactly_its_rules(row):
    """No other rule speaks, and the level is the rule's."""
    findings = Reply(row.exchange, 3).findings

    assert tuple(sorted(finding.rule for finding in findings)) == row.codes
    for finding in findings:
        assert (finding.level, finding.wire.exchange) == (CODES[finding.rule].level, 3)
        assert finding.message


@pytest.mark.parametrize("row", [row for row in ROWS if row.framed], ids=lambda row: row.id)
def test_the_bytes_alone_show_it(row):
    """A recording without head and request is judged the same."""
    assert tuple(sorted(finding.rule for finding in text(row.exchange.body).findings)) == row.codes


def test_a_stream_of_too_many_events_is_not_read_to_its_end():
    """A42: reading stops with one finding; a missing last event is not the service's fault then."""
    lifecycle, delta = BLOCKS[:5], BLOCKS[5].replace(b'"sequence_number":5', b'"sequence_number":%d')
    body = b"".join([*lifecycle, *(delta % n for n in range(5, 200_010)), b"event: x\ndata: {\n\n"])
    (finding,) = text(body).findings

    assert (finding.rule, finding.wire.event) == ("wire.too_large", 200_000)


PLACES = [
    ("A27", 5, b'{"type":"response.output_text.delta","sequence_number":6'),
    ("A28", 5, BLOCKS[5][:14]),
    ("A31", 5, b'type":"response.output_text.delta"'),
    ("A32", 5, b"\xff"),
    ("A33", 5, b"\xc3"),
    ("A38", 5, b'"sequence_number":5,"item_id"'),
    ("A39", 5, b"[" * 4937),
    ("A43", 6, b"data: [DONE]"),
    ("A45", 5, b'"\\ud83d'),
]


@pytest.mark.parametrize(("id_", "frame", "words"), PLACES, ids=[place[0] for place in PLACES])
def test_a_finding_points_at_its_frame_and_byte(id_, frame, words):
    """The frame counts from 0; the byte is the one at which the fault shows."""
    body = next(row.exchange.body for row in ROWS if row.id == id_)
    (finding,) = text(body).findings

    assert (finding.wire.event, finding.wire.offset is not None) == (frame, True)
    assert body[finding.wire.offset :].startswith(words)


def test_a_redirect_tells_its_target_without_the_query():
    """What stands in a query may be a secret."""
    (finding,) = next(Reply(row.exchange).findings for row in ROWS if row.id == "A18 307")

    assert finding.actual == "https://elsewhere.invalid/a"


def burst(pace: float, *, late: float = 0.0) -> Exchange:
    """A stream of thirty deltas, `pace` seconds apart, the first `late` seconds after its item was announced."""
    events = renumbered(inserted(x1(), 4, *[changed(x1(), 4, "/delta", "")[4]] * 30))
    body, arrivals, now = b"", [], 0.1
    for event in events:
        now += late if event["type"].endswith("delta") else 0.0
        late = 0.0 if event["type"].endswith("delta") else late
        now += pace
        arrivals.append(Arrival(len(body), now))
        body += block(event)
    return exchange(body, arrivals=arrivals, ended_at=now)


def test_a_stream_that_comes_in_one_burst_at_the_end():
    """A25: late and all at once is a note; steady, or all at once but early, is nothing."""
    assert "wire.buffered" in [finding.rule for finding in Reply(burst(0.0001, late=6.0)).findings]
    assert CODES["wire.buffered"].level is Level.NOTE
    for calm in (burst(0.2), burst(0.2, late=6.0), burst(0.0001)):
        assert "wire.buffered" not in [finding.rule for finding in Reply(calm).findings]


def again(events) -> bytes:
    return sse(renumbered(events))


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
    "N19": (b"\n\n" + BODY.replace(b"\n\n", b"\n\n\n\n"), ""),
    "N20": (sse(x8()), ""),
    "N21": (sse(x1()[4:]), ""),
}


@pytest.mark.parametrize("id_", CONTROLS)
def test_what_is_correct_gives_at_most_its_notes(id_):
    """Legal forms break no rule, live or recorded; the notes are those that are named here."""
    body, notes = CONTROLS[id_]
    recorded = text(body)

    assert sorted({finding.rule for finding in recorded.findings}) == notes.split()
    assert all(finding.level is Level.NOTE for finding in recorded.findings)
    if id_ != "N21":
        assert sorted({finding.rule for finding in Reply(exchange(body)).findings}) == notes.split()
    assert (recorded.status, recorded.streamed) == ("completed", True)


@pytest.mark.parametrize("second", ["\\ude00", "\\ude00!"])
def test_a_surrogate_pair_may_be_split_over_two_deltas(second):
    """N22: joined before it is encoded, it is one character."""
    telling = message(Telling().begin(), "Hi ", "FIRST", "SECOND", " there").end()
    whole = "Hi \U0001f600" + second[6:] + " there"
    body = sse(telling).replace(b"Hi FIRSTSECOND there", whole.encode())
    found = text(body.replace(b"FIRST", b"\\ud83d").replace(b"SECOND", second.encode()))

    assert (found.findings, found.text) == ((), whole)


ERRORS = {
    "N35": [{"type": "error", "sequence_number": 0, "error": {"code": "server_error", "message": "no"}}, "failed"],
    "N36": [
        "failed-null",
        {"type": "error", "sequence_number": 0, "error": {"code": "rate_limit_exceeded", "message": "slow"}},
    ],
    "N37 flat": [{"type": "error", "sequence_number": 0, "code": "server_error", "message": "no", "param": None}],
    "N37 nested": [
        {
            "type": "error",
            "sequence_number": 0,
            "error": {"type": "server_error", "code": "server_error", "message": "no"},
        }
    ],
}


@pytest.mark.parametrize("id_", ERRORS)
def test_an_error_event_is_availability_and_nothing_else(id_):
    """Whatever its form and place, and the reply's error has its code."""
    ends = {
        "failed": {
            "type": "response.failed",
            "sequence_number": 0,
            "response": response("failed", error={"code": "server_error", "message": "no"}),
        },
        "failed-null": {"type": "response.failed", "sequence_number": 0, "response": response("failed")},
    }
    events = [*x1()[:2], *(ends[one] if isinstance(one, str) else one for one in ERRORS[id_])]
    found = text(sse(renumbered(events)))

    assert [finding.rule for finding in found.findings] == ["avail.stream_error"]
    assert found.error["code"] in ("server_error", "rate_limit_exceeded")
    assert found.error["type"] in (None, "server_error")


OTHERS = [
    ("retrieve", Request("GET", "https://s.invalid/v1/responses/resp_1"), PLAIN),
    ("delete", Request("DELETE", "https://s.invalid/v1/responses/resp_1"), b'{"id":"resp_1","deleted":true}'),
    ("cancel", Request("POST", "https://s.invalid/v1/responses/resp_1/cancel"), PLAIN),
    (
        "input_items",
        Request("GET", "https://s.invalid/v1/responses/r/input_items?limit=2"),
        b'{"object":"list","data":[]}',
    ),
    ("input_tokens", Request("POST", "https://s.invalid/v1/responses/input_tokens"), b'{"input_tokens":3}'),
    ("compact", Request("POST", "https://s.invalid/v1/responses/compact/"), b'{"object":"response.compaction"}'),
    ("other", Request("POST", "https://s.invalid/v1/files"), b"anything"),
    ("create", asking(stream=False), PLAIN),
]


@pytest.mark.parametrize(("operation", "request_", "body"), OTHERS, ids=[other[0] for other in OTHERS])
def test_operations_are_known_by_method_and_path(operation, request_, body):
    """A correct answer of each breaks nothing."""
    found = Reply(exchange(body, kind=JSON, request=request_))

    assert (found.operation, found.findings, found.streamed) == (operation, (), False)


def test_a_resumed_stream_starts_where_it_was_asked_to():
    """N21 live: the number in the request decides."""
    url = "https://s.invalid/v1/responses/resp_1?stream=true&starting_after="
    body = sse(x1()[4:])

    assert Reply(exchange(body, request=Request("GET", url + "3"))).findings == ()
    assert [f.rule for f in Reply(exchange(body, request=Request("GET", url + "1"))).findings] == ["order.resume_gap"]
    assert "order.missing_created" in [f.rule for f in Reply(exchange(body)).findings]


def test_a_first_event_that_is_lost_is_not_taken_for_a_resumption():
    """A recording that lacks created alone is a fresh stream that lacks it."""
    assert "order.missing_created" in [f.rule for f in text(sse(without(x1(), 0))).findings]


def test_the_order_rules_speak_through_a_reply():
    """What the checker finds stands at its frame, however many frames it was not told of."""
    events = x1()
    index = at(events, "response.output_text.done")
    body = b"retry: 1\n\nevent: ping\n\n" + sse(changed(events, index, "/text", "Another."))
    wrong = [finding for finding in text(body).findings if finding.level is Level.ERROR]

    assert next((finding.rule, finding.wire.event) for finding in wrong) == ("text.done_mismatch", index + 2)
    assert body[wrong[0].wire.offset :].startswith(b"event: response.output_text.done\n")
