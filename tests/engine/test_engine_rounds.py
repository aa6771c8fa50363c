"""Tools with `returns:`: what is answered, in which request, and until when."""

import json
from typing import Any

import pytest
from builders.cases import conducted, loud, said

from harness.scenario.returns import names_of_arguments

TOOLS = """
tools:
  - type: function
    name: weather
    returns:
      - {when: {city: Oslo}, value: {degrees: 3, of: "${arguments.city}", unit: "${arguments.unit}"}}
      - {when: {city: {starts_with: B}}, value: "mild in ${arguments.city}", delay: 90s}
      - {when: {city: Nowhere}, error: "no city ${arguments.city}"}
  - {type: function, name: roll, returns: [4, 5]}
  - {type: custom, name: shell, returns: [{when: {input: {contains: ls}}, value: "a.txt"}]}
  - {type: function, name: mute}
"""


def call(name: str, call_id: str = "call_1", **arguments: Any) -> dict[str, Any]:
    """An output item that calls a function."""
    return {
        "id": f"fc_{call_id}",
        "type": "function_call",
        "status": "completed",
        "name": name,
        "call_id": call_id,
        "arguments": json.dumps(arguments),
    }


def asked(*answers: Any, turn: str = "user: a", state: str = "chained", delivery: str = "plain") -> tuple[Any, Any]:
    """A turn on a service that answers so."""
    text = f"{TOOLS}turns:\n  - {turn}\n    expect: {{status: completed}}\n"
    return conducted(text, *answers, state=state, delivery=delivery)


def outputs(body: dict[str, Any]) -> list[Any]:
    return [item["output"] for item in body["input"] if item.get("type", "").endswith("_output")]


def test_a_result_is_sent_and_the_turn_goes_on():
    """The value as JSON, arguments put in, those not given as null; nothing else is new."""
    done, target = asked([call("weather", city="Oslo")], "3 degrees")

    assert target.bodies[1]["input"] == [
        {
            "type": "function_call_output",
            "call_id": "call_1",
            "output": '{"degrees": 3, "of": "Oslo", "unit": null}',
        }
    ]
    assert target.bodies[1]["previous_response_id"] == "resp_1"
    (taken,) = done.conversation.turns
    assert [reply.id for reply in taken.rounds] == ["resp_1", "resp_2"]
    assert taken.final is not None
    assert taken.final.text == "3 degrees"
    assert loud(done) == []


@pytest.mark.parametrize("state", ["manual", "stateless"])
def test_by_hand_call_and_result_are_replayed(state: str):
    """Whatever came stands before its result, in every later request of the turn."""
    _, target = asked([call("weather", city="Oslo")], [call("roll", "call_2")], "done", state=state)

    kinds = [[item.get("type") for item in body["input"]] for body in target.bodies]
    first = ["message", "function_call", "function_call_output"]
    assert kinds == [["message"], first, [*first, "function_call", "function_call_output"]]
    assert outputs(target.bodies[2]) == ['{"degrees": 3, "of": "Oslo", "unit": null}', "[4, 5]"]


def test_all_calls_of_a_response_are_answered_in_one_request():
    """In the order of the calls, each under its own id; a text goes out as it is."""
    answer = [call("weather", "call_a", city="Bergen"), call("roll", "call_b"), call("weather", "call_c", city="Oslo")]
    _, target = asked(answer, "done")

    items = target.bodies[1]["input"]
    assert [item["call_id"] for item in items] == ["call_a", "call_b", "call_c"]
    assert outputs(target.bodies[1])[:2] == ["mild in Bergen", "[4, 5]"]


def test_an_error_is_told_to_the_model():
    _, target = asked([call("weather", city="Nowhere")], "sorry")

    assert outputs(target.bodies[1]) == ['{"error": "no city Nowhere"}']


def test_a_custom_tool_is_answered_in_its_own_item():
    """Its text is the argument `input`."""
    custom = {"id": "ctc_1", "type": "custom_tool_call", "name": "shell", "call_id": "call_1", "input": "ls -l"}
    _, target = asked([custom], "one file")

    assert target.bodies[1]["input"] == [{"type": "custom_tool_call_output", "call_id": "call_1", "output": "a.txt"}]


def test_a_call_without_returns_ends_the_turn():
    """As does one beside others: all calls of a response are answered together, or none is."""
    for answer in ([call("mute")], [call("roll", "call_a"), call("mute", "call_b")]):
        done, target = asked(answer)
        assert len(target.requests) == 1
        assert loud(done) == []


def test_a_call_that_was_not_foreseen_is_found():
    """The model is told that there is nothing, and the turn goes on; the finding names entries and arguments."""
    done, target = asked([call("weather", city="Paris")], "no idea")

    assert outputs(target.bodies[1]) == ['{"error": "there is no result for these arguments"}']
    (finding,) = [each for each in done.findings if each.level == "error"]
    assert (finding.rule, finding.turn, finding.actual) == ("expect.returns", "turn-1", {"city": "Paris"})
    assert finding.place is not None
    assert finding.place.line == 6


@pytest.mark.parametrize(("turn", "most"), [("user: a", 8), ("{user: a, max_rounds: 2,", 2)])
def test_a_model_that_never_stops_calling(turn: str, most: int):
    """So many requests and no more; one finding, and the expectations of the turn are not looked at."""
    if turn.startswith("{"):
        text = f"{TOOLS}turns:\n  - {turn} expect: {{status: completed, text: never}}}}\n  - user: b\n"
    else:
        text = f"{TOOLS}turns:\n  - {turn}\n    expect: {{status: completed, text: never}}\n  - user: b\n"
    done, target = conducted(text, *[[call("roll")]] * (most + 1))

    assert len(target.requests) == most
    found = [each for each in done.findings if each.level == "error" and each.rule.startswith("expect.")]
    assert [(each.rule, each.actual) for each in found] == [("expect.max_rounds", ["roll"])]
    assert f"after {most} requests (max_rounds)" in found[0].message


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("required", False),
        ("{type: function, name: roll}", False),
        ("{type: allowed_tools, mode: required, tools: []}", False),
        ("auto", True),
        ("none", True),
        ("{type: allowed_tools, mode: auto, tools: []}", True),
    ],
)
def test_no_call_is_demanded_after_the_first(choice: str, kept: bool):
    """A model that must call can never answer; what leaves it the choice is sent again."""
    _, target = asked([call("roll")], "done", turn=f"user: a\n    request: {{tool_choice: {choice}}}")

    assert "tool_choice" in target.bodies[0]
    assert ("tool_choice" in target.bodies[1]) == kept


def test_the_calls_of_all_rounds_are_expected_together():
    text = f"""{TOOLS}
turns:
  - user: a
    expect:
      tool_calls: [{{name: roll, count: 1}}, {{name: weather, arguments: {{city: Oslo}}}}]
"""
    done, _ = conducted(text, [call("roll")], [call("weather", "call_2", city="Oslo")], [said("done")])

    assert [each for each in loud(done) if each.startswith("expect.")] == []


def test_names_of_arguments():
    """Every argument by the way to it; what is deep is reached whole."""
    assert names_of_arguments({"a": {"b": [1]}, "c": None}) == {
        "arguments": {"a": {"b": [1]}, "c": None},
        "arguments.a": {"b": [1]},
        "arguments.a.b": [1],
        "arguments.c": None,
    }
    assert names_of_arguments(None) == {"arguments": None}
