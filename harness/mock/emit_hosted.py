"""The events of tools that the service runs itself: phases, code, arguments, commands, patches, pictures.

Written from the documentation and, where it is silent (shell, patches), from recorded streams.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.mock.drawn import Drawn
from harness.mock.writing import Writer

PARTIAL: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def phases(*names: str) -> Callable[[Writer, Mapping[str, Any]], None]:
    """A call that tells of nothing but the phases it passes through."""

    def emit(writer: Writer, item: Mapping[str, Any]) -> None:
        for name in names if is_finished(item) else names[:-1]:
            writer.put(f"response.{item['type']}.{name}", **hosted_place(writer))

    return emit


def is_finished(item: Mapping[str, Any]) -> bool:
    """Whether a call closes as it should; one that is left open never tells of its last phase."""
    return item.get("status") not in ("generating", "searching")


def hosted_place(writer: Writer) -> dict[str, Any]:
    """Hosted calls name the output index before the item on the wire."""
    return {"output_index": writer.index, "item_id": writer.item_id}


def slices(text: str) -> list[str]:
    """A text in up to eight pieces of about the same length; code and patches know no words."""
    step = max(1, -(-len(text) // 8))
    return [text[at : at + step] for at in range(0, len(text), step)]


def emit_code(writer: Writer, item: Mapping[str, Any]) -> None:
    place = hosted_place(writer)
    writer.put("response.code_interpreter_call.in_progress", **place)
    writer.deltas("response.code_interpreter_call_code.delta", place, slices(item["code"]))
    writer.put("response.code_interpreter_call_code.done", **place, code=item["code"])
    writer.put("response.code_interpreter_call.interpreting", **place)
    writer.put("response.code_interpreter_call.completed", **place)


def emit_image(writer: Writer, item: Mapping[str, Any]) -> None:
    """A picture; partial ones come first, as many as were drawn. Their fields say what the picture will be."""
    place = hosted_place(writer)
    looks = {key: item[key] for key in ("size", "quality", "background", "output_format") if key in item}
    writer.put("response.image_generation_call.in_progress", **place)
    writer.put("response.image_generation_call.generating", **place)
    for number, partial in enumerate(partials(item.get("result"))):
        writer.put(
            "response.image_generation_call.partial_image",
            **place,
            partial_image_index=number,
            partial_image_b64=partial,
            **looks,
        )
    if is_finished(item):
        writer.put("response.image_generation_call.completed", **place)


def partials(result: object) -> tuple[str, ...]:
    """The partial pictures before a finished one; for one that a script gives, two of a single pixel."""
    return result.partials if isinstance(result, Drawn) else (PARTIAL, PARTIAL)


def emit_mcp_call(writer: Writer, item: Mapping[str, Any]) -> None:
    place = hosted_place(writer)
    writer.put("response.mcp_call.in_progress", **place)
    writer.deltas("response.mcp_call_arguments.delta", place, slices(item["arguments"]))
    writer.put("response.mcp_call_arguments.done", **place, arguments=item["arguments"])
    writer.put(f"response.mcp_call.{'failed' if item.get('error') else 'completed'}", **place)


def emit_shell(writer: Writer, item: Mapping[str, Any]) -> None:
    """Commands carry no item id on the wire, only the index of the output and of the command."""
    for number, command in enumerate(item["action"]["commands"]):
        place = {"output_index": writer.index, "command_index": number}
        writer.put("response.shell_call_command.added", **place, command="")
        writer.deltas("response.shell_call_command.delta", place, slices(command))
        writer.put("response.shell_call_command.done", **place, command=command)


def emit_shell_output(writer: Writer, item: Mapping[str, Any]) -> None:
    """What a command printed; its delta is an object, and never padded."""
    place = {**hosted_place(writer), "command_index": 0}
    for entry in item["output"]:
        writer.put("response.shell_call_output_content.delta", **place, delta={"stdout": entry.get("stdout", "")})
    writer.put("response.shell_call_output_content.done", **place, output=item["output"])


def emit_patch(writer: Writer, item: Mapping[str, Any]) -> None:
    diff = item["operation"].get("diff")
    if diff is None:  # deleting a file has none
        return
    place = hosted_place(writer)
    writer.deltas("response.apply_patch_call_operation_diff.delta", place, slices(diff))
    writer.put("response.apply_patch_call_operation_diff.done", **place, diff=diff)


HOSTED: Final[Mapping[str, Callable[[Writer, Mapping[str, Any]], None]]] = {
    "web_search_call": phases("in_progress", "searching", "completed"),
    "file_search_call": phases("in_progress", "searching", "completed"),
    "mcp_list_tools": phases("in_progress", "completed"),
    "code_interpreter_call": emit_code,
    "image_generation_call": emit_image,
    "mcp_call": emit_mcp_call,
    "shell_call": emit_shell,
    "shell_call_output": emit_shell_output,
    "apply_patch_call": emit_patch,
}
"""What streams inside a hosted item, by type."""
