"""Every wrong envelope and framing of the fault catalogue, as bytes: exactly the rules that must speak."""

import pytest
from builders.on_wire import asking, exchange, sse, text
from builders.streams import (
    Telling,
    at,
    changed,
    message,
    renumbered,
    response,
    without,
    x1,
)
from builders.wire_defects import BLOCKS, CONTROLS, JSON, PLAIN, ROWS, burst, too_many

from harness.findings import CODES, Level
from harness.reply import Reply
from harness.wire.exchange import Request


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
    (finding,) = text(too_many()).findings

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


def test_a_stream_that_comes_in_one_burst_at_the_end():
    """A25: late and all at once is a note; steady, or all at once but early, is nothing."""
    assert "wire.buffered" in [finding.rule for finding in Reply(burst(0.0001, late=6.0)).findings]
    assert CODES["wire.buffered"].level is Level.NOTE
    for calm in (burst(0.2), burst(0.2, late=6.0), burst(0.0001)):
        assert "wire.buffered" not in [finding.rule for finding in Reply(calm).findings]


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
