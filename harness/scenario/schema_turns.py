"""The parts of the JSON Schema that say what stands in a turn and in a tool beyond the types of its keys."""

from collections.abc import Mapping
from typing import Any, Final

from harness.matchers.collections import ANY_MATCHER
from harness.scenario.actions import Word
from harness.scenario.attaching import VIA
from harness.scenario.returns import ANSWERED, MOST_OUTCOMES
from harness.scenario.tampering import TAMPERS

Schema = dict[str, Any]

DURATION: Final[Schema] = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$"}


def fill_turn(definitions: Mapping[str, Schema]) -> None:
    """Puts the words of the tables into the definitions of a turn and what stands in it."""
    turn = definitions["WrittenTurn"]["properties"]
    turn["tamper"] |= _tamper()
    turn["wait"] |= DURATION
    turn["compact"] |= {"maxProperties": 0}
    turn["approve"] |= {"additionalProperties": {"type": "boolean"}}
    attachment = definitions["WrittenAttachment"]
    attachment["oneOf"] = [{"required": ["image"]}, {"required": ["file"]}]
    ways = _words(VIA)
    attachment["properties"]["via"] |= {"anyOf": [ways, {"type": "array", "items": ways, "minItems": 1}]}


def tool() -> Schema:
    """A tool of the API; one that the model calls may say what comes back."""
    about = "what the harness answers when the model calls it: a value, or a list of cases"
    outcomes = {"type": "array", "items": _outcome(), "minItems": 1, "maxItems": MOST_OUTCOMES}
    return {
        "type": "object",
        "properties": {"returns": {"description": about, "anyOf": [outcomes, {}]}},
        "if": {"required": ["returns"]},
        "then": {"properties": {"type": {"enum": list(ANSWERED)}}, "required": ["type", "name"]},
    }


def _outcome() -> Schema:
    properties = {
        "when": {
            "type": "object",
            "additionalProperties": ANY_MATCHER,
            "minProperties": 1,
            "description": "the arguments for which it is given; without it, all",
        },
        "value": {"description": "the result; `${arguments.name}` puts an argument in"},
        "error": {"description": "what went wrong, told to the model as `{error: …}`"},
        "delay": {"anyOf": [DURATION, {"const": 0}], "description": "how long the tool takes"},
    }
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}


def _tamper() -> Schema:
    properties = {what: _words(ways) for what, ways in TAMPERS.items()}
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _words(words: Mapping[str, Word]) -> Schema:
    return {"anyOf": [{"const": name, "description": word.about} for name, word in words.items()]}
