"""Strategies draw what they say, and nothing that a message cannot hold."""

import json
import re
from typing import Any

import pytest
import yaml
from builders.scenarios import scenario, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harness.scenario.drawing import DRAWN, strategy
from harness.scenario.generate import ABOUT, LARGEST

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 8},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "tags": {"type": "array", "items": {"enum": ["a", "b", 3, None]}, "minItems": 1, "maxItems": 3},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "code": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "other": {"anyOf": [{"type": "null"}, {"type": "boolean"}, {"const": "x"}]},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}

EXAMPLES: list[tuple[dict[str, Any], Any]] = [
    ({"text": {"min_size": 2, "max_size": 5}}, lambda v: isinstance(v, str) and 2 <= len(v) <= 5 and "\0" not in v),
    ({"text": {"alphabet": "ab"}}, lambda v: set(v) <= {"a", "b"}),
    ({"text": {"min_size": 60}}, lambda v: len(v) == 60),
    ({"integers": {}}, lambda v: isinstance(v, int) and abs(v) <= LARGEST),
    ({"integers": {"min_value": 3, "max_value": 5}}, lambda v: v in (3, 4, 5)),
    ({"floats": {"min_value": 0, "max_value": 0.5}}, lambda v: 0 <= v <= 0.5),
    ({"booleans": {}}, lambda v: isinstance(v, bool)),
    ({"lists": {"of": {"integers": {"min_value": 1}}, "max_size": 2}}, lambda v: len(v) <= 2 and all(n > 0 for n in v)),
    ({"from_regex": "[a-z]{3}"}, lambda v: re.fullmatch("[a-z]{3}", v)),
    ({"sampled_from": ["a", 1, None]}, lambda v: v in ("a", 1, None)),
    ({"one_of": [{"booleans": {}}, {"from_regex": "x+"}]}, lambda v: isinstance(v, bool) or re.fullmatch("x+", v)),
    ({"json_schema": PERSON}, lambda v: Draft202012Validator(PERSON).is_valid(v)),
]


@pytest.mark.parametrize(("written", "holds"), EXAMPLES, ids=[json.dumps(row[0])[:50] for row in EXAMPLES])
def test_what_is_drawn(written: dict[str, Any], holds: Any):
    """Law: every value is what its strategy says, and plain JSON."""

    @settings(max_examples=40, database=None, suppress_health_check=list(HealthCheck), deadline=None)
    @given(strategy(written))
    def each(value: Any) -> None:
        assert holds(value)
        json.dumps(value, allow_nan=False).encode()

    each()
    assert told(f"given: {{name: {yaml.safe_dump(written, default_flow_style=True, width=1000).strip()}}}") == []


def test_every_strategy_has_its_line_and_its_drawing():
    assert set(DRAWN) == set(ABOUT) == {next(iter(written)) for written, _ in EXAMPLES}


def test_generated_names_are_known_variables():
    found = scenario('given: {word: {text: {}}}\nturns: [{user: "${word}", expect: {text: "${word}"}}]')
    assert found.given == {"word": {"text": {}}}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*ABOUT, "of", "type", "properties", "items", "anyOf", "x"]), inner, max_size=3
            )
        ),
        max_leaves=10,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_shape_is_read_or_told(raw: Any):
    """Law: whatever stands under `given`, loading does not stumble."""
    told(f"given: {{name: {json.dumps(raw)}}}")
