"""The ways to send a turn: which requests go out, when the asking ends, and what the turn came to."""

import json
from typing import Any

import pytest
from builders.cases import BASE, StandIn, conducted, halved, loud, sse, verdict_of
from builders.streams import x2, x8

from harness.engine.turns.delivery import DEADLINE
from harness.findings import Verdict
from harness.protocol.storing import LAG
from harness.reply import JoinedReply
from harness.wire.exchange import How

ONE = "turns: [{id: one, user: Hi, expect: {status: completed}}]"
QUEUED = {"id": "resp_1", "status": "queued", "output": [], "usage": None, "background": True}
WORKING = {**QUEUED, "status": "in_progress"}
DONE = {"id": "resp_1", "background": True}
LOST = (404, {"message": "Response with id 'resp_1' not found.", "type": "invalid_request_error"})


def addresses(target: StandIn) -> list[tuple[str, str]]:
    return [(request.method, request.url.removeprefix(BASE)) for request in target.requests]


def test_background_is_asked_for_until_it_is_finished():
    """One create, then the stored response again and again; every exchange is kept in order."""
    done, target = conducted(ONE, QUEUED, WORKING, WORKING, DONE, delivery="background")

    assert addresses(target) == [("POST", "responses"), *[("GET", "responses/resp_1")] * 3]
    assert target.bodies[0]["background"] is True
    assert "stream" not in target.bodies[0]
    (taken,) = done.conversation.turns
    assert [reply.status for reply in taken.replies] == ["queued", "in_progress", "in_progress", "completed"]
    assert taken.final is taken.replies[-1]
    assert loud(done) == []


def test_the_waits_grow_and_have_an_end():
    """Waits are the clock's: each is longer than the one before up to a bound, and all of them within the time."""

    done, target = conducted(ONE, *[WORKING] * 100, delivery="background")
    polls = len(target.requests) - 1

    assert 50 < polls < 100
    assert target.clock.monotonic() > DEADLINE - 20
    assert [(found.rule, found.turn, found.actual) for found in done.findings if found.level == "error"] == [
        ("avail.no_progress", "one", "in_progress")
    ]
    assert f"asked for {polls} times" in done.findings[0].message
    assert done.applied_expectations == {"one/status": 0}
    assert verdict_of(done) is Verdict.INCONCLUSIVE


def test_a_response_may_be_found_late():
    """A stored response that is not there yet is asked for again, for a minute; then the answer counts."""
    done, target = conducted(ONE, QUEUED, LOST, LOST, DONE, delivery="background")
    assert loud(done) == []
    assert len(target.requests) == 4

    done, target = conducted(ONE, QUEUED, *[LOST] * 40, delivery="background")
    assert "expect.answered" in loud(done)
    assert len(target.requests) < 20
    assert LAG == 60


@pytest.mark.parametrize("answer", [DONE, {**DONE, "id": ...}, (400, {"message": "no", "type": "invalid"}), How.CUT])
def test_what_is_over_is_not_asked_for(answer: Any):
    """Finished at once, without an id, refused or lost: there is nothing to wait for."""
    if isinstance(answer, dict) and answer["id"] is ...:
        answer = json.dumps({"status": "queued", "object": "response"}).encode()
    _, target = conducted(ONE, answer, delivery="background")

    assert len(target.requests) == 1


def test_background_stream_asks_for_both():
    done, target = conducted(ONE, sse(x8()), delivery="background_stream")

    assert addresses(target) == [("POST", "responses")]
    assert {name: target.bodies[0][name] for name in ("background", "stream")} == {"background": True, "stream": True}
    assert done.conversation.turns[0].final is done.conversation.turns[0].replies[0]


def test_resumed_goes_on_behind_the_last_event():
    """Cut by ourselves, then the rest by its number; the turn is both parts joined, the wire keeps them apart."""
    events = list(x8())
    text = """
    turns:
      - {id: one, user: Hi, expect: {status: completed, stream: {order: [response.created, response.completed]}}}
    """
    had = sse(events)[: halved(sse(events))].count(b"\n\n")
    done, target = conducted(text, sse(events), sse(events[had:]), delivery="resumed")

    assert target.requests[0].halve
    response_id = events[0]["response"]["id"]
    assert addresses(target)[1] == ("GET", f"responses/{response_id}?stream=true&starting_after={had - 1}")
    (taken,) = done.conversation.turns
    assert [reply.exchange.ending.how for reply in taken.replies] == [How.CUT_BY_US, How.COMPLETE]
    assert isinstance(taken.final, JoinedReply)
    assert list(taken.final.events) == events
    assert [code for code in loud(done) if not code.startswith("state.")] == []


@pytest.mark.parametrize("answer", [(400, {"message": "no", "type": "invalid"}), (sse(x8())[:400], How.CUT)])
def test_nothing_is_resumed_that_we_did_not_cut(answer: Any):
    """A refusal, or a connection that was lost: that is what came."""
    done, target = conducted(ONE, answer, delivery="resumed")

    assert len(target.requests) == 1
    assert loud(done) != []


def test_calls_that_came_in_halves_are_not_counted_twice():
    """What is expected of the turn looks at the whole stream, not at its first half and then at the second."""
    events = list(x2())
    had = sse(events)[: halved(sse(events))].count(b"\n\n")
    text = "turns: [{id: one, user: Hi, expect: {tool_calls: {count: 2}}}]"
    done, _ = conducted(text, sse(events), sse(events[had:]), delivery="resumed")

    (taken,) = done.conversation.turns
    assert len(taken.replies) == 2
    assert [[item["type"] for item in reply.output] for reply in taken.answers] == [["function_call", "function_call"]]
    assert "expect.tool_calls" not in loud(done)
