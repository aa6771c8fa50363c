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
    return {
        "id": response_id,
        "object": "response",
        "created_at": created_at,
        "status": "in_progress",
        "background": bool(body.get("background")),
        "completed_at": None,
        "content_filters": None,
        "error": None,
        "frequency_penalty": number(body.get("frequency_penalty"), 0.0),
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": body.get("max_tool_calls"),
        "model": body["model"],
        "moderation": None,
        "output": [],
        "parallel_tool_calls": default(body, "parallel_tool_calls", True),
        "presence_penalty": number(body.get("presence_penalty"), 0.0),
        "previous_response_id": body.get("previous_response_id"),
        "prompt_cache_key": body.get("prompt_cache_key"),
        "prompt_cache_retention": default(body, "prompt_cache_retention", model.cache_retention),
        "reasoning": reasoning_echo(body.get("reasoning") or {}, model),
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": "default" if body.get("service_tier") in (None, "auto") else body["service_tier"],
        "store": default(body, "store", True),
        "temperature": number(body.get("temperature"), 1.0),
        "text": text_echo(body.get("text") or {}),
        "tool_choice": default(body, "tool_choice", "auto"),
        "tools": [tool_echo(tool) for tool in body.get("tools") or []],
        "top_logprobs": default(body, "top_logprobs", 0),
        "top_p": number(body.get("top_p"), model.top_p),
        "truncation": default(body, "truncation", "disabled"),
        "usage": None,
        "user": body.get("user"),
        "metadata": body.get("metadata") or {},
    }


def default(body: Mapping[str, Any], name: str, otherwise: object) -> object:
    """The value asked for; null and absence alike stand for the default."""
    value = body.get(name)
    return otherwise if value is None else value


def number(value: float | None, otherwise: float) -> float:
    """Numbers that may be fractions always go out as such."""
    return otherwise if value is None else float(value)


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
            defaults = {"allowed_tools": None, "require_approval": "always"}
            return {**defaults, **tool, "headers": None, "server_url": shown}
        case _:
            return dict(tool)


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


def content_filters(prompt: Sequence[Mapping[str, Any]], output: Sequence[Mapping[str, Any]]) -> list[JSON]:
    """Azure's notes on prompt and completion: nothing was blocked."""
    asked = sum(map(tokens.of_item, prompt)) * tokens.BYTES_EACH
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
