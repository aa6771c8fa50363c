"""What a reply says of itself, from bytes alone; and that no bytes make it stumble."""

import json

import pytest
from builders.on_wire import asking, block, codes, exchange, payload, reply, sse, text
from builders.streams import Telling, message, response, x1, x2, x3
from hypothesis import given
from hypothesis import strategies as st

from harness.conversation import Conversation
from harness.findings import CODES
from harness.protocol.profiles import LENIENT
from harness.reading.collected import MOST
from harness.reply import Reply
from harness.rules import RULES, judge
from harness.wire.exchange import Arrival, How, Request

JSON = "application/json"
PLAIN = asking(stream=None)


def test_a_streamed_reply_in_every_form():
    """Events, response, items, text and the counts of types."""
    events = x1()
    found = reply(sse(events))

    assert (found.operation, found.streamed, found.request["stream"]) == ("create", True, True)
    assert (list(found.events), len(found.frames)) == (events, len(events))
    assert found.response == events[-1]["response"]
    assert (found.id, found.status, found.model) == ("resp_1", "completed", "gpt-5-mini")
    assert found.usage["total_tokens"] == 43
    assert found.text == events[-1]["response"]["output"][0]["content"][0]["text"]
    assert (found.refusal, found.error, found.event_count) == (None, None, len(events))
    assert found.seen["response.output_text.delta"] == 3
    assert found.folded["output"] == found.output


def test_a_plain_reply_says_the_same():
    """JSON in place of a stream."""
    whole = x1()[-1]["response"]
    found = reply(payload(whole), kind=JSON, request=PLAIN)

    assert (found.streamed, found.frames, found.events, found.seen) == (False, (), (), {})
    assert (found.response, found.folded, found.findings) == (whole, None, ())
    assert found.text == text(sse(x1())).text
    assert found.offset_of(0) is None


def test_without_a_terminal_event_the_events_spell_the_response():
    """What came is not lost because the end did not come."""
    found = reply(sse(x1()[:-1]))

    assert found.response == found.folded
    assert found.text == text(sse(x1())).text


def test_items_that_the_last_event_leaves_out_are_those_that_were_streamed():
    """One known service ends with an empty output."""
    events = x2()
    events[-1]["response"]["output"] = []
    found = text(sse(events))

    assert [item["type"] for item in found.output] == ["function_call", "function_call"]


def test_refusals_and_texts_are_told_apart():
    """The text is what was said, the refusal why nothing was."""
    part = {"type": "refusal", "refusal": "I cannot."}
    item = {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [part]}
    found = reply(payload(response("completed", [item])), kind=JSON, request=PLAIN)

    assert (found.text, found.refusal) == ("", "I cannot.")


ERRORS = [
    (
        b'{"error":{"code":"bad","message":"no","param":"input","type":"invalid"}}',
        400,
        ("bad", "invalid", "input", "no"),
    ),
    (b'{"error":"no"}', 400, (None, None, None, "no")),
    (b'{"code":"404","message":"no such resource"}', 404, ("404", None, None, "no such resource")),
    (b"<html>", 502, (None, None, None, None)),
]


@pytest.mark.parametrize(("body", "status", "told"), ERRORS, ids=["nested", "text", "bare", "html"])
def test_the_error_of_an_http_error(body, status, told):
    """In whatever form it comes; there is no response then, and nothing is wrong with the wire."""
    found = reply(body, status=status, kind=JSON)

    assert found.error == {"status": status, **dict(zip(("code", "type", "param", "message"), told, strict=True))}
    assert found.response is None
    assert [code for code in codes(found) if not code.startswith("avail.")] == []


def test_the_error_of_a_failed_response():
    """A response that failed tells why."""
    failed = response("failed", error={"code": "server_error", "message": "no"})
    found = reply(payload(failed), kind=JSON, request=PLAIN)

    assert (found.status, found.error["code"], found.error["status"]) == ("failed", "server_error", 200)


def test_times_are_those_of_the_chunks():
    """First event, first delta, longest gap between events: by the chunk with the last byte of each."""
    events = x1()
    body, arrivals, now = b"", [], 1.0
    for event in events:
        body += block(event)
        now += 2.0 if event["type"].endswith("text.done") else 0.5
        arrivals.append(Arrival(len(body) - 1, now))
    found = reply(body, arrivals=arrivals, ended_at=now)

    assert (found.first_event_at, found.first_token_at, found.longest_gap) == (1.5, 3.5, 2.0)
    assert (text(body).first_event_at, text(body).first_token_at, text(body).longest_gap) == (None, None, None)


def test_a_profile_gives_findings_their_level():
    """What another implementation may do is a warning there."""
    body = payload({**x1()[-1]["response"], "parallel_tool_calls": None})
    strict, mild = (
        reply(body, kind=JSON, request=PLAIN),
        Reply(exchange(body, kind=JSON, request=PLAIN), profile=LENIENT),
    )

    assert [str(found.level) for found in strict.findings] == ["error"]
    assert [str(found.level) for found in mild.findings] == ["warning"]


def test_one_rule_never_floods_a_reply():
    """Every event wrong in the same way: the first hundred are told."""
    body = b"".join(b"event: a\ndata: {%d\n\n" % n for n in range(500))

    assert codes(text(body)).count("wire.bad_json") == MOST


def test_a_duplicate_key_in_a_plain_reply_is_told_and_the_rest_is_judged():
    """A doubt that leaves a value does not end the reading."""
    body = payload({**x1()[-1]["response"], "status": "done"}).replace(b'{"id"', b'{"id":"resp_1","id"', 1)

    assert codes(reply(body, kind=JSON, request=PLAIN)) == ["reply.shape", "wire.duplicate_key"]


@pytest.mark.parametrize("body", [b"[1]", b"[]"])
def test_a_plain_reply_that_is_no_object(body):
    """A list is no response."""
    assert codes(reply(body, kind=JSON, request=PLAIN)) == ["wire.not_object"]


def test_an_error_recorded_without_its_status_is_no_finding():
    """Where there is no head, the envelope is not judged."""
    assert codes(text(b'{"error":{"code":"bad","message":"no"}}')) == []
    assert text(b'{"error":{"code":"bad","message":"no"}}').error["code"] == "bad"


def test_a_reply_without_any_answer():
    """No head, no body: nothing is known, and nothing raises."""
    found = reply(b"", status=None, how=How.CONNECT)

    assert (found.response, found.output, found.text, found.status, found.streamed) == (None, [], "", None, False)
    assert found.error is None


GOOD = [sse(x1()), sse(x2()), sse(x3()), payload(x1()[-1]["response"])]
HOWS = st.sampled_from(list(How))
REQUESTS = st.sampled_from(
    [
        asking(),
        PLAIN,
        Request("", ""),
        Request("GET", "http://[::1/responses/r"),
        Request("GET", "https://s.invalid/v1/responses/r?stream=true&starting_after=9"),
        Request("POST", "https://s.invalid/v1/files", body=b"\xff"),
    ]
)


@st.composite
def spoilt_bodies(draw):
    """A good body with a few bytes replaced, removed or doubled."""
    body = bytearray(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(body)))
        size = draw(st.sampled_from([0, 1, 2, 30, 400]))
        new = draw(st.one_of(st.binary(max_size=3), st.just(bytes(body[at : at + 200])), st.just(b"\n\n")))
        body[at : at + size] = new
    return bytes(body)


def look_at_everything(found: Reply) -> None:
    for name in dir(Reply):
        if not name.startswith("_") and name != "offset_of":
            getattr(found, name)
    for finding in found.findings:
        assert finding.wire.offset is None or 0 <= finding.wire.offset <= len(found.exchange.body)
        assert finding.wire.event is None or found.offset_of(finding.wire.event) is not None
        json.dumps(finding.message)


@given(st.one_of(spoilt_bodies(), st.binary(max_size=120)), HOWS, REQUESTS, st.sampled_from([None, 200, 204, 302, 500]))
def test_no_bytes_make_a_reply_raise(body, how, request_, status):
    """Any bytes, any ending, any request: every property answers, and every rule can look at it."""
    found = Reply(exchange(body, how=how, request=request_, status=status))

    look_at_everything(found)
    judge(Conversation.recorded([found]))


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from([{}, []]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "id", "output", "content"]), inner)
    ),
    max_leaves=6,
)
FIELDS = [
    "type",
    "response",
    "item",
    "part",
    "delta",
    "output_index",
    "content_index",
    "sequence_number",
    "error",
    "item_id",
]


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(FIELDS), SHAPES), max_size=4))
def test_no_field_of_any_kind_makes_a_reply_raise(changes):
    """Events with fields of any kind: judged, never stumbled over."""
    events = x3()
    for at, field, value in changes:
        events[at % len(events)][field] = value
    body = b"".join(b"data: " + payload(event) + b"\n\n" for event in events)

    look_at_everything(text(body))
    judge(Conversation.recorded([text(body)]))


def test_every_rule_has_a_page_and_is_in_the_table():
    """The classes of these families are those of the table of codes."""
    names = [rule.name for rule in RULES if rule.name.startswith(("wire.", "avail."))]
    assert sorted(names) == sorted(code for code in CODES if code.startswith(("wire.", "avail.")))
    for rule in RULES:
        assert rule.title.endswith(".")


def test_a_message_of_several_parts_is_joined():
    """All texts of all messages, in order."""
    found = text(sse(message(message(Telling().begin(), "One ", "two. "), "Three.").end()))

    assert found.text == "One two. Three."
