"""What a model cannot do, and how the service refuses it: the catalogue says what, the tables here where it is asked.

Only what the documentation denies is refused; of what it says nothing, the service is taken to be able.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.mock import tokens
from harness.mock.errors import Refused, broken, invalid
from harness.mock.offered import Model

PARTS: Final[Mapping[str, str]] = {"input_image": "vision", "input_file": "pdf"}
"""Content parts, and the feature that a model needs for each."""

TOOLS: Final[Mapping[str, str]] = {"function": "functions", "code_interpreter": "code_interpreter"}
"""Kinds of tools, and the feature that a model needs for each; the others look for themselves."""

SETTINGS: Final = frozenset({"background", "stream", "text", "reasoning"})
"""Parameters that may ask for what a model has not."""

TOO_MANY_TOOLS: Final = 300_000
"""Tokens of tool definitions beyond which gpt-4.1 is known to fail."""


def check(body: Mapping[str, Any], model: Model, issues: frozenset[str]) -> None:
    """Raises `Refused` for the first thing that the model cannot do."""
    check_tools(body, model, issues)
    if not SETTINGS.isdisjoint(body):
        check_settings(body, model)
    if isinstance(body.get("input"), list):
        check_parts(body, model, issues)


def check_tools(body: Mapping[str, Any], model: Model, issues: frozenset[str]) -> None:
    """Tools that the model has not; settings without tools and definitions too large, where these are known issues."""
    for at, tool in enumerate(body.get("tools") or ()):
        feature = TOOLS.get(str(tool.get("type")))
        if feature is not None and model.lacks(feature):
            raise invalid(f"Tool '{tool['type']}' is not supported with {model.name}.", f"tools[{at}].type")
    if "parallel-without-tools" in issues and body.get("parallel_tool_calls") is not None and not body.get("tools"):
        message = "Invalid 'parallel_tool_calls': it is only allowed when 'tools' are specified."
        raise invalid(message, "parallel_tool_calls")
    heavy = "large-tools-fail" in issues and model.name.startswith("gpt-4.1")
    if heavy and tokens.of_input((), None, body.get("tools")) > TOO_MANY_TOOLS:
        raise broken()


def check_settings(body: Mapping[str, Any], model: Model) -> None:
    """Parameters whose value asks for something that the model has not."""
    if body.get("stream") and model.lacks("streaming"):
        message = "Unsupported value: 'stream' does not support true with this model. Supported values are: false."
        raise invalid(message, "stream", "unsupported_value")
    if body.get("background") and model.lacks("background"):
        raise unsupported("background")
    form = (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_object" and model.lacks("json_mode"):
        raise invalid(
            "Invalid parameter: 'text.format' of type 'json_object' is not supported with this model.", "text.format"
        )
    if form.get("type") == "json_schema" and model.lacks("structured_outputs"):
        message = (
            "Invalid parameter: 'text.format' of type 'json_schema' is not supported with this model. "
            "Learn more about supported models in the guide to structured outputs."
        )
        raise invalid(message, "text.format")
    reasoning = body.get("reasoning") or {}
    if reasoning.get("summary") is not None and not model.takes("reasoning_summary", model.reasons):
        raise unsupported("reasoning.summary")
    if reasoning.get("mode") == "pro" and model.lacks("reasoning_pro_mode"):
        raise unsupported("reasoning.mode")


def unsupported(name: str) -> Refused:
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    return invalid(message, name, "unsupported_parameter")


def check_parts(body: Mapping[str, Any], model: Model, issues: frozenset[str]) -> None:
    """Images and files for a model that cannot see; images as files where that is a known issue."""
    for path, part in parts(body.get("input")):
        feature = PARTS.get(str(part.get("type")))
        if feature is not None and model.lacks(feature):
            raise invalid(f"Invalid content type: '{part['type']}' is not supported with this model.", path)
        if part.get("type") == "input_image" and part.get("file_id") and "images-not-as-files" in issues:
            raise invalid("Images cannot be uploaded as a file and then referenced as input.", f"{path}.file_id")


def parts(asked: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every content part of the input with its path."""
    for at, item in enumerate(asked if isinstance(asked, list) else ()):
        for field in ("content", "output"):
            content = item.get(field) if isinstance(item, dict) else None
            for number, part in enumerate(content if isinstance(content, list) else ()):
                if isinstance(part, dict):
                    yield f"input[{at}].{field}[{number}]", part
