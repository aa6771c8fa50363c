"""Scripts: said instead of asking the model, slowly, wrongly, turn by turn; and scripts that cannot be followed."""

import json
import time

import pytest
from builders.endpoint import Visitor, events_of, text_of, visiting

from harness.mock.script import Script, WrongScript


async def answers(visitor: Visitor, count: int) -> list[dict]:
    return [await visitor.create("Hi") for _ in range(count)]


def test_reply_is_given_instead_of_the_model():
    assert (
        text_of(visiting(lambda v: v.create("What is my parcel?"), script={"reply": "As scripted."})) == "As scripted."
    )


def test_turns_are_taken_one_by_one_then_the_standing_script():
    script = {"reply": "always", "turns": [{"reply": "one"}, {"refusal": "two", "reply": None}, {}]}

    got = visiting(lambda visitor: answers(visitor, 4), script=script)

    assert text_of(got[0]) == "one"
    assert got[1]["output"][-1]["content"] == [{"type": "refusal", "refusal": "two"}]
    assert [text_of(answer) for answer in got[2:]] == ["always", "always"]


def test_items_get_what_they_lack():
    script = {"items": [{"type": "function_call", "name": "f", "arguments": {"a": 1}}, {"type": "web_search_call"}]}
    script["items"].append({"type": "message", "content": [{"type": "output_text", "text": "Done."}]})

    output = visiting(lambda visitor: visitor.create("Hi"), script=script, model="gpt-4.1")["output"]

    call, search, message = output
    assert call["arguments"] == '{"a":1}'
    assert call["call_id"].startswith("call_")
    assert [item["status"] for item in output] == ["completed"] * 3
    assert search["id"].startswith("ws_")
    assert message["content"] == [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Done."}]
    assert message["role"] == "assistant"


def test_error_comes_as_asked_for():
    error = {"status": 429, "code": "rate_limit_exceeded", "type": "too_many_requests", "retry_after": 2}
    script = {"turns": [{"error": error}]}

    async def visit(visitor: Visitor):
        first = await visitor.send("POST", "/responses", {"model": visitor.model, "input": "Hi"})
        return first, await visitor.create("Hi")

    (status, headers, body), second = visiting(visit, script=script)

    assert status == 429
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("2", "2000")
    assert json.loads(body)["error"]["code"] == "rate_limit_exceeded"
    assert second["status"] == "completed"


@pytest.mark.parametrize(
    ("form", "kinds"),
    [
        ("failed", ["response.failed"]),
        ("flat", ["error", "response.failed"]),
        ("nested", ["error", "response.failed"]),
        ("azure", ["response.failed", "error"]),
    ],
)
def test_stream_fails_in_each_form(form, kinds):
    script = {"fail": {"form": form, "code": "server_error", "after": 3}}

    events = events_of(visiting(lambda visitor: visitor.stream("Hi"), script=script))

    assert [event["type"] for event in events[3:]] == kinds
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    failed = next(event["response"] for event in events if event["type"] == "response.failed")
    assert failed["status"] == "failed"
    assert (failed["error"] is None) == (form == "azure")
    error = next((event for event in events if event["type"] == "error"), None)
    if error is not None:
        assert ("code" in error) == (form == "flat")


def test_delay_and_pace_take_their_time():
    async def visit(visitor: Visitor):
        begun = time.perf_counter()
        await visitor.create("Hi")
        waited = time.perf_counter() - begun
        begun = time.perf_counter()
        body = await visitor.stream("Hi")
        return waited, time.perf_counter() - begun, body.count(b"\n\n")

    waited, paced, events = visiting(visit, script={"turns": [{"delay": "60ms"}, {"pace": 0.01}]})

    assert waited >= 0.06
    assert paced >= 0.01 * events


def test_defect_of_one_turn():
    script = {"turns": [{}, {"defect": "A102"}, {"defects": ["usage-total-wrong"]}]}

    def right(answer):
        usage = answer["usage"]
        return usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]

    assert list(map(right, visiting(lambda visitor: answers(visitor, 4), script=script))) == [True, False, False, True]


def test_directions_for_the_next_request_alone():
    async def visit(visitor: Visitor):
        visitor.room.direct({"reply": "next"})
        return [text_of(answer) for answer in await answers(visitor, 2)]

    assert visiting(visit, script={"reply": "always"}) == ["next", "always"]


def test_directions_cannot_move_a_room_to_the_raw_door():
    async def visit(visitor: Visitor):
        with pytest.raises(WrongScript, match="where the room is opened"):
            visitor.room.direct({"defect": "A02"})
        return text_of(await visitor.create("Hi"))

    assert visiting(visit, script={"reply": "always"}) == "always"


WRONG = [
    ({"flaky": {"defect": "A57"}}, "`flaky` must be a mapping with `defect` and `rate`"),
    ({"flaky": {"defect": "A57", "rate": 2}}, "`rate` lies between 0 and 1"),
    ({"flaky": {"defect": "A57", "rate": True}}, "`rate` lies between 0 and 1"),
    ({"flaky": {"defect": "no-such", "rate": 0.5}}, "no-such"),
    ({"flaky": {"defect": "A57", "rate": 0.5, "often": 1}}, "`flaky` must be a mapping"),
    ({"turns": [{"flaky": {"defect": "A57", "rate": 0.5}}]}, "is for a whole scenario"),
    ({"repl": "x"}, "unknown key `repl` in mock; did you mean `reply`?"),
    ({"reply": 7}, "`reply` must be text"),
    ({"items": "x"}, "`items` must be a list"),
    ({"items": [1]}, "`items` must be a list"),
    ({"delay": "soon"}, "`delay` must be a duration"),
    ({"defect": "A999"}, "unknown defect `A999`"),
    ({"fail": {"form": "loud"}}, "`fail` must be a mapping whose `form`"),
    ({"error": {}}, "`error` must be a mapping with a `status`"),
    ({"turns": "x"}, "`turns` must be a list"),
    ({"turns": [{"turns": []}]}, "`turns` is for a whole scenario"),
    (["x"], "a script must be a mapping"),
]


@pytest.mark.parametrize(("script", "message"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_scripts_say_what_is_wrong(script, message):
    with pytest.raises(WrongScript) as caught:
        Script(script)
    assert message in str(caught.value)


def test_a_flaky_defect_is_there_in_its_share_of_rooms():
    """Drawn from `draw` alone: the same for the same text, and about as often as the rate says."""
    there = [bool(Script({"flaky": {"defect": "A57", "rate": 0.2, "draw": str(n)}}).defects) for n in range(2_000)]
    again = [bool(Script({"flaky": {"defect": "A57", "rate": 0.2, "draw": str(n)}}).defects) for n in range(2_000)]

    assert there == again
    assert 340 < sum(there) < 460
    assert not Script({"flaky": {"defect": "A57", "rate": 0}}).defects
    assert Script({"flaky": {"defect": "A57", "rate": 1}}).defects
