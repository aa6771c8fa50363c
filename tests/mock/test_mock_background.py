"""Background responses over the socket: polled, cancelled, streamed and taken up again."""

import json
import time
from email.utils import parsedate_to_datetime

from builders.endpoint import Visitor, events_of, text_of, visiting

from harness.mock.frames import frames


def test_polled_to_its_end():
    async def visit(visitor: Visitor):
        polls = [await visitor.create("My parcel is 17. Reply with OK.", background=True)]
        while polls[-1]["status"] in ("queued", "in_progress"):
            polls.append((await visitor.get(f"/responses/{polls[0]['id']}"))[1])
        return polls, await visitor.create("What is my parcel?", previous_response_id=polls[0]["id"])

    polls, follow = visiting(visit)

    assert [poll["status"] for poll in polls] == ["queued", "in_progress", "completed"]
    for poll in polls[:2]:
        assert (poll["output"], poll["usage"], poll["completed_at"], poll["service_tier"]) == ([], None, None, "auto")
    assert text_of(polls[2]) == "OK"
    assert polls[2]["background"] is True
    assert text_of(follow) == "Your parcel is 17."


def test_cancelled_on_the_way_and_again():
    async def visit(visitor: Visitor):
        made = await visitor.create("Hi", background=True)
        path = f"/responses/{made['id']}"
        answers = [json.loads((await visitor.send("POST", path + "/cancel"))[2]) for _ in range(2)]
        return answers, (await visitor.get(path))[1]

    (first, second), read = visiting(visit)

    assert first == second == read
    assert (first["status"], first["output"], first["usage"], first["error"]) == ("cancelled", [], None, None)


def test_cancelling_comes_too_late():
    async def visit(visitor: Visitor):
        made = await visitor.create("Hi", background=True)
        for _ in range(2):
            _, done = await visitor.get(f"/responses/{made['id']}")
        return done, json.loads((await visitor.send("POST", f"/responses/{made['id']}/cancel"))[2])

    done, late = visiting(visit)

    assert done == late
    assert late["status"] == "completed"


def test_synchronous_response_cannot_be_cancelled():
    async def visit(visitor: Visitor):
        made = await visitor.create("Hi")
        return await visitor.send("POST", f"/responses/{made['id']}/cancel")

    assert visiting(visit)[0] == 400


def test_stream_is_taken_up_after_any_number():
    async def visit(visitor: Visitor):
        whole = await visitor.stream("Write two sentences about rain.", background=True)
        events = events_of(whole)
        response = events[-1]["response"]
        path = f"/responses/{response['id']}?stream=true"
        resumed = [(await visitor.send("GET", f"{path}&starting_after={at}"))[2] for at in range(len(events))]
        again = (await visitor.send("GET", path))[2]
        return whole, events, resumed, again, await visitor.get(f"/responses/{response['id']}")

    whole, events, resumed, again, (_, read) = visiting(visit)

    assert [event["type"] for event in events[:3]] == ["response.created", "response.queued", "response.in_progress"]
    assert [event["response"]["status"] for event in events[:3]] == ["queued", "queued", "in_progress"]
    assert b"obfuscation" not in whole == again
    for at, body in enumerate(resumed):
        assert body == b"".join(frames(events[at + 1 :]))
    assert read == events[-1]["response"]


def test_only_background_streams_can_be_taken_up():
    async def visit(visitor: Visitor):
        streamed = events_of(await visitor.stream("Hi"))[-1]["response"]["id"]
        polled = (await visitor.create("Hi", background=True))["id"]
        both = events_of(await visitor.stream("Hi", background=True))[-1]["response"]["id"]
        asked = (f"{streamed}?stream=true", f"{polled}?stream=true", f"{both}?stream=true&starting_after=x")
        return [(await visitor.get(f"/responses/{path}"))[0] for path in asked]

    assert visiting(visit) == [400, 400, 400]


def test_the_date_is_that_of_the_rooms_clock():
    """A room whose clock was put forward says so in its head as in its bodies."""
    ahead = 3 * 86_400

    async def visit(visitor: Visitor):
        visitor.room.clock = lambda: time.time() + ahead
        _, headers, body = await visitor.send("POST", "/responses", {"model": "gpt-5-mini", "input": "Hi"})
        return headers, json.loads(body)

    headers, made = visiting(visit)

    dates = [value for name, value in headers.items() if name.lower() == "date"]
    assert len(dates) == 1
    assert abs(parsedate_to_datetime(dates[0]).timestamp() - made["created_at"]) <= 2
    assert made["created_at"] > time.time() + ahead - 60
