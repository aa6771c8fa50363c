"""The words of the Responses API: events, items, parts, annotations, the response object, and what each carries.

Tables only. A field is *required* where the documentation, the installed official client and every recording of
OpenAI and Azure traffic agree; fields younger than June 2025 are never required, and a field that stands in no
table is never an offence: the API grows by new fields. A name alone has the type that `TYPES` gives it; `name:type`
says another one. Sources: API reference and `openai.types.responses` of openai 3.54; what neither knows is marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Types = tuple[type, ...]
Fields = Mapping[str, Types]

STRING: Final = (str,)
INTEGER: Final = (int,)
NUMBER: Final = (int, float)
OBJECT: Final = (dict,)
LIST: Final = (list,)
NONE: Final = (type(None),)

NAMES: Final[Mapping[str, Types]] = {
    "string": STRING,
    "integer": INTEGER,
    "number": NUMBER,
    "boolean": (bool,),
    "object": OBJECT,
    "list": LIST,
    "null": NONE,
    "string?": STRING + NONE,
    "number?": NUMBER + NONE,
    "object?": OBJECT + NONE,
    "list?": LIST + NONE,
    "any": (str, int, float, bool, dict, list, type(None)),
}
"""JSON types by the names that tables and messages use; a question mark admits null."""


def _words(text: str) -> list[str]:
    return text.split()


TYPES: Final[Mapping[str, Types]] = {
    **dict.fromkeys(
        _words("action annotation environment item operation part response"),
        OBJECT,
    ),
    **dict.fromkeys(
        _words("annotation_index command_index content_index output_index partial_image_index summary_index"),
        INTEGER,
    ),
    **dict.fromkeys(_words("content output pending_safety_checks queries summary tools"), LIST),
    **dict.fromkeys(
        _words(
            "arguments call_id code command container_id delta diff encrypted_content execution id input item_id "
            "name partial_image_b64 refusal result role server_label status text type url file_id"
        ),
        STRING,
    ),
}
"""The usual JSON type of a field, by its name."""


def json_type(value: object) -> str:
    """What JSON calls the type of a decoded value."""
    if isinstance(value, bool):
        return "boolean"
    if value is None:
        return "null"
    for name, python in (("string", str), ("integer", int), ("number", float), ("object", dict)):
        if isinstance(value, python):
            return name
    return "list"


def names_of(types: Types) -> str:
    """JSON types as a message says them: `string or null`."""
    words = {int: "integer", str: "string", float: "number", bool: "boolean", dict: "object", list: "list"}
    return " or ".join(dict.fromkeys(words.get(kind, "null") for kind in types))


def fields(text: str) -> Fields:
    """A row of a table, `"item_id output_index delta:object"`, as field → types."""
    row: dict[str, Types] = {}
    for word in text.split():
        name, _, kind = word.partition(":")
        row[name] = NAMES[kind] if kind else TYPES[name]
    return row


_ITEM = "item_id output_index"
_PART = "item_id output_index content_index"
_SUMMARY = "item_id output_index summary_index"

_EVENTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("response." + word for word in _words("created queued in_progress completed incomplete failed")), "response"
    ),
    "error": "",  # flat {code, message, param} in the documentation, nested {error: {…}} on the wire: both are fine
    "keepalive": "",  # recorded from OpenAI; neither documented nor in the official client
    "response.output_item.added": "output_index item",
    "response.output_item.done": "output_index item",
    "response.content_part.added": f"{_PART} part",
    "response.content_part.done": f"{_PART} part",
    "response.output_text.delta": f"{_PART} delta",
    "response.output_text.done": f"{_PART} text",
    "response.output_text.annotation.added": f"{_PART} annotation_index annotation",
    "response.refusal.delta": f"{_PART} delta",
    "response.refusal.done": f"{_PART} refusal",
    "response.reasoning_text.delta": f"{_PART} delta",
    "response.reasoning_text.done": f"{_PART} text",
    "response.reasoning_summary_part.added": f"{_SUMMARY} part",
    "response.reasoning_summary_part.done": f"{_SUMMARY} part",
    "response.reasoning_summary_text.delta": f"{_SUMMARY} delta",
    "response.reasoning_summary_text.done": f"{_SUMMARY} text",
    "response.function_call_arguments.delta": f"{_ITEM} delta",
    "response.function_call_arguments.done": f"{_ITEM} arguments",
    "response.mcp_call_arguments.delta": f"{_ITEM} delta",
    "response.mcp_call_arguments.done": f"{_ITEM} arguments",
    "response.custom_tool_call_input.delta": f"{_ITEM} delta",
    "response.custom_tool_call_input.done": f"{_ITEM} input",
    "response.code_interpreter_call_code.delta": f"{_ITEM} delta",
    "response.code_interpreter_call_code.done": f"{_ITEM} code",
    # recorded from OpenAI; not in the official client
    "response.apply_patch_call_operation_diff.delta": f"{_ITEM} delta",
    "response.apply_patch_call_operation_diff.done": f"{_ITEM} diff",
    # the events of a shell command carry no item_id
    "response.shell_call_command.added": "output_index command_index command",
    "response.shell_call_command.delta": "output_index command_index delta",
    "response.shell_call_command.done": "output_index command_index command",
    "response.shell_call_output_content.delta": f"{_ITEM} command_index delta:object",
    "response.shell_call_output_content.done": f"{_ITEM} command_index output",
    "response.image_generation_call.partial_image": f"{_ITEM} partial_image_index partial_image_b64",
    **dict.fromkeys(
        (
            f"response.{call}.{phase}"
            for call, phases in {
                "web_search_call": "in_progress searching completed",
                "file_search_call": "in_progress searching completed",
                "code_interpreter_call": "in_progress interpreting completed",
                "image_generation_call": "in_progress generating completed",
                "mcp_list_tools": "in_progress completed failed",
                "mcp_call": "in_progress completed failed",
                "compaction": "compacting",
            }.items()
            for phase in phases.split()
        ),
        _ITEM,
    ),
    # in the official client, never recorded: sound has no item
    "response.audio.delta": "delta",
    "response.audio.done": "",
    "response.audio.transcript.delta": "delta",
    "response.audio.transcript.done": "",
}

EVENTS: Final[Mapping[str, Fields]] = {name: fields(row) for name, row in _EVENTS.items()}
"""Every event type, and the fields that it must carry besides `type` and `sequence_number`."""


@dataclass(frozen=True, slots=True)
class ItemType:
    """What an item of one type carries.

    `prefix` begins its ids; `statuses` are the documented values of `status`, which is required only where
    `required` has it (reasoning items, for one, mostly have none).
    """

    prefix: str
    required: Fields
    statuses: frozenset[str]


def _item(prefix: str, required: str, statuses: str = "") -> ItemType:
    return ItemType(prefix, fields(f"id {required}"), frozenset(statuses.split()))


_RUN = "in_progress completed incomplete"
_CALL = "call_id status"

ITEMS: Final[Mapping[str, ItemType]] = {
    "message": _item("msg_", "role content status", _RUN),
    "function_call": _item("fc_", "call_id name arguments", _RUN),
    "reasoning": _item("rs_", "summary", _RUN),
    "compaction": _item("cmp_", "encrypted_content"),
    "custom_tool_call": _item("ctc_", "call_id name input", _RUN),
    "web_search_call": _item("ws_", "status", "in_progress searching completed failed incomplete"),
    "file_search_call": _item("fs_", "queries status", "in_progress searching completed incomplete failed"),
    "code_interpreter_call": _item("ci_", "status", "in_progress interpreting completed incomplete failed"),
    "image_generation_call": _item("ig_", "status", "in_progress generating completed failed incomplete"),
    "computer_call": _item("cu_", f"{_CALL} pending_safety_checks", _RUN),
    "mcp_list_tools": _item("mcpl_", "server_label tools"),
    "mcp_approval_request": _item("mcpr_", "name arguments:any server_label"),
    "mcp_call": _item("mcp_", "name arguments server_label", "in_progress completed incomplete calling failed"),
    "local_shell_call": _item("lsh_", f"{_CALL} action", _RUN),
    "shell_call": _item("sh_", f"{_CALL} action", _RUN),
    "shell_call_output": _item("sho_", f"{_CALL} output", _RUN),
    "apply_patch_call": _item("apc_", f"{_CALL} operation", "in_progress completed incomplete failed"),
    "apply_patch_call_output": _item("", _CALL, "in_progress completed incomplete failed"),
    "tool_search_call": _item("tsc_", "arguments:any execution status", _RUN),
    "tool_search_output": _item("tso_", "tools execution status", _RUN),
    "program": _item("cm_", "call_id code"),
    "program_output": _item("", "call_id result status", _RUN),
    "function_call_output": _item("", "output:any", _RUN),
    "custom_tool_call_output": _item("", "call_id output:any", _RUN),
    "computer_call_output": _item("", "call_id output:any", "in_progress completed incomplete failed"),
    "local_shell_call_output": _item("", "output:any", _RUN),
    "mcp_approval_response": _item("", "approval_request_id:string approve:boolean"),
    "additional_tools": _item("", "tools"),
}
"""Item types as they stand in a response's `output`. A type that is not here is not judged."""

PARTS: Final[Mapping[str, Fields]] = {
    "output_text": fields("text"),
    "refusal": fields("refusal"),
    "reasoning_text": fields("text"),
    "summary_text": fields("text"),
}
"""Content parts and summary parts. `annotations` and `logprobs` of a text are lists where they are there."""

ANNOTATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "url_citation": ("start_index", "end_index"),
    "container_file_citation": ("start_index", "end_index"),
    "file_citation": ("index",),
    "file_path": ("index",),
}
"""Annotation types and their fields that count code points of the text, in ascending order."""

RESPONSE_STATUSES: Final = frozenset(_words("completed failed in_progress cancelled queued incomplete"))
INCOMPLETE_REASONS: Final = frozenset(_words("max_output_tokens content_filter max_messages steered"))

RESPONSE_CORE: Final[Fields] = fields("id object:string created_at:number status model:string output")
"""What every snapshot of a response carries, also in a stream."""

RESPONSE: Final[Fields] = {
    **RESPONSE_CORE,
    **fields(
        "error:object? incomplete_details:object? instructions:any parallel_tool_calls:boolean "
        "tool_choice:any tools:list"
    ),
}
"""What a plain response carries: required by the official client or by Azure's specification."""

RESPONSE_OPTIONAL: Final[Fields] = fields(
    "background:any conversation:object? completed_at:number? max_output_tokens:number? metadata:object? "
    "previous_response_id:string? reasoning:any service_tier:string? temperature:number? text:object? "
    "top_p:number? truncation:string? usage:object?"
)
"""Types of the fields that a response may carry; others are not looked at."""

USAGE: Final = ("input_tokens", "output_tokens", "total_tokens")
