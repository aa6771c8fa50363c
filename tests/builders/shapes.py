"""What JSON objects of the API are made of: every object of an exchange by what it is, its keys and their types.

The same eyes look at recorded exchanges and at the embedded endpoint's own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]

INNER = {
    "response": (
        "usage",
        "usage.input_tokens_details",
        "usage.output_tokens_details",
        "reasoning",
        "text",
        "text.format",
        "incomplete_details",
        "error",
        "conversation",
    ),
    "compaction object": ("usage", "usage.input_tokens_details", "usage.output_tokens_details"),
}
"""Objects inside of objects that are looked at too."""


def type_of(value: object) -> str:
    """The JSON type; numbers are all one."""
    for kind, name in ((bool, "boolean"), (str, "string"), (int | float, "number"), (list, "array"), (dict, "object")):
        if isinstance(value, kind):
            return name
    return "null"


def operation(method: str, path: str) -> str:
    """What was asked for, whichever base address it was asked at."""
    below = re.sub(r".*?/(?=(?:responses|conversations|containers|files|models)\b)", "/", path)
    return f"{method} " + re.sub(r"/(?:resp|conv|msg|cntr|cfile|file|item|assistant)[_-][^/]+", "/{id}", below)


def objects(asked: str, status: int, body: Any, events: Sequence[JSON] = ()) -> Iterator[tuple[str, JSON]]:
    """Every object of an exchange with the name of its kind; `asked` is the operation."""
    promised = any(isinstance(event.get("response"), dict) and event["response"].get("background") for event in events)
    for event in events:
        if "type" in event:
            yield f"event {event['type']}{' in background' if promised else ''}", event
            for key in ("response", "item", "part", "annotation"):
                if isinstance(event.get(key), dict):
                    yield from within(f"{key} of {event['type']}", event[key])
    if not isinstance(body, dict):
        return
    if isinstance(body.get("error"), dict) and body.get("object") != "response":
        yield f"error body of {status}", body["error"]
    elif body.get("object") == "list":
        yield f"list of {asked}", body
        for item in body["data"]:
            yield from of_item("listed", item)
    elif body.get("object") == "response.compaction":
        yield from whole("compaction object", body)
        for item in body["output"]:
            yield from of_item("compacted", item)
    elif body.get("object") == "response":
        yield from within(f"response of {asked}", body)
    else:
        yield str(body.get("object")), body


def within(kind: str, value: JSON) -> Iterator[tuple[str, JSON]]:
    """A response with its items, an item with its parts, or what has nothing inside."""
    place, _, of = kind.partition(" of ")
    if place == "response":
        yield from whole(kind, value)
        for item in value.get("output") or ():
            yield from of_item("output", item)
    elif place == "item":
        yield f"item {value['type']} of {of}", value
    elif place == "part":
        yield f"part {value['type']} of {of}", value
    else:
        yield f"annotation {value['type']}", value


def whole(kind: str, value: JSON) -> Iterator[tuple[str, JSON]]:
    """An object, and those inside of it that have shapes of their own."""
    yield kind, value
    for path in INNER["response" if kind.startswith("response") else kind]:
        inner: Any = value
        for key in path.split("."):
            inner = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(inner, dict):
            name = f"{path} {inner['type']}" if path == "text.format" else path
            yield name, inner
    for entry in value.get("content_filters") or ():
        yield f"content filter of the {entry['source_type']}", entry


def of_item(where: str, item: JSON) -> Iterator[tuple[str, JSON]]:
    """An item, its parts and their citations."""
    kind = f"{item['type']} of {item['role']}" if where == "listed" and "role" in item else item["type"]
    yield f"{where} {kind}", item
    for part in (*(item.get("content") or ()), *(item.get("summary") or ())):
        if isinstance(part, dict):
            yield f"part {part['type']}", part
            for annotation in part.get("annotations") or ():
                yield f"annotation {annotation['type']}", annotation


def family(kind: str) -> str:
    """What a kind is wherever it is shown: a response, an item or a part of its type."""
    first, _, rest = kind.partition(" ")
    if first == "response":
        return first
    name = {"output": "item", "listed": "item", "compacted": "item"}.get(first, first)
    return f"{name} {rest.partition(' of ')[0]}" if name in ("item", "part") else kind


@dataclass
class Shape:
    """How often a kind of object was seen, and each of its keys with its types."""

    count: int = 0
    keys: dict[str, int] = field(default_factory=dict)
    types: dict[str, set[str]] = field(default_factory=dict)

    def see(self, value: Mapping[str, Any]) -> None:
        self.count += 1
        for key, inner in value.items():
            self.keys[key] = self.keys.get(key, 0) + 1
            self.types.setdefault(key, set()).add(type_of(inner))

    def usual(self, share: float) -> set[str]:
        """Keys that at least this share of the objects has."""
        return {key for key, count in self.keys.items() if count >= share * self.count}


def shapes(seen: Iterable[tuple[str, JSON]]) -> dict[str, Shape]:
    """The shape of every kind."""
    found: dict[str, Shape] = {}
    for kind, value in seen:
        found.setdefault(kind, Shape()).see(value)
    return found
