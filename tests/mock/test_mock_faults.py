"""Requests turned away: faults with their waits on the room's clock, budgets, filters, retention. No rule is asked."""

import email.utils
import json
from typing import Any

import pytest
from builders.endpoint import NOW, Visitor, events_of, text_of, visiting

from harness.mock.defects import DEFECTS, Fault

LINES = ("retry-after", "retry-after-ms")


async def ask(visitor: Visitor, **more: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, the header lines that tell of a wait, and the body."""
    asked = {"model": visitor.model, "input": "Hi", **more}
    status, lines, body = await visitor.send("POST", "/responses", asked)
    return status, [(name.lower(), value) for name, value in lines.items() if name.lower() in LINES], body


def date(seconds: float) -> str:
    return email.utils.formatdate(NOW + seconds, usegmt=True)


LIMITS: dict[str, tuple[list[tuple[str, str]], float]] = {
    "C04": ([], 0),
    "C05": ([("retry-after", "1")], 1),
    "C06": ([("retry-after", "120")], 120),
    "C07a": ([("retry-after", "121")], 121),
    "C07b": ([("retry-after", "86400")], 86_400),
    "C08a": ([("retry-after", date(30))], 30),
    "C08b": ([("retry-after", date(-60))], 0),
    "C08c": ([("retry-after", date(600))], 600),
    "C08d": ([("retry-after", "Thu, 31 Foo 2026 25:61:00 GMT")], 0),
    "C09a": ([("retry-after", "0")], 0),
    "C09b": ([("retry-after-ms", "0")], 0),
    "C10a": ([("retry-after", "-5")], 0),
    "C10b": ([("retry-after", "nan")], 0),
    "C10c": ([("retry-after", "inf")], 0),
    "C10d": ([("retry-after", "1e400")], 0),
    "C10e": ([("retry-after", "abc")], 0),
    "C10f": ([("retry-after", "1"), ("retry-after", "7")], 0),
}
"""What each says of the wait, and for how long it is in force."""


@pytest.mark.parametrize("row", LIMITS)
def test_429_says_its_wait_and_ends_with_it(row: str):
    lines, wait = LIMITS[row]

    async def visit(visitor: Visitor):
        first = await ask(visitor)
        early = None
        if wait:
            visitor.room.clock = lambda: NOW + wait - 0.5
            early = await ask(visitor)
        visitor.room.clock = lambda: NOW + wait
        return first, early, [await ask(visitor) for _ in range(2)]

    first, early, later = visiting(visit, defects=[row])

    assert first[:2] == (429, lines)
    assert json.loads(first[2])["error"]["code"] == "rate_limit_exceeded"
    assert early is None or early[0] == 429
    assert [answer[0] for answer in later] == [200, 200]


FAILURES = {
    "C11": (429, "insufficient_quota", False),
    "C12": (500, "server_error", True),
    "C13": (500, "server_error", False),
    "C14a": (502, None, True),
    "C14b": (503, None, True),
    "C15a": (408, "server_error", True),
    "C15b": (409, "server_error", True),
    "C16": (401, "401", True),
    "C17a": (403, "403", False),
    "C17b": (404, "DeploymentNotFound", False),
}
"""Status, type or code of the error (None: a page of HTML), and whether it is over after once."""


@pytest.mark.parametrize("row", FAILURES)
def test_other_refusals_come_once_or_for_ever(row: str):
    status, kind, once = FAILURES[row]

    async def visit(visitor: Visitor):
        return [await ask(visitor, stream=stream) for stream in (True, False, False, False)]

    first, *others = visiting(visit, defects=[row])

    assert first[:2] == (status, [])
    if kind is None:
        assert first[2].startswith(b"<html>")
    else:
        error = json.loads(first[2])["error"]
        assert kind in (error.get("type"), error["code"])
    assert {answer[0] for answer in others} == ({200} if once else {status})


def test_refusal_inside_a_stream_of_status_200():
    async def visit(visitor: Visitor):
        return await ask(visitor, stream=True)

    status, _, body = visiting(visit, defects=["C23"])
    events = events_of(body)

    assert status == 200
    assert [event["type"] for event in events] == [
        "response.created",
        "response.in_progress",
        "error",
        "response.failed",
    ]
    assert events[2]["error"]["code"] == events[3]["response"]["error"]["code"] == "rate_limit_exceeded"
    assert "error" not in [event["type"] for event in events_of(visiting(visit)[2])]


def test_error_object_under_status_200():
    status, _, body = visiting(ask, defects=["C24"])

    assert status == 200
    assert list(json.loads(body)) == ["error"]


def test_streamed_parent_is_not_found_for_a_while():
    async def visit(visitor: Visitor):
        plain = await visitor.create("Hi")
        streamed = events_of(await visitor.stream("My parcel is 4417."))[-1]["response"]
        at_once = await visitor.create("Hi", previous_response_id=plain["id"])
        lagging = await visitor.create("Hi", previous_response_id=streamed["id"])
        visitor.room.clock = lambda: NOW + 2
        return at_once, lagging, await visitor.create("What is my parcel?", previous_response_id=streamed["id"])

    at_once, lagging, later = visiting(visit, defects=["C25"])

    assert at_once["status"] == "completed"
    assert lagging["error"]["code"] == "previous_response_not_found"
    assert "4417" in text_of(later)
    assert visiting(visit)[1]["status"] == "completed"


def test_every_fault_is_held_to_what_it_answers():
    elsewhere = {"C21", "C22a", "C22b"}  # test_mock_vanishing.py
    assert {*LIMITS, *FAILURES, *elsewhere, "C25"} == {
        defect.id for defect in DEFECTS.values() if isinstance(defect, Fault)
    }


def test_fault_of_one_turn_strikes_in_that_turn_and_leaves_its_directions():
    script = {"turns": [{"reply": "one"}, {"reply": "two", "defect": "C12"}, {"reply": "three"}]}

    async def visit(visitor: Visitor):
        return [await ask(visitor) for _ in range(4)]

    answers = visiting(visit, script=script)

    assert [answer[0] for answer in answers] == [200, 500, 200, 200]
    assert [text_of(json.loads(answers[at][2])) for at in (0, 2, 3)] == ["one", "two", "three"]


@pytest.mark.parametrize("shape", ["v1", "classic"])
def test_budget_of_requests_renews_every_minute(shape: str):
    async def visit(visitor: Visitor):
        answers = [await visitor.send("POST", "/responses", {"model": "mine", "input": "Hi"}) for _ in range(3)]
        other = await visitor.send("POST", "/responses", {"model": "other", "input": "Hi"})
        visitor.room.clock = lambda: NOW + 60
        return answers, other, await visitor.send("POST", "/responses", {"model": "mine", "input": "Hi"})

    opening = {"script": {"quota": {"requests": 2, "shape": shape}}, "deployments": {"mine": "o3", "other": "o3"}}
    answers, other, later = visiting(visit, **opening)

    assert [answer[0] for answer in answers] == [200, 200, 429]
    assert [answer[1]["x-ratelimit-remaining-requests"] for answer in answers] == ["1", "0", "0"]
    assert (other[0], later[0]) == (200, 200)
    lines, error = answers[2][1], json.loads(answers[2][2])["error"]
    assert lines["retry-after"] == "60"
    assert lines["retry-after-ms"] == "60000"
    assert lines["x-ratelimit-reset-requests"] == "60"
    assert lines["x-ratelimit-limit-requests"] == "2"
    if shape == "v1":
        assert (error["type"], error["code"], error["param"]) == ("too_many_requests", "rate_limit_exceeded", None)
    else:
        assert list(error) == ["code", "message"]
        assert error["code"] == "429"
        assert "60 seconds" in error["message"]


def test_budget_of_tokens_counts_the_prompt_and_the_most_that_may_come():
    async def visit(visitor: Visitor):
        small = await ask(visitor)
        visitor.room.clock = lambda: NOW + 20
        large = await ask(visitor, max_output_tokens=1000)
        long = await ask(visitor, input="word " * 1000)
        return small, large, long, await ask(visitor)

    small, large, long, again = visiting(visit, script={"quota": {"tokens": 500}})

    assert [answer[0] for answer in (small, large, long, again)] == [200, 429, 429, 200]
    assert large[1] == [("retry-after", "40"), ("retry-after-ms", "40000")]


@pytest.mark.parametrize(
    "quota", [{"requests": 0}, {"tokens": "9"}, {"calls": 1}, {"shape": "new"}, {"requests": True}]
)
def test_budgets_that_cannot_be(quota: dict):
    with pytest.raises(ValueError, match="quota"):
        visiting(ask, script={"quota": quota})


def test_filtered_prompt_is_refused_with_its_results():
    prompt = "Describe in gory detail how to torture a man."

    status, _, body = visiting(lambda visitor: ask(visitor, input=prompt, stream=True))
    error = json.loads(body)["error"]

    assert status == 400
    assert (error["code"], error["param"], error["type"], error["status"]) == ("content_filter", "prompt", None, 400)
    assert error["innererror"]["code"] == "ResponsibleAIPolicyViolation"
    results = error["innererror"]["content_filter_result"]
    assert results["violence"] == {"filtered": True, "severity": "high"}
    assert results["self-harm"] == {"filtered": False, "severity": "safe"}


@pytest.mark.parametrize("blocked", ["prompt", "hate", "sexual", "violence", "self_harm", "jailbreak"])
def test_script_has_a_prompt_blocked(blocked: str):
    status, _, body = visiting(ask, script={"blocked": blocked})
    results = json.loads(body)["error"]["innererror"]["content_filter_result"]

    assert status == 400
    assert sum(result["filtered"] for result in results.values()) == 1


def test_blocked_completion_is_incomplete():
    async def visit(visitor: Visitor):
        plain = await visitor.create("Write three sentences about rain.")
        events = events_of(await visitor.stream("Write three sentences about rain."))
        return plain, events

    plain, events = visiting(visit, script={"blocked": "completion"})

    assert plain["status"] == "incomplete"
    assert plain["incomplete_details"] == {"reason": "content_filter"}
    assert [entry["blocked"] for entry in plain["content_filters"]] == [False, True]
    assert events[-1]["type"] == "response.incomplete"


def test_context_that_is_too_long_is_refused_or_cut_where_that_was_asked_for():
    async def visit(visitor: Visitor):
        turns = [{"role": "user", "content": "My parcel is 4417."}]
        turns += [{"role": "user", "content": "word " * 2000} for _ in range(4)]
        turns.append({"role": "user", "content": "My locker is 23. What is my parcel? What is my locker?"})
        refused = await visitor.create(turns)
        return refused, await visitor.create(turns, truncation="auto")

    refused, cut = visiting(visit, model="computer-use-preview")

    assert refused["error"]["code"] == "context_length_exceeded"
    assert refused["error"]["param"] == "input"
    assert cut["usage"]["input_tokens"] <= 8_192
    assert "23" in text_of(cut)
    assert "4417" not in text_of(cut)


def test_responses_are_kept_for_thirty_days():
    async def visit(visitor: Visitor):
        response = await visitor.create("My parcel is 4417.")
        seen = []
        for days in (0, 29.9, 30.1):
            visitor.room.clock = lambda days=days: NOW + days * 86_400
            follow = await visitor.create("What is my parcel?", previous_response_id=response["id"])
            seen.append(((await visitor.get(f"/responses/{response['id']}"))[0], follow["error"] is None))
        return seen

    assert visiting(visit) == [(200, True), (200, True), (404, False)]


def test_api_versions():
    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, "input": "Hi"}
        versions = ("v1", "preview", "2024-10-21", "")
        return [(await visitor.send("POST", f"/responses?api-version={one}", asked))[0] for one in versions]

    assert visiting(visit) == [200, 200, 400, 400]
