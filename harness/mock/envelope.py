"""The response object around the output: what was asked echoed, defaults filled in, fields in Azure's order.

Order and fields as recorded from Azure in mid-2026.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.mock import tokens
from harness.mock.offered import Model

JSON = dict[str, Any]


def envelope(body: Mapping[str, Any], model: Model, response_id: str, created_at: int) -> JSON:
    """The object of a response that has not begun: status `in_progress`, no output, no usage."""
    made = {**BLANK, "id": response_id, "created_at": created_at, "output": [], "metadata": {}}
    made["top_p"], made["prompt_cache_retention"] = model.top_p, model.cache_retention
    for name in ECHOED.intersection(body):
        value = body[name]
        if value is not None:  # null and absence alike stand for the default
            made[name] = float(value) if name in FRACTIONS else value
    made["background"] = bool(made["background"])
    if made["service_tier"] == "auto":
        made["service_tier"] = "default"
    made["reasoning"] = reasoning_echo(body.get("reasoning") or {}, model)
    made["text"] = text_echo(body.get("text") or {})
    made["tools"] = [tool_echo(tool) for tool in body.get("tools") or []]
    return made


BLANK: Final[Mapping[str, Any]] = {
    "id": None,
    "object": "response",
    "created_at": None,
    "status": "in_progress",
    "background": False,
    "completed_at": None,
    "content_filters": None,
    "error": None,
    "frequency_penalty": 0.0,
    "incomplete_details": None,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "model": None,
    "moderation": None,
    "output": None,
    "parallel_tool_calls": True,
    "presence_penalty": 0.0,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "prompt_cache_retention": None,
    "reasoning": None,
    "safety_identifier": None,
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "text": None,
    "tool_choice": "auto",
    "tools": None,
    "top_logprobs": 0,
    "top_p": None,
    "truncation": "disabled",
    "usage": None,
    "user": None,
    "metadata": None,
}
"""Every field in its order, with the default of those that echo a parameter."""

FRACTIONS: Final = frozenset({"frequency_penalty", "presence_penalty", "temperature", "top_p"})
"""Numbers that always go out as fractions."""

ECHOED: Final = FRACTIONS | {
    "background",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "model",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "tool_choice",
    "top_logprobs",
    "truncation",
    "user",
    "metadata",
}
"""Parameters that come back as they were given."""


def reasoning_echo(asked: Mapping[str, Any], model: Model) -> JSON:
    """How hard the model thought; other models say null."""
    if not model.reasons:
        return {"effort": None, "summary": None}
    summary = asked.get("summary") or asked.get("generate_summary")
    context = asked.get("context")
    return {
        "context": "current_turn" if context in (None, "auto") else context,
        "effort": asked.get("effort") or model.effort,
        "mode": asked.get("mode") or "standard",
        "summary": "detailed" if summary == "auto" else summary,
    }


def text_echo(asked: Mapping[str, Any]) -> JSON:
    """Format and verbosity; a schema comes back with its defaults filled in."""
    form = asked.get("format") or {"type": "text"}
    if form["type"] == "json_schema":
        form = {
            "type": "json_schema",
            "description": form.get("description"),
            "name": form["name"],
            "schema": form["schema"],
            "strict": form.get("strict") is not False,
        }
    return {"format": form, "verbosity": asked.get("verbosity") or "medium"}


HIDDEN: Final = "<redacted>"
SECRET: Final = frozenset({"authorization", "headers"})
"""Fields of an MCP server's definition that are never shown again."""


def filters_echo(rule: Any) -> Any:
    """Which tools a rule is for; where it is an object, every part that was left open comes back as null."""
    if not isinstance(rule, Mapping):
        return rule
    if "tool_names" in rule or "read_only" in rule:
        return {"read_only": None, "tool_names": None, **rule}
    return {name: filters_echo(rule.get(name)) for name in ("always", "never")}


def tool_echo(tool: Mapping[str, Any]) -> JSON:
    """A tool as the answer shows it: defaults filled in, what is secret in an MCP server's address hidden."""
    match tool.get("type"):
        case "function":
            return {
                "type": "function",
                "description": tool.get("description"),
                "name": tool["name"],
                "parameters": tool.get("parameters"),
                "strict": tool.get("strict") is not False,
            }
        case "mcp":
            address = str(tool.get("server_url") or "")
            scheme, _, rest = address.partition("://")
            shown = f"{scheme}://{rest.partition('/')[0]}/{HIDDEN}" if rest else None
            made = {key: value for key, value in tool.items() if key not in SECRET}
            rules = {name: filters_echo(tool.get(name)) for name in ("allowed_tools", "require_approval")}
            rules["require_approval"] = rules["require_approval"] or "always"
            description = tool.get("server_description")
            return made | rules | {"headers": None, "server_description": description, "server_url": shown}
        case "image_generation":
            given = {name: value for name, value in tool.items() if name in IMAGE_ECHO and value is not None}
            echoed = {**IMAGE_ECHO, **given}
            return {"type": "image_generation", **{name: value for name, value in echoed.items() if value is not None}}
        case _:
            return dict(tool)


IMAGE_ECHO: Final[Mapping[str, Any]] = {
    "background": "auto",
    "model": None,
    "moderation": "auto",
    "n": 1,
    "output_compression": 100,
    "output_format": "png",
    "quality": "auto",
    "size": "auto",
}
"""Fields of an image tool that come back, with their defaults; null: only where it was given."""


def usage(input_tokens: int, cached: int, output_tokens: int, thinking: int) -> JSON:
    """The bill: thinking is part of the output, the total is the sum of both sides."""
    return {
        "input_tokens": input_tokens,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": output_tokens,
        "output_tokens_details": {"reasoning_tokens": thinking},
        "total_tokens": input_tokens + output_tokens,
    }


UNFILTERED: Final = {"filtered": False, "severity": "safe"}
UNDETECTED: Final = {"detected": False, "filtered": False}
SAFE: Final = dict.fromkeys(("hate", "sexual", "violence", "self_harm"), UNFILTERED)
PROMPT_RESULTS: Final = {"jailbreak": UNDETECTED, **SAFE}
COMPLETION_RESULTS: Final = {"protected_material_code": UNDETECTED, "protected_material_text": UNDETECTED, **SAFE}


def content_filters(asked_for: int, output: Sequence[Mapping[str, Any]]) -> list[JSON]:
    """Azure's notes on a prompt of so many tokens and on the completion: nothing was blocked."""
    asked = asked_for * tokens.BYTES_EACH
    said = sum(map(tokens.of_item, output)) * tokens.BYTES_EACH
    return [filtered("prompt", PROMPT_RESULTS, asked), filtered("completion", COMPLETION_RESULTS, said)]


def filtered(source: str, results: JSON, end: int) -> JSON:
    """One entry of `content_filters`."""
    return {
        "blocked": False,
        "source_type": source,
        "content_filter_raw": [],
        "content_filter_results": results,
        "content_filter_offsets": {"start_offset": 0, "end_offset": end, "check_offset": 0},
    }
