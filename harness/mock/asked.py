"""What a create request asks for, checked as the service checks it: names, types, ranges, what a model can do.

Refusals name the field with its path and a code, in the wording of recorded refusals.
"""

from collections.abc import Mapping
from typing import Any, Final

from harness.mock.asked_schemas import check_strict
from harness.mock.errors import Refused, invalid
from harness.mock.offered import Model
from harness.mock.parameters import (
    CHOICES,
    EFFORTS,
    FUNCTION,
    INCLUDES,
    LENGTHS,
    LIMITED,
    NAME,
    NESTED,
    NOT_WHEN_REASONING,
    PARAMETERS,
    RANGES,
    TOOL_TYPES,
)

JSON_NAMES: Final[Mapping[type, str]] = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    str: "a string",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def check(body: Mapping[str, Any], model: Model) -> None:
    """Raises `Refused` for the first thing that the service would not take."""
    for name, value in body.items():
        if name not in PARAMETERS:
            raise invalid(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
        if value is not None:
            check_type(name, value, PARAMETERS[name])
    if not LIMITED.isdisjoint(body):
        check_values(body)
    check_input(body)
    if not NESTED.isdisjoint(body):
        check_include(body.get("include") or [])
        check_tools(body)
        check_text(body.get("text") or {})
        check_metadata(body.get("metadata") or {})
    check_reasoning(body, model)
    check_management(body.get("context_management") or [])


def check_values(body: Mapping[str, Any]) -> None:
    """Numbers in their ranges, words among those that there are."""
    for name, (low, high) in RANGES.items():
        if body.get(name) is not None:
            check_range(name, body[name], low, high)
    for name, choices in CHOICES.items():
        if body.get(name) is not None:
            check_choice(name, body[name], choices)
    for name, most in LENGTHS.items():
        if len(body.get(name) or "") > most:
            message = f"Invalid '{name}': string too long. Expected a string with maximum length {most}."
            raise invalid(message, name, "string_above_max_length")


def check_type(name: str, value: object, kinds: tuple[type, ...]) -> None:
    if type(value) not in kinds:
        wanted = " or ".join(JSON_NAMES[kind] for kind in kinds)
        raise invalid(
            f"Invalid type for '{name}': expected {wanted}, but got {JSON_NAMES[type(value)]} instead.",
            name,
            "invalid_type",
        )


def check_range(name: str, value: float, low: float, high: float) -> None:
    kind = "decimal" if PARAMETERS[name][0] is float else "integer"
    if value < low:
        message = f"Invalid '{name}': {kind} below minimum value. Expected a value >= {low}, but got {value} instead."
        raise invalid(message, name, f"{kind}_below_min_value")
    if value > high:
        message = f"Invalid '{name}': {kind} above maximum value. Expected a value <= {high}, but got {value} instead."
        raise invalid(message, name, f"{kind}_above_max_value")


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        listed = ", ".join(f"'{choice}'" for choice in choices)
        message = f"Invalid value: '{value}'. Supported values are: {listed}."
        raise invalid(message, name, "invalid_value")


def check_input(body: Mapping[str, Any]) -> None:
    if body.get("input") is None and not body.get("prompt"):
        raise invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter")
    if body.get("previous_response_id") and body.get("conversation"):
        message = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'."
        raise invalid(message, None, "mutually_exclusive_parameters")
    if isinstance(body.get("input"), list):
        for at, item in enumerate(body["input"]):
            check_type(f"input[{at}]", item, (dict,))


def check_management(entries: list[Any]) -> None:
    """`context_management`: compaction from a number of tokens on."""
    for at, entry in enumerate(entries):
        path = f"context_management[{at}]"
        check_type(path, entry, (dict,))
        check_choice(f"{path}.type", entry.get("type"), ("compaction",))
        if entry.get("compact_threshold") is None:
            raise missing(f"{path}.compact_threshold")
        check_type(f"{path}.compact_threshold", entry["compact_threshold"], (int,))
        if entry["compact_threshold"] < 1:
            message = f"Invalid '{path}.compact_threshold': integer below minimum value. Expected a value >= 1."
            raise invalid(message, f"{path}.compact_threshold", "integer_below_min_value")


def check_include(include: list[Any]) -> None:
    for at, value in enumerate(include):
        check_choice(f"include[{at}]", value, INCLUDES)


def check_tools(body: Mapping[str, Any]) -> None:
    tools = body.get("tools") or []
    for at, tool in enumerate(tools):
        check_type(f"tools[{at}]", tool, (dict,))
        if "type" not in tool:
            raise missing(f"tools[{at}].type")
        check_type(f"tools[{at}].type", tool["type"], (str,))
        check_choice(f"tools[{at}].type", tool["type"], TOOL_TYPES)
        if tool["type"] == "function":
            check_function(tool, f"tools[{at}]")
    choice = body.get("tool_choice")
    if isinstance(choice, str):
        check_choice("tool_choice", choice, ("none", "auto", "required"))
    elif isinstance(choice, dict) and choice.get("type") == "function":
        names = [tool.get("name") for tool in tools if tool["type"] == "function"]
        if choice.get("name") not in names:
            message = f"Tool choice '{choice.get('name')}' not found in 'tools' parameter."
            raise invalid(message, "tool_choice", "invalid_value")


def check_function(tool: Mapping[str, Any], path: str) -> None:
    """A name, fields of the right types, and a schema that can be strict where that is demanded."""
    if "name" not in tool:
        raise missing(f"{path}.name")
    check_name(f"{path}.name", tool["name"])
    for field, kinds in FUNCTION.items():
        if tool.get(field) is not None:
            check_type(f"{path}.{field}", tool[field], kinds)
    if tool.get("strict") and tool.get("parameters"):
        check_strict(tool["parameters"], f"function '{tool['name']}'", f"{path}.parameters")


def check_name(path: str, name: object) -> None:
    """The name of a function or a format."""
    if not NAME.fullmatch(str(name)):
        message = f"Invalid '{path}': string does not match pattern '^[a-zA-Z0-9_-]+$'."
        raise invalid(message, path, "invalid_value")


def missing(path: str) -> Refused:
    return invalid(f"Missing required parameter: '{path}'.", path, "missing_required_parameter")


def check_text(text: Mapping[str, Any]) -> None:
    form = text.get("format") or {"type": "text"}
    check_type("text.format", form, (dict,))
    check_choice("text.format.type", form.get("type"), ("text", "json_object", "json_schema"))
    if form["type"] == "json_schema":
        for field in ("name", "schema"):
            if field not in form:
                raise missing(f"text.format.{field}")
        check_name("text.format.name", form["name"])
        check_type("text.format.schema", form["schema"], (dict,))
        if form.get("strict") is not False:
            check_strict(form["schema"], f"response_format '{form['name']}'", "text.format.schema")
    if text.get("verbosity") is not None:
        check_choice("text.verbosity", text["verbosity"], ("low", "medium", "high"))


def check_metadata(metadata: Mapping[str, Any]) -> None:
    if len(metadata) > 16:
        message = f"Invalid 'metadata': too many properties. Expected at most 16, but got {len(metadata)} instead."
        raise invalid(message, "metadata", "object_above_max_properties")
    for key, value in metadata.items():
        if len(key) > 64:
            raise invalid(
                "Invalid 'metadata': a key is longer than 64 characters.", "metadata", "string_above_max_length"
            )
        check_type(f"metadata.{key}", value, (str,))
        if len(value) > 512:
            message = f"Invalid 'metadata.{key}': string too long. Expected at most 512 characters."
            raise invalid(message, f"metadata.{key}", "string_above_max_length")


def check_reasoning(body: Mapping[str, Any], model: Model) -> None:
    reasoning = body.get("reasoning") or {}
    for name, feature in () if LIMITED.isdisjoint(body) else NOT_WHEN_REASONING.items():
        if body.get(name) is not None and not model.takes(feature, not model.reasons):
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            raise invalid(message, name)
    if reasoning.get("effort") is not None:
        check_effort(reasoning["effort"], model)
    if reasoning.get("summary") is not None:
        check_choice("reasoning.summary", reasoning["summary"], ("auto", "concise", "detailed"))


def check_effort(effort: object, model: Model) -> None:
    if not model.takes("reasoning_effort", model.reasons):
        message = "Unsupported parameter: 'reasoning.effort' is not supported with this model."
        raise invalid(message, "reasoning.effort", "unsupported_parameter")
    if effort not in EFFORTS or not model.takes(f"effort_{effort}", effort in model.efforts):
        listed = ", ".join(f"'{name}'" for name in model.efforts)
        message = (
            f"Unsupported value: '{effort}' is not supported with the '{model.name}' model. "
            f"Supported values are: {listed}."
        )
        raise invalid(message, "reasoning.effort", "unsupported_value")
