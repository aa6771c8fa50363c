"""Two parts of one stream, put together: the same as if it had never been cut, wherever that was."""

import json
from typing import Any

import pytest
from builders.replies import URL
from builders.streams import x2, x8, x16
from hypothesis import given
from hypothesis import strategies as st

from harness.reply import JoinedReply, Reply, joined
from harness.wire.exchange import Arrival, Ending, Exchange, Head, How, Request

HEAD = Head(200, (("content-type", "text/event-stream"),))
ASKED = Request("POST", URL, (), json.dumps({"model": "m", "input": "i", "background": True, "stream": True}).encode())


def sse(events: list[Any]) -> bytes:
    return b"".join(b"event: %s\ndata: %s\n\n" % (e["type"].encode(), json.dumps(e).encode()) for e in events)


def whole(events: list[Any]) -> Reply:
    return Reply(Exchange(ASKED, HEAD, sse(events), (Arrival(0, 0.5),), Ending(How.COMPLETE), ended_at=1.0))


def parted(events: list[Any], cut: int, more: list[Any] | None = None) -> Reply:
    """The stream cut at a byte and resumed behind its last whole event; `more` is what came then instead."""
    first = Reply(Exchange(ASKED, HEAD, sse(events)[:cut], (Arrival(0, 0.5),), Ending(How.CUT_BY_US), ended_at=1.0))
    after = max((event["sequence_number"] for event in first.events), default=-1)
    again = Request("GET", f"{URL}/resp_1?stream=true&starting_after={after}")
    rest = sse([event for event in events if event["sequence_number"] > after] if more is None else more)
    return joined(first, Reply(Exchange(again, HEAD, rest, (Arrival(0, 0.25),), Ending(How.COMPLETE), ended_at=0.5), 1))


@pytest.mark.parametrize("stream", [x2, x8, x16])
@given(st.data())
def test_joined_it_is_the_stream_that_was_never_cut(stream: Any, data: st.DataObject):
    """Law: for any cut at any byte the whole has the same events, the same response and no finding."""
    events = list(stream())
    cut = data.draw(st.integers(0, len(sse(events)) - 1))
    uncut, put_together = whole(events), parted(events, cut)

    assert put_together.events == uncut.events
    assert put_together.response == uncut.response
    assert put_together.seen == uncut.seen
    assert put_together.findings == uncut.findings == ()
    assert put_together.request == uncut.request
    assert put_together.operation == "create"


def test_times_go_on_where_the_first_part_ended():
    """The second part's clock began when it was asked for."""
    events = list(x8())
    cut = len(sse(events[:4]))

    times = {frame.at for frame in parted(events, cut).frames}

    assert times == {0.5, 1.25}


def test_a_second_half_of_another_text_is_found_in_the_whole():
    """Each part is right by itself; together they say two things. The finding stands in the second part."""
    events = list(x8())
    at = next(n for n, event in enumerate(events) if event["type"] == "response.output_text.delta")
    other = [
        {**event, "delta": event["delta"] + "~"} if event["type"].endswith("text.delta") else event
        for event in events[at + 1 :]
    ]
    reply = parted(events, len(sse(events[: at + 1])), other)

    assert isinstance(reply, JoinedReply)
    assert all(part.findings == () for part in reply.parts)
    (finding,) = [found for found in reply.findings if found.rule == "text.done_mismatch"]
    assert finding.wire.exchange == 1
    assert other[finding.wire.event or 0]["type"] == "response.output_text.done"
    assert reply.parts[1].offset_of(finding.wire.event) == finding.wire.offset


def test_what_a_part_shows_is_not_said_twice():
    """A resumed stream that starts too late is the finding of its own part."""
    events = list(x8())
    reply = parted(events, len(sse(events[:4])), events[5:])

    assert isinstance(reply, JoinedReply)
    assert [found.rule for found in reply.parts[1].findings if found.level == "error"] == ["order.resume_gap"]
    assert reply.findings == ()


def test_no_stream_to_go_on_with_stands_alone():
    """An error instead of the second part is what the turn came to."""
    events = list(x8())
    first = Reply(Exchange(ASKED, HEAD, sse(events[:4]), (), Ending(How.CUT_BY_US)))
    head = Head(404, (("content-type", "application/json"),))
    again = Request("GET", f"{URL}/resp_1?stream=true&starting_after=3")
    refused = Reply(Exchange(again, head, b'{"error": {"message": "gone"}}', (), Ending(How.COMPLETE)), 1)

    assert joined(first, refused) is refused
