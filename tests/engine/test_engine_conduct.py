"""One case from first turn to last: what is sent, what is carried on, and what stops it."""

from typing import Any

import pytest
from builders.cases import BASE, conducted, loud, said, sse, verdict_of
from builders.streams import Telling, message

from harness.findings import Level, Verdict
from harness.matchers import patterns
from harness.wire.exchange import How

THROTTLED = (429, {"message": "slow down", "type": "x", "code": "rate_limit_exceeded", "param": None})
REFUSED = (400, {"message": "no such thing", "type": "invalid_request_error", "code": "bad", "param": "input"})
FAILS = sse(
    [
        *Telling(model="d-1").begin().events,
        {"type": "error", "sequence_number": 2, "code": "server_error", "message": "broke", "param": None},
    ]
)


def test_a_body_goes_out_to_the_byte():
    """Unknown fields, their order, letters beyond ASCII and nesting pass as they were written."""
    text = """
    request: {zeta: {b: [1, 2.5, null, true], a: "ü — 𝄞"}, not_a_field: "${target.deployment}$$"}
    turns: [{user: Grüße, request: {alpha: []}, expect: {status: completed}}]
    """
    _, target = conducted(text, "OK")

    (request,) = target.requests
    assert request.body.decode() == (
        '{"model":"d-1","zeta":{"b":[1,2.5,null,true],"a":"ü — 𝄞"},"not_a_field":"d-1$","alpha":[],'
        '"input":[{"type":"message","role":"user","content":"Grüße"}]}'
    )
    assert (request.method, request.url) == ("POST", BASE + "responses")


@pytest.mark.parametrize(("delivery", "accept"), [("plain", "application/json"), ("stream", "text/event-stream")])
def test_headers_of_a_request(delivery: str, accept: str):
    """Content type, what is accepted, who asks, and the scenario's own; the turn's over them."""
    text = """
    headers: {X-MS-Client-Request-Id: a, x-ms-oai-image-generation-deployment: b}
    turns: [{user: Hi, headers: {x-ms-client-request-id: c}, expect: {status: completed}}]
    """
    _, target = conducted(text, "OK", delivery=delivery)

    assert dict(target.requests[0].headers) == {
        "Content-Type": "application/json",
        "Accept": accept,
        "User-Agent": "responses-harness",
        "x-ms-client-request-id": "c",
        "x-ms-oai-image-generation-deployment": "b",
    }


def test_tools_are_sent_and_the_turns_own_win():
    text = """
    tools: [{type: function, name: look}]
    turns:
      - {user: a, expect: {status: completed}}
      - {user: b, request: {tools: []}, expect: {status: completed}}
    """
    _, target = conducted(text, "OK", "OK")

    assert [body["tools"] for body in target.bodies] == [[{"type": "function", "name": "look"}], []]


def test_input_is_sent_verbatim():
    """Items as they were written, of whatever type."""
    _, target = conducted(
        "turns: [{input: [{type: odd, x: [1]}, {role: user, content: Hi}], expect: {status: completed}}]", "OK"
    )

    assert target.bodies[0]["input"] == [{"type": "odd", "x": [1]}, {"role": "user", "content": "Hi"}]


def test_a_character_that_is_none_is_sent_back_as_it_came():
    """Half a surrogate pair in an answer cannot be UTF-8; replayed, it goes out escaped as it came in."""
    text = "turns:\n  - {user: a}\n  - {user: b, expect: {status: completed}}\n"
    done, target = conducted(text, "half \ud800", "OK", state="manual")

    assert done.error is None
    assert target.bodies[1]["input"][1] == said("half \ud800")


BRANCHES = """
turns:
  - {id: one, user: a}
  - {id: two, user: b}
  - {id: three, user: c, branch_from: one}
  - {id: four, user: d, branch_from: two}
  - {id: five, user: e, expect: {status: completed}}
"""


def test_a_branch_continues_from_its_turn():
    """From the turn that is named, one on another branch too; the next turn goes on from there."""
    _, target = conducted(BRANCHES, *"ABCDE")
    assert [body.get("previous_response_id") for body in target.bodies] == [
        None,
        "resp_1",
        "resp_1",
        "resp_2",
        "resp_4",
    ]


def test_a_branch_by_hand_replays_its_own_past_alone():
    def told(body: dict[str, Any]) -> str:
        texts = [each["content"] for each in body["input"]]
        return "".join(each if isinstance(each, str) else each[0]["text"] for each in texts)

    _, target = conducted(BRANCHES, *"ABCDE", state="manual")
    assert [told(body) for body in target.bodies] == ["a", "aAb", "aAc", "aAbBd", "aAbBdDe"]


def test_what_is_captured_is_used_later():
    """In text, request and expectations of the turns after, with its type."""
    text = """
    turns:
      - {user: a, capture: {word: "$.output[0].content[0].text", when: $.created_at}}
      - {user: "Say ${word}", request: {n: "${when}"}, expect: {text: {contains: "${word}"}}}
    """
    done, target = conducted(text, "parcel", "no")

    assert target.bodies[1]["input"][0]["content"] == "Say parcel"
    assert target.bodies[1]["n"] == 1_780_000_000
    assert [(found.rule, found.turn) for found in done.findings if found.level == "error"] == [
        ("expect.text", "turn-2")
    ]
    assert done.conversation.turns[0].captured == {"word": "parcel", "when": 1_780_000_000}


def test_what_is_captured_is_never_read_as_a_variable():
    """A model cannot reach a variable by saying its name."""
    text = 'turns:\n  - {user: a, capture: {word: "$.output[0].content[0].text"}}\n'
    text += '  - {user: "${word}", expect: {status: completed}}\n'
    _, target = conducted(text, "${target.region} $$", "OK")

    assert target.bodies[1]["input"][0]["content"] == "${target.region} $$"


def test_nothing_to_capture_is_no_verdict_on_the_endpoint():
    """The case says so by name and stops: errored, and nothing is sent with the missing value."""
    text = 'turns:\n  - {user: a, capture: {it: "$.nowhere"}}\n'
    text += '  - {user: "${it}", expect: {status: completed}}\n'
    done, target = conducted(text, "OK", "OK")

    assert len(target.requests) == 1
    assert done.error == "turn turn-1: nothing to capture as it at $.nowhere"
    assert verdict_of(done) is Verdict.ERRORED


def test_retrieve_asks_for_the_response_by_its_id():
    """A GET, the id quoted once; what came is held to what is expected."""
    text = """
    headers: {x-ms-client-request-id: a}
    turns:
      - {id: first, user: a}
      - {retrieve: first, expect: {text: other}}
    """
    done, target = conducted(text, {"id": "resp/1 ?"}, {"id": "resp/1 ?"})

    request = target.requests[1]
    assert (request.method, request.url, request.body) == ("GET", BASE + "responses/resp%2F1%20%3F", b"")
    assert ("x-ms-client-request-id", "a") in request.headers
    assert "expect.text" in loud(done)
    assert done.asked["turn-2"] == {"retrieve": "first"}


TWO = """
turns:
  - {id: one, user: a, expect: {status: completed, text: {contains: b}}}
  - {id: two, user: c, expect: {status: completed}}
"""


def test_a_turn_that_is_refused_stops_the_case_with_one_finding():
    """Not one for each of its expectations, which all fail for this cause; the rest is told as not looked at."""
    done, target = conducted(TWO, REFUSED)

    assert len(target.requests) == 1
    (finding,) = [found for found in done.findings if found.level is Level.ERROR]
    assert (finding.rule, finding.turn, finding.wire.pointer) == ("expect.answered", "one", "/error")
    assert finding.place is not None
    assert finding.place.line > 1
    assert "status 400, code bad, type invalid_request_error, param input" in finding.message
    assert "no such thing" in finding.message
    assert finding.expected == "an answer"
    assert finding.actual == {**REFUSED[1], "status": 400}
    assert done.applied_expectations == {"one/status": 0, "one/text": 0, "two/status": 0}
    assert verdict_of(done) is Verdict.FAILED


def test_an_error_that_is_expected_passes():
    """And the conversation goes on from where it was before."""
    text = """
    turns:
      - {id: one, user: a}
      - {id: two, user: b, expect: {error: {status: 400, code: bad}}}
      - {id: three, user: c, expect: {status: completed}}
    """
    done, target = conducted(text, "A", REFUSED, "C")

    assert loud(done) == []
    assert verdict_of(done) is Verdict.PASSED
    assert target.bodies[2]["previous_response_id"] == "resp_1"
    assert set(done.applied_expectations.values()) == {1}


def test_an_error_that_is_expected_and_does_not_come_fails():
    done, _ = conducted("turns: [{user: a, expect: {error: {code: bad}}}]", "fine")

    assert loud(done) == ["expect.error"]


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        (How.CONNECT, "avail.connect"),
        (How.DNS, "avail.dns"),
        (How.TLS, "avail.tls"),
        (How.NO_ANSWER, "avail.no_answer"),
        (How.FIRST_BYTE, "avail.first_byte"),
        (How.DEADLINE, "avail.deadline"),
    ],
)
@pytest.mark.parametrize("delivery", ["plain", "stream"])
def test_a_failure_of_the_transport_is_inconclusive(how: How, rule: str, delivery: str):
    """Nothing was learned of the endpoint: the one finding is of availability, and nothing more is sent."""
    done, target = conducted(TWO, how, delivery=delivery)

    assert [found.rule for found in done.findings] == [rule]
    assert done.findings[0].turn == "one"
    assert verdict_of(done) is Verdict.INCONCLUSIVE
    assert len(target.requests) == 1


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (THROTTLED, "avail.throttled"),
        ((429, {"message": "no money", "code": "insufficient_quota"}), "avail.quota"),
        ((503, {"message": "busy", "code": "server_error"}), "avail.server_error"),
    ],
)
def test_a_refusal_for_availability_is_inconclusive(answer: Any, rule: str):
    """Throttled or out of order says nothing of what the endpoint promises: no second finding makes it a failure."""
    done, _ = conducted(TWO, answer)

    assert loud(done) == [rule]
    assert verdict_of(done) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("expected", ["{status: 429}", "{code: rate_limit_exceeded}"])
def test_a_refusal_for_availability_can_be_what_is_expected(expected: str):
    done, _ = conducted(f"turns: [{{user: a, expect: {{error: {expected}}}}}]", THROTTLED)

    assert (loud(done), verdict_of(done)) == ([], Verdict.PASSED)


def test_another_error_than_the_expected_one_for_availability_is_inconclusive():
    """Throttled where a refusal was to be seen: it was not seen, and not denied."""
    done, _ = conducted("turns: [{user: a, expect: {error: {status: 400}}}]", THROTTLED)

    assert (loud(done), verdict_of(done)) == (["avail.throttled"], Verdict.INCONCLUSIVE)


def test_a_stream_that_fails_is_inconclusive():
    """Nothing follows from an answer that was broken off: what is expected is not looked at, nothing more is sent."""
    done, target = conducted(TWO, FAILS, delivery="stream")

    assert len(target.requests) == 1
    assert "avail.stream_error" in loud(done)
    assert [rule for rule in loud(done) if rule.startswith("expect.")] == []
    assert verdict_of(done) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("how", [How.CUT, How.STALL, How.NO_PROGRESS, How.DEADLINE])
def test_a_stream_that_breaks_off_is_inconclusive(how: How):
    """Half an answer is no answer: whatever is expected of it says nothing of the endpoint."""
    half = sse(message(Telling(model="d-1").begin(), "Hi").end()[:5])
    done, target = conducted(TWO, (half, how), delivery="stream")

    assert loud(done)
    assert [rule for rule in loud(done) if not rule.startswith("avail.")] == []
    assert verdict_of(done) is Verdict.INCONCLUSIVE
    assert len(target.requests) == 1


def test_a_stream_that_fails_as_expected_passes():
    """The demanded error lowers the finding to a note that says so."""
    done, _ = conducted("turns: [{user: a, expect: {error: {code: server_error}}}]", FAILS, delivery="stream")

    assert loud(done) == []
    assert verdict_of(done) is Verdict.PASSED
    (note,) = [found for found in done.findings if found.rule == "avail.stream_error"]
    assert note.level is Level.NOTE
    assert note.message.endswith("(an error was expected)")


def test_another_turns_expected_error_excuses_nothing():
    text = "turns:\n  - {user: a}\n  - {user: b, expect: {error: {code: server_error}}}\n"
    done, _ = conducted(text, FAILS, delivery="stream")

    assert verdict_of(done) is Verdict.INCONCLUSIVE


def test_an_answer_that_is_none_stops_the_case():
    """Bytes without sense: findings of the wire, none of expectations, a failure."""
    done, target = conducted(TWO, b"<html>")

    assert loud(done)
    assert [rule for rule in loud(done) if not rule.startswith("wire.")] == []
    assert verdict_of(done) is Verdict.FAILED
    assert len(target.requests) == 1


SUM_IS_WRONG = {
    "input_tokens": 1,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 1,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 9,
}


def test_an_allowed_rule_is_lowered_with_its_reason():
    """An error that may be lowered becomes a warning that says why; others stay."""
    one = "turns: [{user: a, expect: {status: completed}}]\n"
    wrong, _ = conducted(one, {"usage": SUM_IS_WRONG})
    assert (loud(wrong), verdict_of(wrong)) == (["sem.usage_sum"], Verdict.FAILED)

    allowed, _ = conducted("allow: {sem.usage_sum: {reason: known here}}\n" + one, {"usage": SUM_IS_WRONG})
    (finding,) = [found for found in allowed.findings if found.level is not Level.NOTE]
    assert (finding.rule, finding.level) == ("sem.usage_sum", Level.WARNING)
    assert finding.message.endswith("(allowed: known here)")
    assert verdict_of(allowed) is Verdict.PASSED

    elsewhere, _ = conducted("allow: {sem.usage_bounds: {reason: known here}}\n" + one, {"usage": SUM_IS_WRONG})
    assert verdict_of(elsewhere) is Verdict.FAILED


def test_findings_name_their_turn():
    """What is wrong in the second exchange is told of the second turn."""
    text = "turns:\n  - {id: one, user: a}\n  - {id: two, user: b, expect: {status: completed}}\n"
    done, _ = conducted(text, "fine", {"usage": SUM_IS_WRONG})

    (finding,) = [found for found in done.findings if found.rule == "sem.usage_sum"]
    assert (finding.turn, finding.wire.exchange) == ("two", 1)


def test_a_value_that_makes_no_matcher_is_the_scenarios_fault():
    """Captured text where a number must stand: errored, with the place in the YAML."""
    text = "turns:\n  - {user: a, capture: {n: $.id}}\n"
    text += '  - {user: b, expect: {usage: {total_tokens: {at_most: "${n}"}}}}\n'
    done, _ = conducted(text, "OK", "OK")

    assert verdict_of(done) is Verdict.ERRORED
    assert "a.yaml:" in (done.error or "")


def test_a_stream_is_asked_for_and_read():
    """`stream: true` is added and the events are what is judged."""
    done, target = conducted("turns: [{user: a, expect: {stream: {deltas: {at_least: 1}}}}]", "Hi", delivery="stream")

    assert target.bodies[0]["stream"] is True
    assert (loud(done), verdict_of(done)) == ([], Verdict.PASSED)
    events = message(Telling(model="d-1").begin(), "Hi").end()
    assert done.conversation.turns[0].final is not None
    assert len(done.conversation.turns[0].final.events) == len(events)


def test_checks_without_end_are_errored_with_what_was_exchanged(monkeypatch: pytest.MonkeyPatch):
    """E20: in an expectation, in that of an error, and in a capture; the exchange is kept as evidence."""
    monkeypatch.setattr(patterns, "SECONDS", 0.1)
    evil = "a" * 100 + "!"
    for turn, answer in (
        ('{user: a, expect: {text: {matches: "(a|aa)+$"}}}', evil),
        ('{user: a, expect: {error: {message: {matches: "(a|aa)+$"}}}}', (503, {"message": evil})),
        ("{user: a, expect: {status: completed}, capture: {x: \"$..[?search(@, '(a|aa)+$')]\"}}", evil),
    ):
        done, target = conducted(f"scenario: A\nturns: [{turn}]\n", answer)

        assert "did not come to an end" in (done.error or ""), turn
        assert "Traceback" not in (done.error or "")
        assert len(done.conversation.turns) == len(target.requests) == 1
