"""Refusals that are left out where a defect has it so, one kind each. Who demands a refusal must notice its absence."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.mock.errors import Refused
from harness.mock.ways import Ways

Error = Mapping[str, Any]


def code_of(error: Error) -> str:
    return str(error.get("code"))


def param_of(error: Error) -> str:
    return str(error.get("param"))


KINDS: Final[Mapping[str, Callable[[Error], bool]]] = {
    "names": lambda error: code_of(error) == "unknown_parameter",
    "words": lambda error: code_of(error) == "invalid_value" and not param_of(error).startswith("tool"),
    "ranges": lambda error: code_of(error).endswith(("_min_value", "_max_value")),
    "metadata": lambda error: param_of(error).startswith("metadata"),
    "schemas": lambda error: code_of(error) == "invalid_json_schema",
    "settings": lambda error: str(error.get("message")).startswith("Unsupported"),
    "tools": lambda error: param_of(error).startswith("tool"),
    "pairs": lambda error: code_of(error) == "mutually_exclusive_parameters",
}
"""Kinds of refusals of what a create request asks for, told by their error objects."""


def passes(ways: Ways, refused: Refused) -> bool:
    """Whether a refusal is left out."""
    kind = KINDS.get(ways.lenient)
    return kind is not None and kind(refused.body["error"])
