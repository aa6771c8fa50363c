"""What is checked of a request: all that the services were recorded to take is taken, and what cannot be is not."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import corpus
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.mock import asked
from harness.mock.asked_schemas import LEVELS, PROPERTIES, check_strict
from harness.mock.errors import Refused
from harness.mock.offered import MODELS, Model

JSON = dict[str, Any]
NOT_OF_AZURE = {"moderation"}
"""Parameters that were recorded from OpenAI and that Azure's documentation does not know."""


def answered(record: JSON) -> bool:
    """Whether a recording is that of a create request that one of the services took."""
    request, answer = record["request"], record["response"]
    if record["provider"] not in ("azure", "openai") or request.get("method") != "POST":
        return False
    if not isinstance(request.get("body"), dict) or not str(request.get("path")).endswith("/responses"):
        return False
    body = answer.get("body")
    return bool(answer["status"] == 200 or answer["stream"] or (isinstance(body, dict) and body.get("output")))


def of_azure(body: JSON) -> bool:
    """Whether Azure's documentation has it too: OpenAI took a temperature where effort `none` thinks nothing."""
    thoughtless = (body.get("reasoning") or {}).get("effort") == "none" and "temperature" in body
    return not (NOT_OF_AZURE & set(body) or thoughtless)


def taken() -> Iterator[tuple[JSON, Model]]:
    """The bodies of those requests, for models that are known here."""
    for record in corpus.records():
        body = record["request"].get("body")
        if answered(record) and of_azure(body):
            model = MODELS.get(re.sub(r"-20\d\d-.*", "", str(body.get("model"))))
            if model is not None:
                yield body, model


def test_what_the_services_took_is_taken():
    bodies = list(taken())

    assert len(bodies) > 500
    for body, model in bodies:
        asked.check(body, model)


def thing(**properties: Any) -> JSON:
    """A strict object of these properties."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def nested(levels: int) -> JSON:
    schema: JSON = {"type": "string"}
    for _ in range(levels):
        schema = thing(inner=schema)
    return schema


TEXT = {"type": "string"}
OPEN = {**thing(a=TEXT), "additionalProperties": True}
PARTIAL = {**thing(a=TEXT), "required": []}
WRONG = {
    "a list": ({"type": "array", "items": TEXT}, "got 'type: \"array\"'"),
    "a choice": ({"anyOf": [thing()]}, "got 'type: \"None\"'"),
    "open": (OPEN, r"context=\(\), 'additionalProperties'"),
    "open inside": (thing(b=OPEN), r"context=\('properties', 'b'\), 'additionalProperties'"),
    "open in a list": (thing(b={"type": "array", "items": OPEN}), r"\('properties', 'b', 'items'\), 'additional"),
    "open in a choice": (thing(b={"anyOf": [TEXT, OPEN]}), r"\('properties', 'b', 'anyOf', '1'\), 'additional"),
    "open in a definition": ({**thing(), "$defs": {"c": OPEN}}, r"\('\$defs', 'c'\), 'additional"),
    "partial": (PARTIAL, r"context=\(\), 'required'"),
    "partial inside": (thing(b=PARTIAL), r"\('properties', 'b'\), 'required'"),
    "too deep": (nested(LEVELS + 1), "nested deeper than 5 levels"),
    "too wide": (thing(**{f"p{at}": TEXT for at in range(PROPERTIES + 1)}), "more than 100 properties"),
}


@pytest.mark.parametrize("name", WRONG)
def test_schemas_that_cannot_be_strict(name: str):
    """The same for formats and for strict functions; where nothing is strict, all is taken."""
    schema, why = WRONG[name]
    form = {"type": "json_schema", "name": "n", "schema": schema}
    function = {"type": "function", "name": "f", "parameters": schema}

    for body, param in (
        ({"text": {"format": form}}, "text.format.schema"),
        ({"tools": [{**function, "strict": True}]}, "tools[0].parameters"),
    ):
        with pytest.raises(Refused) as refused:
            asked.check({"model": "m", "input": "Hi", **body}, MODELS["gpt-4.1"])
        error = refused.value.body["error"]
        assert (error["code"], error["param"]) == ("invalid_json_schema", param)
        assert re.search(why, error["message"])
    lenient = {"text": {"format": {**form, "strict": False}}, "tools": [function]}
    asked.check({"model": "m", "input": "Hi", **lenient}, MODELS["gpt-4.1"])


def test_schemas_at_their_limits():
    check_strict(nested(LEVELS), "x", "y")
    check_strict(thing(**{f"p{at}": TEXT for at in range(PROPERTIES)}), "x", "y")
    itself = {**thing(next={"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}), "$defs": {"node": nested(LEVELS)}}
    check_strict(itself, "x", "y")


def lists(depth: int) -> JSON:
    schema: JSON = TEXT
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


def test_schemas_without_end_are_refused_at_their_depth():
    with pytest.raises(Refused, match="nested deeper"):
        check_strict(thing(a=lists(900)), "x", "y")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "properties", "items", "anyOf", "$defs", "required", "additionalProperties", "a"]),
            inner | st.sampled_from(["object", "array", False]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(schema=st.dictionaries(st.sampled_from(["type", "properties", "$defs", "required", "anyOf"]), ANY, max_size=4))
def test_any_schema_is_taken_or_refused(schema: JSON):
    for tried in (schema, {**schema, "type": "object", "additionalProperties": False}):
        with suppress(Refused):
            check_strict(tried, "x", "y")


@pytest.mark.parametrize(
    ("wrong", "param", "code"),
    [
        ({"tools": [{"type": "hammer"}]}, "tools[0].type", "invalid_value"),
        ({"prompt_cache_key": "k" * 65}, "prompt_cache_key", "string_above_max_length"),
        ({"safety_identifier": "k" * 129}, "safety_identifier", "string_above_max_length"),
        (
            {"text": {"format": {"type": "json_schema", "name": "a b", "schema": {}}}},
            "text.format.name",
            "invalid_value",
        ),
    ],
)
def test_values_that_are_refused(wrong: JSON, param: str, code: str):
    with pytest.raises(Refused) as refused:
        asked.check({"model": "m", "input": "Hi", **wrong}, MODELS["gpt-4.1"])

    assert (refused.value.body["error"]["param"], refused.value.body["error"]["code"]) == (param, code)
