"""Turns through the installed official package: what goes out, what is kept, and what it tells its user."""

import json
from typing import Any

import openai
import pytest
from builders.cases import BASE, conducted, halved, loud, said, sse, verdict_of
from builders.streams import x8
from builders.wire_defects import CONTROLS

from harness.findings import Verdict
from harness.wire.exchange import How

ONE = "turns: [{id: one, user: Hi, expect: {status: completed}}]"
SEEN = """
headers: {x-ms-client-request-id: a}
request: {not_a_field: [1], temperature: 0.5}
turns: [{user: Hi, expect: {status: completed}}]
"""


def found(done: Any) -> list[tuple[str, str]]:
    return [(finding.rule, str(finding.level)) for finding in done.findings]


def test_the_body_is_the_same_as_without_it():
    """What the package has no parameter for goes out as well; only the order of the keys is its own."""
    _, ours = conducted(SEEN, "OK")
    done, theirs = conducted(SEEN, "OK", client="openai")

    assert theirs.bodies == ours.bodies
    (request,) = theirs.requests
    assert (request.method, request.url) == ("POST", BASE + "responses")
    assert ("x-ms-client-request-id", "a") in [(name.lower(), value) for name, value in request.headers]
    assert loud(done) == []


def test_its_stand_in_of_a_key_is_not_sent():
    """Credentials are the sender's; nothing of the package's own reaches the request or the record."""
    _, target = conducted(ONE, "OK", client="openai")

    names = {name.lower() for name, _ in target.requests[0].headers}
    assert names.isdisjoint({"authorization", "accept-encoding", "host", "content-length", "connection"})
    assert b"the-sender-has-it" not in repr(target.requests).encode()


def test_what_it_told_is_kept():
    done, _ = conducted(ONE, "Hello there", client="openai")

    (taken,) = done.conversation.turns
    (told,) = taken.told
    assert (told.way, told.exchange, told.text, told.raised) == ("responses.create", 0, "Hello there", None)
    assert list(told.items or ()) == [said("Hello there")]
    assert told.usage == taken.final.usage
    assert done.applied_rules["client.differs"] == 1


def test_a_stream_is_iterated_and_then_read_by_the_helper():
    """Two ways over the same bytes: one request went out, and its exchange is kept once."""
    done, target = conducted(ONE, "Hello there", client="openai", delivery="stream")

    assert len(target.requests) == 1
    (taken,) = done.conversation.turns
    assert len(taken.replies) == 1
    assert [(told.way, told.streamed, told.text) for told in taken.told] == [
        ("responses.create, iterated", "Hello there", "Hello there"),
        ("responses.stream", "Hello there", "Hello there"),
    ]
    assert found(done) == []


@pytest.mark.parametrize("control", ["N08", "N09", "N10"])
def test_a_correct_stream_that_it_cannot_read(control: str):
    """Both its ways raise: a note about the client, nothing about the endpoint, and the case passes."""
    done, _ = conducted(ONE, CONTROLS[control][0], client="openai", delivery="stream")

    raised = [finding for finding in done.findings if finding.rule.startswith("client.")]
    assert [(finding.rule, finding.level, finding.turn) for finding in raised] == [("client.raised", "note", "one")] * 2
    assert "JSONDecodeError" in str(raised[0].actual)
    assert {rule for rule, level in found(done) if level != "note"} <= {"state.echo_mismatch"}
    assert {rule for rule, _ in found(done)} - {"client.raised"} <= {"wire.unusual_framing", "state.echo_mismatch"}
    assert verdict_of(done) is Verdict.PASSED


@pytest.mark.parametrize("control", sorted(set(CONTROLS) - {"N08", "N09", "N10", "N21"}))
def test_what_it_reads_is_what_was_on_the_wire(control: str):
    """Every other correct stream: no exception, no difference; a byte-order mark may hide the first event from it."""
    done, _ = conducted(ONE, CONTROLS[control][0], client="openai", delivery="stream")

    told = [finding for finding in done.findings if finding.rule.startswith("client.")]
    if control == "N06 without names":
        assert {finding.rule for finding in told} == {"client.raised"}
    else:
        assert told == []


def test_a_client_that_tells_something_else(monkeypatch: pytest.MonkeyPatch):
    """An installed package that loses a delta and miscounts is found, with both values, and nothing else is."""
    decode = json.loads

    def forgetful(text: Any, **options: Any) -> Any:
        value = decode(text, **options)
        if isinstance(value, dict) and value.get("type") == "response.output_text.delta":
            value["delta"] = value["delta"][1:]
        if isinstance(value, dict) and value.get("type") == "response.completed":
            value["response"]["usage"]["output_tokens"] += 1
        return value

    class Forgetful:
        loads = staticmethod(forgetful)
        JSONDecodeError = json.JSONDecodeError

    monkeypatch.setattr(openai._streaming, "json", Forgetful)
    done, _ = conducted(ONE, "Hello there", client="openai", delivery="stream")

    told = [(finding.rule, finding.level, finding.wire.pointer) for finding in done.findings]
    assert told == [("client.differs", "error", "/output"), ("client.differs", "error", "/usage")] * 2
    assert verdict_of(done) is Verdict.FAILED


def test_where_the_wire_is_wrong_the_client_is_not_looked_at():
    """A lost last event: the wire's own finding, and not one more for the client that got no answer."""
    cut = CONTROLS["N01"][0].partition(b"event: response.completed")[0]
    done, _ = conducted(ONE, cut, client="openai", delivery="stream")

    assert "wire.no_terminal" in loud(done)
    assert not any(rule.startswith("client.") for rule, _ in found(done))
    assert "client.raised" not in done.applied_rules


def test_a_refusal_is_an_exception_and_no_finding():
    text = "turns: [{id: one, user: Hi, expect: {error: {status: 400}}}]"
    done, target = conducted(text, (400, {"message": "no", "type": "invalid", "code": "bad"}), client="openai")

    assert len(target.requests) == 1
    (told,) = done.conversation.turns[0].told
    assert (told.raised or "").startswith("BadRequestError: ")
    assert found(done) == []


@pytest.mark.parametrize(
    ("how", "raised", "rule"),
    [
        (How.CONNECT, "APIConnectionError", "avail.connect"),
        (How.NO_ANSWER, "APIConnectionError", "avail.no_answer"),
        (How.FIRST_BYTE, "APITimeoutError", "avail.first_byte"),
    ],
)
def test_what_never_came_is_asked_for_once(how: How, raised: str, rule: str):
    """No retry behind our back; the transport's failure is the wire's finding."""
    done, target = conducted(ONE, how, "OK", client="openai")

    assert len(target.requests) == 1
    (told,) = done.conversation.turns[0].told
    assert (told.raised or "").startswith(raised)
    assert loud(done) == [rule]


def test_a_redirect_is_not_followed():
    done, target = conducted(ONE, (307, {"message": "elsewhere"}), "OK", client="openai")

    assert len(target.requests) == 1
    assert "wire.redirect" in loud(done)


def test_background_is_polled_through_the_client():
    queued = {"id": "resp_1", "status": "queued", "output": [], "usage": None, "background": True}
    done, target = conducted(
        ONE, queued, {**queued, "status": "in_progress"}, {"id": "resp_1"}, client="openai", delivery="background"
    )

    assert [request.method for request in target.requests] == ["POST", "GET", "GET"]
    (taken,) = done.conversation.turns
    assert [(told.way, told.exchange) for told in taken.told] == [
        ("responses.create", 0),
        ("responses.retrieve", 1),
        ("responses.retrieve", 2),
    ]
    assert loud(done) == []


def test_a_stream_is_resumed_through_the_client():
    events = list(x8())
    had = sse(events)[: halved(sse(events))].count(b"\n\n")
    done, target = conducted(ONE, sse(events), sse(events[had:]), client="openai", delivery="resumed")

    assert target.requests[1].url == f"{BASE}responses/resp_1?starting_after={had - 1}&stream=true"
    (taken,) = done.conversation.turns
    assert [reply.exchange.ending.how for reply in taken.replies] == [How.CUT_BY_US, How.COMPLETE]
    assert list(taken.final.events) == events
    assert not any(rule.startswith("client.") for rule, _ in found(done))


def test_what_it_cannot_send_is_no_verdict_on_the_endpoint():
    """The package cannot spell half a surrogate pair: the case is errored, and says who it was."""
    text = "turns:\n  - {user: a}\n  - {user: b, expect: {status: completed}}\n"
    done, target = conducted(text, "half \ud800", "OK", client="openai", state="manual")

    assert len(target.requests) == 1
    assert "the official client sent nothing" in (done.error or "")
