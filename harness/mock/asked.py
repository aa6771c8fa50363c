"""What a create request asks for, checked as the service checks it: names, types, ranges, what a model can do.

Refusals name the field with its path and a code, in the wording of recorded refusals.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from harness.mock.errors import Refused, invalid
from harness.mock.offered import Model

JSON_NAMES: Final[Mapping[type, str]] = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    str: "a string",
    list: "an array",
    dict: "an object",
    type(None): "null",
}

PARAMETERS: Final[Mapping[str, tuple[type, ...]]] = {
    "model": (str,),
    "input": (str, list),
    "instructions": (str,),
    "previous_response_id": (str,),
    "conversation": (str, dict),
    "include": (list,),
    "store": (bool,),
    "background": (bool,),
    "stream": (bool,),
    "stream_options": (dict,),
    "tools": (list,),
    "tool_choice": (str, dict),
    "parallel_tool_calls": (bool,),
    "max_tool_calls": (int,),
    "max_output_tokens": (int,),
    "temperature": (float, int),
    "top_p": (float, int),
    "top_logprobs": (int,),
    "presence_penalty": (float, int),
    "frequency_penalty": (float, int),
    "reasoning": (dict,),
    "text": (dict,),
    "truncation": (str,),
    "context_management": (list,),
    "metadata": (dict,),
    "prompt": (dict,),
    "prompt_cache_key": (str,),
    "prompt_cache_retention": (str,),
    "prompt_cache_options": (dict,),
    "service_tier": (str,),
    "safety_identifier": (str,),
    "user": (str,),
}
"""Every parameter of a create request and the JSON types that it takes; null stands for its default."""

RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "top_logprobs": (0, 20),
    "max_output_tokens": (16, 1_000_000_000),
    "max_tool_calls": (1, 1_000_000_000),
}

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "truncation": ("auto", "disabled"),
    "service_tier": ("auto", "default", "flex", "scale", "priority"),
    "prompt_cache_retention": ("in_memory", "in-memory", "24h"),
}

LIMITED: Final = frozenset((*RANGES, *CHOICES))
"""Parameters of which not every value of the right type will do; most requests have none of them."""

NESTED: Final = frozenset({"include", "tools", "tool_choice", "text", "metadata"})
"""Parameters that have something inside to be checked, whatever the model."""

INCLUDES: Final = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
)

NOT_WHEN_REASONING: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "top_p": "top_p",
    "presence_penalty": "penalties",
    "frequency_penalty": "penalties",
    "top_logprobs": "logprobs",
}
"""Parameters that a reasoning model refuses whatever their value (reasoning page), and the feature that takes each."""

EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Every effort that some model takes."""

FUNCTION: Final[Mapping[str, tuple[type, ...]]] = {"description": (str,), "parameters": (dict,), "strict": (bool,)}
"""Fields of a function beside its name; null stands for none."""

FUNCTION_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")


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
        if tool["type"] != "function":
            continue
        if "name" not in tool:
            raise missing(f"tools[{at}].name")
        if not FUNCTION_NAME.fullmatch(str(tool["name"])):
            message = f"Invalid 'tools[{at}].name': string does not match pattern '^[a-zA-Z0-9_-]+$'."
            raise invalid(message, f"tools[{at}].name", "invalid_value")
        for field, kinds in FUNCTION.items():
            if tool.get(field) is not None:
                check_type(f"tools[{at}].{field}", tool[field], kinds)
    choice = body.get("tool_choice")
    if isinstance(choice, str):
        check_choice("tool_choice", choice, ("none", "auto", "required"))
    elif isinstance(choice, dict) and choice.get("type") == "function":
        names = [tool.get("name") for tool in tools if tool["type"] == "function"]
        if choice.get("name") not in names:
            message = f"Tool choice '{choice.get('name')}' not found in 'tools' parameter."
            raise invalid(message, "tool_choice", "invalid_value")


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
        check_schema(form)
    if text.get("verbosity") is not None:
        check_choice("text.verbosity", text["verbosity"], ("low", "medium", "high"))


def check_schema(form: Mapping[str, Any]) -> None:
    """What a strict schema must be: an object whose properties are all required, nothing else allowed."""
    schema, name = form["schema"], form["name"]
    check_type("text.format.schema", schema, (dict,))
    if form.get("strict") is False:
        return
    wrong = None
    if schema.get("type") != "object":
        wrong = f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'."
    elif schema.get("additionalProperties") is not False:
        wrong = "In context=(), 'additionalProperties' is required to be supplied and to be false."
    elif set(schema.get("properties", {})) - set(schema.get("required", [])):
        wrong = "In context=(), 'required' is required to be supplied and to include every key in properties."
    if wrong:
        message = f"Invalid schema for response_format '{name}': {wrong}"
        raise invalid(message, "text.format.schema", "invalid_json_schema")


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
