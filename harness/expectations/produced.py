"""Subjects of what the built-in tools produced: annotations, images, files and the container.

A part of a list of things is the list of what each of them has there, in their order.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from harness.conversation import TurnTaken
from harness.expectations import pictures
from harness.pointer import MISSING

Things = list[dict[str, Any]]

_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]")


def annotations(taken: TurnTaken, part: str | None) -> Any:
    """The citations of every text of the answer; `text` is what they stand at."""
    return _of_each(_annotations(taken), part)


def images(taken: TurnTaken, part: str | None) -> Any:
    """The generated images, with what their own first bytes say: `type` is null where they are no image."""

    def told(item: Mapping[str, Any]) -> dict[str, Any]:
        picture = pictures.seen(item.get("result"))
        sizes = {name: getattr(picture, name, None) for name in ("type", "width", "height", "bytes")}
        return {**sizes, **{name: item.get(name) for name in ("status", "revised_prompt", "quality", "background")}}

    items = _items(taken, "image_generation_call")
    return MISSING if items is None else _of_each([told(item) for item in items], part)


def files(taken: TurnTaken, part: str | None) -> Any:
    """The files that a container gave out, each once, as the answer cites them."""
    cited = _annotations(taken)
    if cited is MISSING:
        return MISSING
    found: dict[tuple[Any, Any], dict[str, Any]] = {}
    for each in cited:
        if each["type"] in ("container_file_citation", "file_path"):
            named = {name: each[name] for name in ("filename", "file_id", "container_id")}
            found.setdefault((each["container_id"], each["file_id"]), named)
    return _of_each(list(found.values()), part)


def container(taken: TurnTaken, part: str | None) -> Any:
    """Where the code interpreter ran and what; `id` is that of the last call."""
    calls = _items(taken, "code_interpreter_call")
    if calls is None:
        return MISSING
    ids = list(dict.fromkeys(id_ for call in calls if isinstance(id_ := call.get("container_id"), str)))
    outputs = [each for call in calls for each in _mappings(call.get("outputs"))]
    seen = {
        "present": bool(ids),
        "id": calls[-1].get("container_id") if calls else None,
        "count": len(ids),
        "calls": len(calls),
        "code": "\n".join(str(call["code"]) for call in calls if call.get("code")),
        "logs": "\n".join(str(each["logs"]) for each in outputs if each.get("logs")),
        "status": [call.get("status") for call in calls],
    }
    if part is None:
        return {name: value for name, value in seen.items() if value is not None}
    value = seen.get(part)
    return MISSING if value is None else value


def region(taken: TurnTaken, part: str | None) -> Any:
    """The region that the answer's header names, spelled as the catalogue does: `East US 2` is `eastus2`."""
    head = taken.final.exchange.head if taken.final else None
    named = head.header("x-ms-region") if head else None
    return MISSING if not named else _NOT_IN_NAMES.sub("", named.lower())


PRODUCED: Final[Mapping[str, Callable[[TurnTaken, str | None], Any]]] = {
    "region": region,
    "annotations": annotations,
    "images": images,
    "files": files,
    "container": container,
}


def _annotations(taken: TurnTaken) -> Any:
    messages = _items(taken, "message")
    if messages is None:
        return MISSING
    parts = [part for item in messages for part in _mappings(item.get("content"))]
    return [_annotation(each, part.get("text")) for part in parts for each in _mappings(part.get("annotations"))]


def _annotation(told: Mapping[str, Any], text: object) -> dict[str, Any]:
    names = ("type", "url", "title", "file_id", "filename", "container_id", "start_index", "end_index")
    found = {name: told.get(name) for name in names}
    begin, end = found["start_index"], found["end_index"]
    bounded = isinstance(text, str) and isinstance(begin, int) and isinstance(end, int) and 0 <= begin <= end
    found["text"] = text[begin:end] if bounded else None  # type: ignore[index]
    return found


def _items(taken: TurnTaken, type_: str) -> list[Mapping[str, Any]] | None:
    """The output items of a type over all rounds of the turn, or None where there was no response."""
    rounds = taken.rounds or ((taken.final,) if taken.final else ())
    if all(reply.response is None for reply in rounds):
        return None
    return [item for reply in rounds for item in reply.output if item.get("type") == type_]


def _of_each(things: Any, part: str | None) -> Any:
    if things is MISSING:
        return MISSING
    if part is None:
        return [{name: value for name, value in thing.items() if value is not None} for thing in things]
    return len(things) if part == "count" else [thing.get(part) for thing in things]


def _mappings(values: object) -> Sequence[Mapping[str, Any]]:
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, list) else []
