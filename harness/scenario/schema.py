"""The language as a JSON Schema, so that editors offer every key, subject, matcher, action and mode.

Made from the same models and tables that load a scenario. An editor's schema can be more generous than loading
(it cannot count turns or look up variables), never stricter.
"""

from collections.abc import Mapping
from typing import Any, Final

from harness.findings import CODES
from harness.matchers import MATCHERS, Matcher
from harness.matchers.collections import ANY_MATCHER
from harness.scenario import generate, headers, judging, naming, rows, tool_calls
from harness.scenario.actions import ACTIONS, MODES, Word
from harness.scenario.schema_turns import fill_turn, tool
from harness.scenario.subjects import SUBJECTS, Subject
from harness.scenario.written import WrittenScenario
from harness.source.written import schema_of

Schema = dict[str, Any]

_VARIABLE: Final[Schema] = {"type": "string", "pattern": r"\$\{"}
_EXPECT: Final[Schema] = {"$ref": "#/$defs/expect"}

OWN: Final[Mapping[str, tuple[Schema, ...]]] = {
    "same_as": (
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "properties": {
                "turn": {"type": "string", "minLength": 1, "description": "the id of an earlier turn"},
                "but": {
                    "type": "array",
                    "items": {"type": "string", "pattern": "^/"},
                    "description": "JSON pointers of what may differ",
                },
            },
            "required": ["turn"],
            "additionalProperties": False,
        },
    ),
    "judge": (
        {
            "type": "object",
            "properties": {
                "criteria": {
                    "anyOf": [
                        {"type": "string", "minLength": 1},
                        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
                    ],
                    "description": "what a good answer is, one line each",
                },
                "target": {"type": "string", "minLength": 1, "description": "the target whose model grades"},
                "at_least": {"type": "integer", "minimum": 1, "maximum": judging.BEST},
            },
            "required": ["criteria"],
            "additionalProperties": False,
        },
    ),
}
"""Subjects that are written in a way of their own, and their forms."""


def schema() -> Schema:
    """The schema of a scenario's document."""
    made = schema_of(WrittenScenario, "A scenario")
    definitions: dict[str, Schema] = made["$defs"]
    turn, modes = definitions["WrittenTurn"], definitions["WrittenModes"]
    for owner in (made, turn):
        properties = owner["properties"]
        properties["id"]["pattern"] = f"^{naming.ID.pattern}$"
        properties["expect"] = {**_EXPECT, "description": properties["expect"]["description"], "minProperties": 1}
        properties["headers"] |= _headers()
    made["properties"]["cases"] |= _rows()
    made["properties"]["given"] |= {"additionalProperties": {"$ref": "#/$defs/strategy"}}
    turn["oneOf"] = [{"required": [name]} for name, action in ACTIONS.items() if action.built]
    for key, words in MODES.items():
        modes["properties"][key]["items"] = _words(words)
    lowered = [code for code, row in CODES.items() if row.can_be_lowered]
    made["properties"]["allow"]["propertyNames"] = {"enum": lowered}
    definitions["WrittenAllow"]["properties"]["until"]["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    fill_turn(definitions)
    made["properties"]["tools"]["items"] = tool()
    definitions |= {"matcher": _matcher(), "expect": _expect(), "strategy": _strategy()}
    return made


def _words(words: Mapping[str, Word]) -> Schema:
    return {"anyOf": [{"const": name, "description": word.about} for name, word in words.items() if word.built]}


def _headers() -> Schema:
    names = "|".join(map(str, headers.ALLOWED))
    offered = {name: {"type": "string", "description": about} for name, about in headers.ALLOWED.items()}
    either_case = "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in names)
    return {
        "properties": offered,
        "propertyNames": {"pattern": f"^(?:{either_case})$"},
        "additionalProperties": {"type": "string"},
    }


def _rows() -> Schema:
    row = {"type": "object", "minProperties": 1}
    table = {"type": "string", "pattern": r"\.(csv|jsonl)$"}
    return {"anyOf": [{"type": "array", "items": row, "minItems": 1, "maxItems": rows.MOST}, table]}


def _strategy() -> Schema:
    """A mapping of one strategy and what it takes."""
    inner = {"$ref": "#/$defs/strategy"}
    number, whole = {"type": "number"}, {"type": "integer"}
    takes: dict[str, Schema] = {
        "text": _bounds(min_size=whole, max_size=whole, alphabet={"type": "string", "minLength": 1}),
        "integers": _bounds(min_value=whole, max_value=whole),
        "floats": _bounds(min_value=number, max_value=number),
        "booleans": _bounds(),
        "lists": {**_bounds(of=inner, min_size=whole, max_size=whole), "required": ["of"]},
        "from_regex": {"type": "string", "format": "regex", "minLength": 1, "maxLength": generate.LONGEST_PATTERN},
        "sampled_from": {"type": "array", "minItems": 1, "maxItems": generate.MOST_CHOICES},
        "json_schema": {"type": "object"},
        "one_of": {"type": "array", "items": inner, "minItems": 1},
    }
    properties = {name: {**takes[name], "description": about} for name, about in generate.ABOUT.items()}
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _bounds(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _about(matcher: type[Matcher]) -> str:
    return (matcher.__doc__ or "").strip().partition("\n")[0]


def _matcher() -> Schema:
    """A bare value, or a mapping of matchers that must all hold."""
    named: dict[str, Schema] = {}
    for name, matcher in MATCHERS.items():
        argument = {"anyOf": [matcher.schema, _VARIABLE]} if matcher.schema else {}
        examples = {} if matcher.example is None else {"examples": [matcher.example]}
        named[name] = {**argument, "description": _about(matcher), **examples}
    return {
        "description": "A bare value means `equals`; several matchers in one mapping must all hold.",
        "anyOf": [
            {"type": ["string", "number", "boolean", "null", "array"]},
            {"type": "object", "properties": named, "additionalProperties": False, "minProperties": 1},
        ],
    }


def _expect() -> Schema:
    subjects = {name: _subject(name, subject) for name, subject in SUBJECTS.items() if subject.built}
    return {"type": "object", "properties": subjects, "additionalProperties": False, "minProperties": 1}


def _subject(name: str, subject: Subject) -> Schema:
    about = {"description": subject.about, **({"examples": [subject.example]} if subject.example else {})}
    if subject.open_parts is not None:
        return {"type": "object", "additionalProperties": ANY_MATCHER, "minProperties": 1, **about}
    if name == "tool_calls":
        return {"anyOf": [_calls(), _calls_in_order(), {"type": "object", **ANY_MATCHER}, _VARIABLE], **about}
    if name in OWN:
        return {"anyOf": [*OWN[name], _VARIABLE], **about}
    if subject.values:
        values: Schema = {"anyOf": [{"enum": list(subject.values)}, {"type": "object", **ANY_MATCHER}, _VARIABLE]}
        return {**values, **about}
    if subject.parts:
        parts = {part: _part(kind) for part, kind in subject.parts.items()}
        inner = {"type": "object", "properties": parts, "additionalProperties": False, "minProperties": 1}
        return {"anyOf": [inner, ANY_MATCHER], **about}
    return {**ANY_MATCHER, **about}


def _part(kind: str) -> Schema:
    if kind == "order":
        return {"type": "array", "items": {"type": "string"}, "minItems": 1}
    if kind == "counts":
        return {"type": "object", "additionalProperties": ANY_MATCHER, "minProperties": 1}
    return dict(ANY_MATCHER)


def _calls() -> Schema:
    arguments = {"type": "object", "additionalProperties": ANY_MATCHER, "minProperties": 1}
    properties = {"name": ANY_MATCHER, "arguments": arguments, "count": ANY_MATCHER}
    call = {"type": "object", "properties": properties, "required": ["name"], "additionalProperties": False}
    return {"type": "array", "items": call, "minItems": 1}


def _calls_in_order() -> Schema:
    properties = {"calls": _calls(), "order": {"enum": list(tool_calls.ORDERS)}}
    return {"type": "object", "properties": properties, "required": ["calls"], "additionalProperties": False}
