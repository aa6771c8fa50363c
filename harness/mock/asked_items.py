"""Input items as the service checks them: which fields each type must have, and of which JSON type."""

from collections.abc import Mapping
from typing import Any, Final

from harness.mock.asked import check_choice, check_type, missing

TEXT: Final = (str,)

REQUIRED: Final[Mapping[str, Mapping[str, tuple[type, ...]]]] = {
    "message": {"role": TEXT, "content": (str, list)},
    "function_call": {"call_id": TEXT, "name": TEXT, "arguments": TEXT},
    "function_call_output": {"call_id": TEXT, "output": (str, list)},
    "custom_tool_call": {"call_id": TEXT, "name": TEXT, "input": TEXT},
    "custom_tool_call_output": {"call_id": TEXT, "output": (str, list)},
    "reasoning": {"id": TEXT, "summary": (list,)},
    "compaction": {"encrypted_content": TEXT},
    "item_reference": {"id": TEXT},
    "mcp_approval_response": {"approval_request_id": TEXT, "approve": (bool,)},
    "mcp_approval_request": {"id": TEXT, "name": TEXT, "arguments": TEXT},
    "mcp_call": {"id": TEXT, "name": TEXT, "arguments": TEXT},
    "mcp_list_tools": {"id": TEXT},
    "computer_call": {},
    "computer_call_output": {"call_id": TEXT, "output": (dict,)},
    "shell_call": {"call_id": TEXT},
    "shell_call_output": {"call_id": TEXT},
    "apply_patch_call": {"call_id": TEXT},
    "apply_patch_call_output": {"call_id": TEXT},
    "local_shell_call": {"call_id": TEXT},
    "local_shell_call_output": {},
    "web_search_call": {},
    "file_search_call": {},
    "code_interpreter_call": {},
    "image_generation_call": {},
}
"""Item types that a request may bring, and the fields that they cannot do without."""

KINDS: Final = tuple(REQUIRED)

IF_THERE: Final[Mapping[str, tuple[type, ...]]] = {
    "id": TEXT,
    "call_id": TEXT,
    "name": TEXT,
    "arguments": TEXT,
    "input": TEXT,
    "code": TEXT,
    "encrypted_content": TEXT,
    "summary": (list,),
    "status": TEXT,
}
"""Fields whose type is the same wherever they stand; null counts as absent."""

ROLES: Final = ("user", "assistant", "system", "developer")

PARTS: Final[Mapping[str, str | None]] = {
    "input_text": "text",
    "output_text": "text",
    "refusal": "refusal",
    "input_image": None,
    "input_file": None,
    "summary_text": "text",
    "reasoning_text": "text",
}
"""Content parts, and the field that holds their text."""


PART_KINDS: Final = tuple(PARTS)


def check_item(item: Mapping[str, Any], kind: object, at: int) -> None:
    """Raises `Refused` for the first thing wrong with the item at this place of `input`."""
    path = f"input[{at}]"
    check_choice(path, kind, KINDS)
    for name, kinds in REQUIRED[str(kind)].items():
        if item.get(name) is None:
            raise missing(f"{path}.{name}")
        check_type(f"{path}.{name}", item[name], kinds)
    for name, kinds in IF_THERE.items() if not IF_THERE.keys().isdisjoint(item) else ():
        if item.get(name) is not None:
            check_type(f"{path}.{name}", item[name], kinds)
    if kind == "message":
        check_choice(f"{path}.role", item["role"], ROLES)
    for field in ("content", "output", "summary"):
        if isinstance(item.get(field), list) and kind != "shell_call_output":
            check_parts(item[field], f"{path}.{field}")


def check_parts(parts: list[Any], path: str) -> None:
    """A list of content parts of known types, whose texts are texts."""
    for number, part in enumerate(parts):
        here = f"{path}[{number}]"
        check_type(here, part, (dict,))
        check_choice(f"{here}.type", part.get("type"), PART_KINDS)
        field = PARTS[part["type"]]
        if field is not None:
            if field not in part:
                raise missing(f"{here}.{field}")
            check_type(f"{here}.{field}", part[field], TEXT)
