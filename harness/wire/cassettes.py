"""VCR cassettes in YAML, one interaction at a time, from the parser's events: no tag builds an object.

Only text, numbers, booleans, null, lists, mappings and binary are built. Depth and expanded size are counted before
anything can grow out of an alias.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from harness.wire.source import Source, Unreadable

DEPTH: Final = 64
NODES: Final = 2_000_000
"""How many nodes an interaction may have, aliases counted as often as they are used."""

_LISTS: Final = ("interactions", "http_interactions")
_TAG: Final = "tag:yaml.org,2002:"
_PLAIN: Final[dict[str, Any]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INT: Final = re.compile(r"-?[0-9]{1,18}")
_FLOAT: Final = re.compile(r"-?[0-9]{1,18}\.[0-9]{0,18}")


def interactions(source: Source) -> Iterator[Any]:
    """The interactions of a cassette as plain data.

    Raises:
        Unreadable: it is no YAML, has foreign tags, or is nested or expanded beyond bounds.
    """
    try:
        yield from _Builder(source).interactions()
    except yaml.YAMLError as error:
        raise Unreadable(f"not YAML: {str(error).splitlines()[0]}") from None
    except UnicodeDecodeError:
        raise Unreadable("not YAML: not UTF-8") from None


@dataclass
class _Open:
    """A list or mapping that is being filled; `nodes` counts it and all that is in it."""

    into: Any
    anchor: str | None
    nodes: int = 1
    key: Any = None
    keyed: bool = False

    def put(self, value: Any, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > NODES:
            raise Unreadable("an interaction is too large")
        if isinstance(self.into, list):
            self.into.append(value)
        elif self.keyed:
            self.into[self.key] = value
            self.keyed = False
        elif isinstance(value, str | int | float | bool | None):
            self.key, self.keyed = value, True
        else:
            raise Unreadable("a key is a list or a mapping")


class _Builder:
    def __init__(self, source: Source) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Iterator[Any] = yaml.parse(source, Loader=loader)
        self._anchors: dict[str, tuple[Any, int]] = {}

    def interactions(self) -> Iterator[Any]:
        found = False
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                found = True
                yield from self._document()
            elif isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent):
                break
        if not found:
            raise Unreadable("no cassette: not a mapping")

    def _document(self) -> Iterator[Any]:
        """The interactions of one document, whose mapping has begun."""
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self._value(event)[0]
            event = next(self._events)
            if key not in _LISTS or not isinstance(event, yaml.SequenceStartEvent):
                self._value(event)
                continue
            for event in self._events:
                if isinstance(event, yaml.SequenceEndEvent):
                    break
                yield self._value(event)[0]

    def _value(self, event: Any) -> tuple[Any, int]:
        """The value that begins with an event, and its number of nodes."""
        stack: list[_Open] = []
        while True:
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                _only_known(event.tag, "map", "seq")
                if len(stack) >= DEPTH:
                    raise Unreadable(f"nested deeper than {DEPTH}")
                stack.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor))
                event = next(self._events)
                continue
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                done = stack.pop()
                value, nodes = self._named(done.anchor, done.into, done.nodes)
            elif isinstance(event, yaml.AliasEvent):
                if event.anchor not in self._anchors:
                    raise Unreadable("an alias of nothing")
                value, nodes = self._anchors[event.anchor]
            elif isinstance(event, yaml.ScalarEvent):
                value, nodes = self._named(event.anchor, _scalar(event), 1)
            else:
                raise Unreadable("the cassette breaks off")
            if not stack:
                return value, nodes
            stack[-1].put(value, nodes)
            event = next(self._events)

    def _named(self, anchor: str | None, value: Any, nodes: int) -> tuple[Any, int]:
        if anchor is not None:
            self._anchors[anchor] = value, nodes
        return value, nodes


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.tag is None or event.tag == "!":
        return _plain(text) if event.implicit[0] else text
    name = _only_known(event.tag, "str", "null", "bool", "int", "float", "binary", "timestamp")
    if name == "binary":
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Unreadable("binary that is no base64") from None
    return text if name in ("str", "timestamp") else _plain(text)


def _plain(text: str) -> Any:
    if text in _PLAIN:
        return _PLAIN[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _only_known(tag: str | None, *names: str) -> str:
    name = (tag or "").removeprefix(_TAG)
    if tag not in (None, "!") and (name == tag or name not in names):
        raise Unreadable(f"the tag {str(tag)[:60]!r} is not data")
    return name
