"""What the keywords of a schema hold of, and what is wrong with a schema as it was written."""

from typing import Any

import pytest

from harness.matchers import compile, schemas


@pytest.mark.parametrize(
    ("value", "holds"),
    [([1, 1.0], False), ([1, True], True), ([[1], [True]], True), ([{"a": 1}, {"a": 1.0}], False), ([], True)],
)
def test_what_is_unique(value: list[Any], holds: bool):
    """As JSON has it: 1 and 1.0 are one, 1 and true are two."""
    assert compile({"json_schema": {"uniqueItems": True}}).holds(value) is holds


@pytest.mark.parametrize(
    ("schema", "value", "holds"),
    [
        ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, True),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"b": 1}, False),
        ({"patternProperties": {"^x": {}}, "additionalProperties": {"type": "string"}}, {"x1": 1, "y": "s"}, True),
        ({"patternProperties": {"^x": {}}, "additionalProperties": {"type": "string"}}, {"y": 1}, False),
        ({"patternProperties": {"^x": {"type": "string"}}}, {"x1": 1}, False),
        ({"additionalProperties": True}, {"a": 1}, True),
        ({"pattern": "^[a-z]+$"}, "abc", True),
        ({"pattern": "^[a-z]+$"}, "ABC", False),
        ({"pattern": "b"}, 7, True),
    ],
)
def test_the_keywords_of_our_own(schema: dict[str, Any], value: Any, holds: bool):
    """Keywords that are read anew here for an end in time say what the library's say."""
    from jsonschema import Draft202012Validator

    assert compile({"json_schema": schema}).holds(value) is holds
    assert Draft202012Validator(schema).is_valid(value) is holds


@pytest.mark.parametrize(
    ("schema", "value", "holds"),
    [
        ({"patternProperties": {"^x": {"type": "string"}}}, [1], True),
        ({"additionalProperties": False}, [1], True),
        ({"additionalProperties": False, "patternProperties": {"^x": {}}}, {"x": 1, "y": 2}, False),
        ({"additionalProperties": {"type": "integer"}}, {"y": 2}, True),
        ({"uniqueItems": False}, [1, 1], True),
        ({"uniqueItems": True}, "aa", True),
        ({"const": {"pattern": "["}}, {"pattern": "["}, True),
        ({"enum": [{"$ref": "https://example.com"}]}, 1, False),
        ({"properties": {"a": True}, "type": "object"}, {"a": 1}, True),
    ],
)
def test_keywords_look_at_their_own_kind_of_value_alone(schema: dict[str, Any], value: Any, holds: bool):
    """And what stands behind `const` or `enum` is a value: no keyword is looked for in it."""
    from jsonschema import Draft202012Validator

    assert compile({"json_schema": schema}).holds(value) is holds
    assert Draft202012Validator(schema).is_valid(value) is holds


@pytest.mark.parametrize(
    ("schema", "path", "message", "hint"),
    [
        ({"properties": {"a": {"$ref": 5}}}, ("properties", "a", "$ref"), "a reference leads out of the schema",
         "write the schema here and refer to `#/$defs/…`"),
        ({"allOf": [{}, {"pattern": "("}]}, ("allOf", 1, "pattern"), "`(` is no regular expression: ", None),
        ({"patternProperties": {"(": {}}}, ("patternProperties",), "`(` is no regular expression: ", None),
        ({"pattern": 5}, ("pattern",), "this is no JSON Schema: 5 is not of type 'string'", None),
        ({"patternProperties": 5}, ("patternProperties",), "this is no JSON Schema: 5 is not of type 'object'", None),
        ({"patternProperties": {}, "unevaluatedProperties": {}}, (), "`unevaluatedProperties` beside"
         " `patternProperties` has no end that can be foreseen", "use `additionalProperties`"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_schema_is_told_at_its_place(schema: Any, path: Any, message: str, hint: str | None):
    (first, *_) = schemas.mistakes(schema)
    assert (first[0], first[2]) == (path, hint)
    assert first[1].startswith(message)
