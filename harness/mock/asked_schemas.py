"""Strict schemas, as structured outputs and functions have them: what one must be, or the service refuses it.

The root is an object; every object names all of its properties as required and allows no others; at most 100
properties, nested at most five levels deep. Keywords that the documentation lists as not supported (`minimum`,
`format`, …) are taken: real services were recorded to take them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.mock.errors import Refused, invalid

PROPERTIES: Final = 100
LEVELS: Final = 5
DEEPEST: Final = 60
"""Steps into a schema that are taken, whatever it nests."""

Schema = Mapping[str, Any]
Context = tuple[str, ...]


def check_strict(schema: Schema, owner: str, param: str) -> None:
    """Raises `Refused` for a schema that cannot be strict; `owner` is whose it is, as refusals name it."""
    if schema.get("type") != "object":
        raise wrong(
            owner, param, f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'."
        )
    properties = 0
    for context, node, level in nodes(schema, (), 1):
        fault = fault_of(node)
        properties += len(node["properties"]) if isinstance(node.get("properties"), Mapping) else 0
        if fault is None and level > LEVELS:
            fault = f"schema is nested deeper than {LEVELS} levels."
        if fault is None and properties > PROPERTIES:
            fault = f"schema has more than {PROPERTIES} properties."
        if fault is not None:
            raise wrong(owner, param, f"In context=({', '.join(map(repr, context))}), {fault}")


def wrong(owner: str, param: str, why: str) -> Refused:
    return invalid(f"Invalid schema for {owner}: {why}", param, "invalid_json_schema")


def fault_of(node: Schema) -> str | None:
    """What is wrong with one object of a schema."""
    if node.get("type") != "object":
        return None
    if node.get("additionalProperties") is not False:
        return "'additionalProperties' is required to be supplied and to be false."
    named, required = node.get("properties") or {}, node.get("required") or []
    if not isinstance(named, Mapping) or not isinstance(required, list) or not set(named) <= set(map(str, required)):
        return "'required' is required to be supplied and to be an array including every key in properties."
    return None


def nodes(schema: object, context: Context, level: int) -> Iterator[tuple[Context, Schema, int]]:
    """Every schema inside of a schema with its path, and how deep in objects it lies; what is no schema is left out.

    Definitions lie as deep as the root: nobody unrolls what refers to itself.
    """
    if not isinstance(schema, Mapping):
        return
    if len(context) > DEEPEST:
        level = LEVELS + 1
    yield context, schema, level
    if level > LEVELS:
        return
    for key, inner in (("properties", level + 1), ("$defs", 1), ("definitions", 1)):
        for name, one in schema[key].items() if isinstance(schema.get(key), Mapping) else ():
            yield from nodes(one, (*context, key, str(name)), inner if is_object(one) else level)
    yield from nodes(schema.get("items"), (*context, "items"), level + is_object(schema.get("items")))
    for at, one in enumerate(schema["anyOf"] if isinstance(schema.get("anyOf"), list) else ()):
        yield from nodes(one, (*context, "anyOf", str(at)), level)


def is_object(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "object"
