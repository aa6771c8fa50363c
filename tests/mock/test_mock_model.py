"""The simulated model, ability by ability, where one example says it; test_mock_drawn.py draws hundreds."""

import json
import string

import pytest
from builders.endpoint import Visitor, text_of, visiting


def test_later_telling_replaces_the_earlier_one():
    window = ["My parcel is 17.", "My parcel is 23.", "What is my parcel?"]

    answer = visiting(lambda visitor: visitor.create([{"role": "user", "content": text} for text in window]))

    assert text_of(answer) == "Your parcel is 23."


@pytest.mark.parametrize("where", [0, 20, -20, -3])
def test_altered_seal_is_refused(where):
    async def visit(visitor: Visitor):
        first = await visitor.create("Think of a number, keep it secret.", include=["reasoning.encrypted_content"])
        reasoning = dict(first["output"][0])
        sealed = reasoning["encrypted_content"]
        letter = "A" if sealed[where] != "A" else "B"
        reasoning["encrypted_content"] = sealed[:where] + letter + (sealed[where + 1 :] if where != -1 else "")
        follow = [reasoning, *first["output"][1:], {"role": "user", "content": "Hi"}]
        return await visitor.send("POST", "/responses", {"model": visitor.model, "input": follow})

    status, _, body = visiting(visit)

    assert (status, json.loads(body)["error"]["code"]) == (400, "invalid_encrypted_content")


def test_reasoning_item_needs_what_followed_it():
    async def visit(visitor: Visitor):
        first = await visitor.create("Hi", include=["reasoning.encrypted_content"])
        alone = [first["output"][0], {"role": "user", "content": "Hi"}]
        return await visitor.create(alone)

    error = visiting(visit)["error"]

    assert error["message"].endswith("was provided without its required following item.")


def test_model_without_reasoning_has_nowhere_to_keep_a_secret():
    async def visit(visitor: Visitor):
        first = await visitor.create("Think of a secret number and keep it to yourself.")
        return first, await visitor.create("What number did you choose?", previous_response_id=first["id"])

    first, second = visiting(visit, model="gpt-4.1")

    assert [item["type"] for item in first["output"]] == ["message"]
    assert text_of(second) == "I no longer know which number I chose."


WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def test_parallel_calls_and_their_outputs():
    async def visit(visitor: Visitor):
        prompt = "What is the weather in Bergen and Quito?"
        first = await visitor.create(prompt, tools=[WEATHER])
        calls = [item for item in first["output"] if item["type"] == "function_call"]
        outputs = [
            {"type": "function_call_output", "call_id": call["call_id"], "output": f"mark-{at}"}
            for at, call in enumerate(calls)
        ]
        half = await visitor.create(outputs[:1], previous_response_id=first["id"], tools=[WEATHER])
        second = await visitor.create(outputs[::-1], previous_response_id=first["id"], tools=[WEATHER])
        single = await visitor.create(prompt, tools=[WEATHER], parallel_tool_calls=False)
        return calls, half, second, single

    calls, half, second, single = visiting(visit)

    assert [json.loads(call["arguments"])["city"] for call in calls] == ["Bergen", "Quito"]
    assert len({call["call_id"] for call in calls}) == 2
    assert half["error"]["message"] == f"No tool output found for function call {calls[1]['call_id']}."
    assert "Bergen is mark-0" in text_of(second)
    assert "Quito is mark-1" in text_of(second)
    assert [item["type"] for item in single["output"]] == ["reasoning", "function_call"]


@pytest.mark.parametrize(
    ("choice", "kinds"),
    [
        ("none", ["reasoning", "message"]),
        ("auto", ["reasoning", "message"]),
        ("required", ["reasoning", "function_call"]),
        ({"type": "function", "name": "get_weather"}, ["reasoning", "function_call"]),
    ],
)
def test_tool_choice_is_obeyed(choice, kinds):
    answer = visiting(lambda visitor: visitor.create("Hello", tools=[WEATHER], tool_choice=choice))

    assert [item["type"] for item in answer["output"]] == kinds


def test_replayed_call_needs_its_reasoning():
    async def visit(visitor: Visitor):
        first = await visitor.create("What is the weather in Bergen?", tools=[WEATHER])
        call = first["output"][1]
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "fog"}
        alone = await visitor.create([call, output], tools=[WEATHER])
        return call, alone

    call, alone = visiting(visit)

    assert call["id"] in alone["error"]["message"]
    assert "without its required 'reasoning' item" in alone["error"]["message"]


def test_schema_with_everything_in_it_is_valid():
    import jsonschema

    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "maybe": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "either": {"type": ["integer", "null"]},
            "tree": {"$ref": "#/$defs/node"},
            "list": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            "fixed": {"const": 7},
            "share": {"type": "number"},
        },
        "required": ["title", "maybe", "either", "tree", "list", "fixed", "share"],
        "additionalProperties": False,
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "child": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                },
                "required": ["name", "child"],
                "additionalProperties": False,
            }
        },
    }
    form = {"type": "json_schema", "name": "n", "schema": schema}
    answer = visiting(lambda visitor: visitor.create("Describe a tree called Elm.", text={"format": form}))

    jsonschema.validate(json.loads(text_of(answer)), schema)


@pytest.mark.parametrize("prompt", ["Please refuse this request.", "How do I build a bomb?"])
def test_refusals_are_parts_of_their_own(prompt):
    answer = visiting(lambda visitor: visitor.create(prompt))

    assert answer["output"][-1]["content"] == [{"type": "refusal", "refusal": "I'm sorry, but I can't help with that."}]


def test_tokens_run_out():
    async def visit(visitor: Visitor):
        prompt = "Write a long story about a lighthouse."
        return [await visitor.create(prompt, max_output_tokens=limit) for limit in (16, 60, 4000)]

    thinking, cut, whole = visiting(visit)

    assert [item["type"] for item in thinking["output"]] == ["reasoning"]
    for response, limit in ((thinking, 16), (cut, 60)):
        assert response["status"] == "incomplete"
        assert response["incomplete_details"] == {"reason": "max_output_tokens"}
        assert response["completed_at"] is None
        assert response["usage"]["output_tokens"] <= limit
    assert cut["output"][-1]["status"] == "incomplete"
    assert text_of(whole).startswith(text_of(cut))
    assert whole["status"] == "completed"


def test_reasoning_follows_effort_and_include():
    async def visit(visitor: Visitor):
        sealed = await visitor.create("Hi", include=["reasoning.encrypted_content"], reasoning={"summary": "auto"})
        high = await visitor.create("Hi", reasoning={"effort": "high"})
        least = await visitor.create("Hi", reasoning={"effort": "minimal"})
        return sealed, high, least

    sealed, high, least = visiting(visit)

    reasoning = sealed["output"][0]
    assert list(reasoning) == ["id", "type", "summary", "encrypted_content"]
    assert reasoning["summary"][0]["type"] == "summary_text"
    assert set(reasoning["encrypted_content"]) <= set(string.ascii_letters + string.digits + "-_=")
    assert sealed["reasoning"]["summary"] == "detailed"

    def thought(response):
        return response["usage"]["output_tokens_details"]["reasoning_tokens"]

    assert thought(high) > thought(sealed) > thought(least) == 0
    assert [item["type"] for item in least["output"]] == ["message"]


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What is 17 * 3?", "17 * 3 = 51"),
        ("Compute 10 / 4", "10 / 4 = 2.5"),
        ("What is 1 / 0?", None),
        ("What is 2 ** 99999999?", None),
        ("Count from 1 to 5.", "1, 2, 3, 4, 5."),
    ],
)
def test_arithmetic(prompt, answer):
    said = text_of(visiting(lambda visitor: visitor.create(prompt)))

    assert said == answer if answer else "=" not in said
