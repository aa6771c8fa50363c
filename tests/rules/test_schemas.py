"""Texts against the schemas that they were to keep to."""

import pytest

from harness.rules.schemas import breaks

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.mark.parametrize(
    ("schema", "text", "why"),
    [
        (SCHEMA, '{"a": 1}', None),
        (SCHEMA, '{"a": "x"}', "/a: against the schema: 'x' is not of type 'integer'"),
        (SCHEMA, "[]", "it: against the schema: [] is not of type 'object'"),
        (SCHEMA, '{"a":', "it is not JSON: expected a value at byte 5"),
        ({}, "[]", None),
        ({}, "no", "it is not JSON: expected a value at byte 0"),
        ({"type": 7}, "[]", None),
        (SCHEMA, '"\ud83d"', None),
    ],
)
def test_why_a_text_does_not_fit(schema, text, why):
    assert breaks(schema, text) == why
