"""The spans of a stream while they are open: texts, parts, items."""

import json
from collections.abc import Mapping
from typing import Any

from harness.protocol.grammar import PHASES, TEXT, Level

Path = tuple[str | int, ...]


class Text:
    """What grows delta by delta and settles: a text, arguments, code, a diff, a command, the output of one.

    `voices` are the different things that were said to be the whole of it, in order of appearance: what the deltas
    add up to, and whatever disagreed later. `holed`: some of it was lost on the way, so that nothing may be concluded
    from what it adds up to.
    """

    __slots__ = ("annotations", "holed", "index", "late", "level", "logprobs", "pieces", "settled", "voices")

    def __init__(self, level: Level, index: int) -> None:
        self.level = level
        self.index = index
        self.pieces: list[Any] = []
        self.logprobs: list[Any] = []
        self.annotations: list[Any] = []
        self.voices: list[Any] = []
        self.settled = False
        self.holed = False
        self.late = False

    def sum(self) -> Any:
        """What the deltas add up to: a string, or for the output of a command what `whole` makes of it."""
        if self.level.name == "output":
            return streams(self.pieces)
        return mended("".join(self.pieces))

    def whole(self, value: Any) -> Any:
        """The form in which a settled value is compared with the sum of the deltas."""
        return streams(value) if self.level.name == "output" else value

    @property
    def path(self) -> Path:
        """Where the value stands in the closed item."""
        return tuple(self.index if name == "*" else name for name in self.level.path)


def streams(pieces: Any) -> tuple[str, str] | None:
    """Standard output and error of a command, joined; None where the pieces are of another shape."""
    if not isinstance(pieces, list) or not all(isinstance(piece, dict) for piece in pieces):
        return None
    return _joined(pieces, "stdout"), _joined(pieces, "stderr")


def _joined(pieces: list[dict[str, Any]], name: str) -> str:
    return "".join(value for piece in pieces if isinstance(value := piece.get(name), str))


def mended(text: str) -> str:
    """The text with the halves of surrogate pairs joined that came in two deltas; lone halves stay as they are."""
    if text.isascii() or not is_broken(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def is_broken(text: str) -> bool:
    """Whether half a surrogate pair stands alone in a text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


class Part:
    """A content part or summary part between its `added` and its `done`; `done` is the part as it was closed."""

    __slots__ = ("closed", "done", "index", "level", "overlapped", "text", "type")

    def __init__(self, level: Level, index: int, type_: str, text: Text) -> None:
        self.level = level
        self.index = index
        self.type = type_
        self.text = text
        self.overlapped: int | None = None
        self.closed = False
        self.done: dict[str, Any] | None = None


class Item:
    """An output item between its `added` and its `done`.

    `added` and `done` are the item as it was announced and closed (None where that event was not seen). `holed`:
    something of it was lost, so that nothing may be concluded from what is missing. `complaints` are the codes that
    were found in it, so that their consequences are not found as well.
    """

    __slots__ = (
        "added",
        "any_id",
        "any_index",
        "closed",
        "complaints",
        "done",
        "excused",
        "holed",
        "id",
        "images",
        "index",
        "overlapped",
        "parts",
        "stage",
        "texts",
        "type",
    )

    def __init__(self, index: int, added: dict[str, Any] | None, id_: str | None, type_: str | None) -> None:
        self.index = index
        self.added = added
        self.id = id_
        self.type = type_
        self.done: dict[str, Any] | None = None
        self.closed = False
        self.excused = False
        self.holed = False
        self.any_id = False
        self.any_index = False
        self.overlapped: int | None = None
        self.stage = -1
        self.images = 0
        self.parts: dict[tuple[str, int], Part] = {}
        self.texts: dict[tuple[str, int], Text] = {}
        self.complaints: set[str] = set()

    def open_part(self, level: str) -> Part | None:
        """The part of a level that was opened last and is still open."""
        return next(
            (part for part in reversed(self.parts.values()) if part.level.name == level and not part.closed), None
        )

    def count(self, level: str) -> int:
        """How many parts of a level were opened: the index of the next one."""
        return sum(1 for name, _ in self.parts if name == level)

    def lose(self) -> None:
        """Something of this item may have been lost."""
        self.holed = True
        for text in self.texts.values():
            if not text.settled:
                text.holed = True

    @property
    def text_place(self) -> int:
        """The place of the arguments or code among the phases of this item's type, or -1."""
        phases = PHASES.get(self.type or "")
        return phases.places.index((TEXT,)) if phases and (TEXT,) in phases.places else -1

    def spelled(self) -> dict[str, Any] | None:
        """The item as the events so far tell it: as it was closed, or as announced and grown since."""
        if self.done is not None:
            return self.done
        if self.added is None:
            return None
        item: dict[str, Any] = json.loads(json.dumps(self.added))
        for text in self.texts.values():
            if text.level.name != "output":
                _put(item, text.path, text.voices[-1] if text.voices else text.sum(), text)
        return item


def _put(item: dict[str, Any], path: Path, value: Any, text: Text) -> None:
    """Sets a value at a path of an item, making the parts on the way that were only announced by events."""
    kinds = {"text": "output_text", "refusal": "refusal", "reasoning text": "reasoning_text"}
    part = {"type": kinds.get(text.level.name, "summary_text")}
    node: Any = item
    for step, after in zip(path, (*path[1:], None), strict=True):
        fresh: Any = value if after is None else [] if isinstance(after, int) else {}
        if isinstance(step, int) and isinstance(node, list):
            if step > len(node):
                return
            if step == len(node):
                node.append(part if after is not None else value)
            elif after is None:
                node[step] = value
        elif isinstance(step, str) and isinstance(node, dict):
            if after is None or not isinstance(node.get(step), type(fresh)):
                node[step] = fresh
        else:
            return
        node = node[step]


def word(value: Mapping[str, Any], name: str) -> str | None:
    """A field of a JSON object, where it is a string."""
    found = value.get(name)
    return found if isinstance(found, str) else None


def at_path(value: Any, path: Path) -> Any:
    """What a path leads to, or None."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or not 0 <= step < len(value):
                return None
            value = value[step]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value
