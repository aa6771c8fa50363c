"""The JSON Schema that editors get of a model: nothing of pydantic's own taste in it."""

from pydantic import Field

from harness.source.written import DIALECT, Written, schema_of


class Part(Written):
    """A part."""

    size: int = 3
    title: str = Field("none", description="What it is called.")


class Whole(Written):
    parts: list[Part] = Field([])
    default: dict[str, Part] = Field({})
    either: list[int] | Part = Field([])


def test_the_schema_of_a_model():
    """Its dialect and title; no defaults, no titles made of names, and fields that are called so all the same."""
    part = {"$ref": "#/$defs/Part"}
    assert schema_of(Whole, "A whole") == {
        "$schema": DIALECT,
        "title": "A whole",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "parts": {"type": "array", "items": part},
            "default": {"type": "object", "additionalProperties": part},
            "either": {"anyOf": [{"type": "array", "items": {"type": "integer"}}, part]},
        },
        "$defs": {
            "Part": {
                "type": "object",
                "description": "A part.",
                "additionalProperties": False,
                "properties": {
                    "size": {"type": "integer"},
                    "title": {"type": "string", "description": "What it is called."},
                },
            }
        },
    }
