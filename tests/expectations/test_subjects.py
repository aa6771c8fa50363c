"""What each subject sees: a table of replies and values."""

import base64
import json
from typing import Any

import pytest
from builders.cases import refused, said
from builders.replies import URL, plain, streamed
from builders.streams import Telling, message, response

from harness.conversation import TurnTaken
from harness.expectations.subjects import BESIDE, GRADED, LOOKS, PLANTED, USAGE
from harness.pointer import MISSING
from harness.reply import Reply
from harness.scenario.subjects import SUBJECTS
from harness.wire.exchange import Arrival, Ending, Exchange, How, Request

ASKED = Request("POST", URL, (), b'{"model": "m", "input": "i"}')


def unanswered() -> Reply:
    return Reply(Exchange(ASKED, None, b"", (), Ending(How.CONNECT)))


def look(subject: str, reply: Reply | None, part: str | None = None, *more: Reply) -> Any:
    """What a subject answers about a turn of one reply, or of several."""
    replies = tuple(each for each in (*more, reply) if each is not None)
    return LOOKS[subject](TurnTaken("turn-1", replies, final=reply), part)


def calls(*items: dict[str, Any]) -> Reply:
    return plain(output=list(items))


THOUGHT = {
    "id": "rs_1",
    "type": "reasoning",
    "summary": [{"type": "summary_text", "text": "one"}, {"type": "summary_text", "text": "two"}],
    "encrypted_content": "sealed",
}
FUNCTION = {"id": "fc_1", "type": "function_call", "call_id": "c", "name": "look", "arguments": '{"at": [1]}'}
TORN = {**FUNCTION, "arguments": '{"at": '}
CUSTOM = {"id": "ct_1", "type": "custom_tool_call", "call_id": "d", "name": "run", "input": "{}"}
REFUSING = {"id": "msg_1", "type": "message", "content": [{"type": "refusal", "refusal": "I will not."}]}
ERROR = {"status": 400, "code": "bad", "type": None, "param": None, "message": "no"}
FAILED = {"status": "failed", "error": {"code": "server_error", "message": "broke"}}
STREAM = message(Telling().begin(), "Hel", "lo").end()
BARE = plain(status=..., model=..., usage=..., output=..., incomplete_details=...)

PICTURE = {
    "id": "ig_1",
    "type": "image_generation_call",
    "status": "completed",
    "revised_prompt": "a square",
    "result": base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes([0, 0, 0, 3, 0, 0, 0, 2]) + bytes(9)).decode(),
}
RUN = {
    "id": "ci_1",
    "type": "code_interpreter_call",
    "status": "completed",
    "container_id": "cntr_1",
    "code": "print(6 * 7)",
    "outputs": [{"type": "logs", "logs": "42"}, {"type": "image", "url": "https://example.com"}],
}
URL_CITATION = {
    "type": "url_citation",
    "start_index": 4,
    "end_index": 15,
    "url": "https://example.com/ferry",
    "title": "Ferries",
}
FILE_CITATION = {
    "type": "container_file_citation",
    "file_id": "cfile_1",
    "filename": "plot.csv",
    "container_id": "cntr_1",
    "start_index": None,
    "end_index": 3,
}
FERRY = {
    "type": "output_text",
    "text": "The night ferry leaves at 21:30.",
    "annotations": [URL_CITATION, FILE_CITATION],
}
CITED = calls({"id": "msg_1", "type": "message", "role": "assistant", "content": [FERRY]})

TOOLS = {
    "id": "mcpl_1",
    "type": "mcp_list_tools",
    "server_label": "dice",
    "tools": [{"name": "roll"}, {"name": "count"}],
}
TO_APPROVE = {
    "id": "mcpr_1",
    "type": "mcp_approval_request",
    "arguments": '{"n": 6}',
    "name": "roll",
    "server_label": "dice",
}
ROLLED = {**TO_APPROVE, "type": "mcp_call", "output": "4", "error": None, "approval_request_id": "mcpr_1"}
ASKED_FOR = {"server": "dice", "name": "roll", "arguments": {"n": 6}}

EXAMPLES: list[tuple[str, str | None, Reply | None, Any]] = [
    ("status", None, plain(), "completed"),
    ("status", None, plain(status="incomplete"), "incomplete"),
    ("status", None, BARE, MISSING),
    ("status", None, plain(status=7), MISSING),
    ("status", None, streamed(STREAM), "completed"),
    ("incomplete_reason", None, plain(incomplete_details={"reason": "max_output_tokens"}), "max_output_tokens"),
    ("incomplete_reason", None, plain(incomplete_details=None), MISSING),
    ("incomplete_reason", None, plain(incomplete_details="odd"), MISSING),
    ("refusal", None, calls(REFUSING), "I will not."),
    ("refusal", None, calls(said("Yes")), MISSING),
    ("error", None, refused(code="bad", message="no"), ERROR),
    ("error", "status", refused(429), 429),
    ("error", "code", refused(code="bad"), "bad"),
    ("error", "param", refused(code="bad"), MISSING),
    ("error", "code", plain(**FAILED), "server_error"),
    ("error", None, plain(), MISSING),
    ("error", "code", plain(), MISSING),
    ("text", None, calls(said("Hello")), "Hello"),
    ("text", None, calls(said("Hel"), FUNCTION, said("lo")), "Hello"),
    ("text", None, calls(FUNCTION), ""),
    ("text", None, streamed(STREAM), "Hello"),
    ("text", None, refused(), MISSING),
    ("json", None, calls(said('{"a": [1, null]}')), {"a": [1, None]}),
    ("json", None, calls(said("null")), None),
    ("json", None, calls(said("no json")), MISSING),
    ("json", None, calls(said("")), MISSING),
    ("json", None, calls(said("NaN")), MISSING),
    ("json", None, calls(said('{"a": -Infinity}')), MISSING),
    ("json", None, calls(said("[" * 100_000)), MISSING),
    ("json", None, refused(), MISSING),
    ("items", None, calls(THOUGHT, FUNCTION, said("x")), ["reasoning", "function_call", "message"]),
    ("items", None, plain(output=[]), []),
    ("items", None, refused(), MISSING),
    ("tool_calls", None, calls(said("x")), []),
    ("tool_calls", None, calls(FUNCTION), [{"name": "look", "arguments": {"at": [1]}}]),
    ("tool_calls", None, calls(TORN), [{"name": "look", "arguments": '{"at": '}]),
    ("tool_calls", None, calls({**FUNCTION, "arguments": "NaN"}), [{"name": "look", "arguments": "NaN"}]),
    ("tool_calls", None, calls(CUSTOM), [{"name": "run", "arguments": "{}"}]),
    ("tool_calls", None, refused(), MISSING),
    ("reasoning", "present", calls(THOUGHT), True),
    ("reasoning", "present", calls(said("x")), False),
    ("reasoning", "summary", calls(THOUGHT), "one\ntwo"),
    ("reasoning", "summary", calls({**THOUGHT, "summary": None}), ""),
    ("reasoning", "encrypted", calls(THOUGHT), True),
    ("reasoning", "encrypted", calls(THOUGHT, {**THOUGHT, "encrypted_content": None}), False),
    ("reasoning", "encrypted", calls(said("x")), False),
    ("reasoning", "tokens", plain(), 0),
    ("reasoning", "tokens", plain(usage=None), MISSING),
    ("reasoning", None, refused(), MISSING),
    ("usage", "input_tokens", plain(), 31),
    ("usage", "output_tokens", plain(), 12),
    ("usage", "total_tokens", plain(), 43),
    ("usage", "cached_tokens", plain(), 0),
    ("usage", "cached_tokens", plain(usage={"input_tokens": 1}), MISSING),
    ("usage", "total_tokens", plain(usage={"total_tokens": None}), MISSING),
    ("usage", None, plain(usage={"input_tokens": 1}), {"input_tokens": 1}),
    ("usage", None, plain(usage=None), MISSING),
    ("stream", "deltas", streamed(STREAM), 2),
    ("stream", "order", streamed(STREAM), [event["type"] for event in STREAM]),
    ("stream", "events", streamed(STREAM), {event["type"]: 0 for event in STREAM}),
    ("stream", "deltas", plain(), MISSING),
    ("model", None, plain(model="gpt-5-mini-2025-08-07"), "gpt-5-mini-2025-08-07"),
    ("model", None, BARE, MISSING),
    ("headers", "x-one", plain(headers={"X-One": "1"}), "1"),
    ("headers", "x-two", plain(headers={"X-One": "1"}), MISSING),
    ("headers", None, plain(headers={"X-One": "1"}), {"content-type": "application/json", "x-one": "1"}),
    ("headers", "retry-after", refused(), MISSING),
    ("path", "$.status", plain(), "completed"),
    ("path", "$.error", plain(), None),
    ("path", "$.nowhere.at.all", plain(), MISSING),
    ("path", "$.output[0].id", calls(said("x")), "msg_1"),
    ("path", "$.output[0]", plain(output=[]), MISSING),
    ("path", "$.output[*].type", calls(said("x"), FUNCTION), ["message", "function_call"]),
    ("path", "$.output[?@.type=='function_call'].name", calls(said("x"), FUNCTION), ["look"]),
    ("path", "$.output[*].type", plain(output=[]), []),
    ("path", "$..nowhere", plain(), []),
    ("path", "$.status", refused(), MISSING),
    ("region", None, plain(headers={"x-ms-region": "East US 2"}), "eastus2"),
    ("region", None, plain(), MISSING),
    ("annotations", "count", CITED, 2),
    ("annotations", "type", CITED, ["url_citation", "container_file_citation"]),
    ("annotations", "text", CITED, ["night ferry", None]),
    ("annotations", "url", CITED, ["https://example.com/ferry", None]),
    ("annotations", "filename", CITED, [None, "plot.csv"]),
    ("annotations", "count", calls(said("x")), 0),
    ("annotations", None, calls(said("x")), []),
    ("annotations", "count", refused(), MISSING),
    ("images", "count", calls(PICTURE), 1),
    ("images", "type", calls(PICTURE, {**PICTURE, "result": "aGVsbG8="}), ["png", None]),
    ("images", "width", calls(PICTURE), [3]),
    ("images", "height", calls(PICTURE), [2]),
    ("images", "revised_prompt", calls(PICTURE), ["a square"]),
    ("images", "count", calls(said("x")), 0),
    ("images", None, refused(), MISSING),
    ("files", "count", CITED, 1),
    ("files", "filename", CITED, ["plot.csv"]),
    ("files", "container_id", CITED, ["cntr_1"]),
    ("files", "count", calls(said("x")), 0),
    ("files", None, refused(), MISSING),
    ("container", "present", calls(RUN), True),
    ("container", "present", calls(said("x")), False),
    ("container", "id", calls(RUN, {**RUN, "container_id": "cntr_2"}), "cntr_2"),
    ("container", "id", calls(said("x")), MISSING),
    ("container", "count", calls(RUN, RUN, {**RUN, "container_id": "cntr_2"}), 2),
    ("container", "calls", calls(RUN, RUN), 2),
    ("container", "code", calls(RUN), "print(6 * 7)"),
    ("container", "logs", calls(RUN), "42"),
    ("container", "logs", calls({**RUN, "outputs": None}), ""),
    ("container", "status", calls(RUN), ["completed"]),
    ("container", None, refused(), MISSING),
    ("mcp", "listed", calls(TOOLS, said("x")), ["roll", "count"]),
    ("mcp", "approvals", calls(TOOLS, TO_APPROVE), [ASKED_FOR]),
    ("mcp", "called", calls(ROLLED), [{**ASKED_FOR, "output": "4", "error": None, "approval": "mcpr_1"}]),
    ("mcp", "called", calls(TOOLS, TO_APPROVE), []),
    ("mcp", "approvals", calls({**TO_APPROVE, "arguments": "{"}), [{**ASKED_FOR, "arguments": "{"}]),
    ("mcp", None, calls(said("x")), {"listed": [], "called": [], "approvals": []}),
    ("mcp", None, refused(), MISSING),
]


@pytest.mark.parametrize(
    ("subject", "part", "reply", "value"), EXAMPLES, ids=lambda it: it if isinstance(it, str) else ""
)
def test_what_a_subject_sees(subject: str, part: str | None, reply: Reply | None, value: Any):
    if (subject, part) == ("stream", "events"):
        value = {type_: sum(event["type"] == type_ for event in STREAM) for type_ in value}
    seen = look(subject, reply, part)
    assert seen is MISSING if value is MISSING else (seen == value and type(seen) is type(value))


def test_every_subject_has_examples_of_both_kinds():
    """A value and, for each, MISSING."""
    told = set(LOOKS) - {"latency", "mcp_hits"}
    assert {subject for subject, _, _, value in EXAMPLES if value is not MISSING} == told
    assert {subject for subject, _, _, value in EXAMPLES if value is MISSING} == told


@pytest.mark.parametrize(
    ("part", "hits"),
    [
        ("roll", 3),
        ("dice.roll", 1),
        ("count", 0),
        ("dice.tell", MISSING),
        (None, {"dice": {"roll": 1, "count": 0}, "sea": {"roll": 2}}),
    ],
)
def test_calls_that_really_came(part: str | None, hits: object):
    served = {"dice": {"roll": 1, "count": 0}, "sea": {"roll": 2}}

    assert LOOKS["mcp_hits"](TurnTaken("turn-1", (), served=served), part) == hits
    assert LOOKS["mcp_hits"](TurnTaken("turn-1", ()), part) is MISSING


def test_both_tables_name_the_same_subjects():
    """What the language has and this version runs is what can be looked at, in the same parts."""
    seen = {*LOOKS, *BESIDE, *GRADED, *PLANTED}
    assert seen == {name for name, subject in SUBJECTS.items() if subject.built}
    assert len(seen) == len(LOOKS) + len(BESIDE) + len(GRADED) + len(PLANTED)
    assert set(USAGE) == set(SUBJECTS["usage"].parts)


@pytest.mark.parametrize("subject", LOOKS)
@pytest.mark.parametrize("reply", [None, unanswered(), plain(output=7, usage=7, model=7, incomplete_details=7, id=7)])
def test_nothing_makes_a_subject_stumble(subject: str, reply: Reply | None):
    """No reply, no answer, an answer of other shapes: no exception, and no value out of nothing."""
    for part in (None, *SUBJECTS[subject].parts, "$.x"):
        seen = look(subject, reply, part)
        if reply is None or reply.response is None:
            assert seen is MISSING or (subject, part) == ("latency", "total") or (subject, part) == ("latency", None)


@pytest.mark.parametrize(("subject", "reply"), [("reasoning", plain(usage=None)), ("latency", plain())])
def test_a_whole_holds_only_what_there_is(subject: str, reply: Reply):
    """As a whole, a subject is plain JSON: what is missing is left out."""
    json.dumps(look(subject, reply), allow_nan=False)
    assert None not in look(subject, reply).values()


def test_parts_of_the_tables_are_seen():
    """Every part that the language names is a key of what is seen."""
    exchange = streamed(STREAM).exchange
    timed = Reply(
        Exchange(exchange.request, exchange.head, exchange.body, (Arrival(0, 0.25),), exchange.ending, 0.0, 0.125, 0.5)
    )
    for subject in ("latency", "stream"):
        assert set(look(subject, timed)) == set(SUBJECTS[subject].parts)
    assert look("latency", timed, "headers") == 0.125
    assert look("latency", timed, "first_event") == look("latency", timed, "first_token") == 0.25
    assert (look("latency", timed, "longest_gap"), look("latency", timed, "total")) == (0.0, 0.5)
    assert look("stream", timed, "bytes") == len(exchange.body)
    assert set(look("reasoning", timed)) == set(SUBJECTS["reasoning"].parts)


def test_calls_of_every_reply_of_a_turn_count():
    """Of several rounds of calls none is forgotten; the final reply alone says the rest."""
    seen = look("tool_calls", calls(said("done")), None, calls(FUNCTION), calls(CUSTOM))

    assert [each["name"] for each in seen] == ["look", "run"]


def test_a_singular_path_is_one_value_and_any_other_a_list():
    """The form of the query decides, not how much it finds."""
    reply = plain(response_like=response("completed"))
    assert look("path", reply, "$['status']") == "completed"
    assert look("path", reply, "$.status[0]") is MISSING
    assert look("path", reply, "$['status', 'object']") == ["completed", "response"]
