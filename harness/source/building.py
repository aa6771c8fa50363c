"""One YAML document, from the C parser's events to plain data and the marks of every node and key.

Each event is counted before anything is made of it. What breaks a rule of ours is noted and built around, so that
the rest is checked too; what breaks a limit or YAML itself ends the document.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from harness.source.lines import Lines, Mark
from harness.source.place import HIDDEN, Diagnostic, shown
from harness.source.scalars import BadNumber, plain, spelt
from harness.source.syntax import explained


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold. `expanded` counts the nodes as if every alias were written out."""

    file_bytes: int = 16 << 20
    document_bytes: int = 1 << 20
    documents: int = 5_000
    nodes: int = 20_000
    file_nodes: int = 320_000
    depth: int = 32
    aliases: int = 32
    expanded: int = 50_000
    mistakes: int = 100


class Leaf(Protocol):
    """Where a node stands. The parser's own events tell it, and are kept for it where they can be."""

    @property
    def start_mark(self) -> Mark: ...
    @property
    def end_mark(self) -> Mark: ...


class Tree:
    """Where a mapping or list stands, and the nodes in it; `keys` is None for a list."""

    __slots__ = ("end_mark", "inner", "keys", "start_mark")

    def __init__(self, start: Mark, end: Mark, keys: "dict[Any, Leaf] | None") -> None:
        self.start_mark = start
        self.end_mark = end
        self.inner: dict[Any, Node] = {}
        self.keys = keys


Node = Leaf | Tree


class Built:
    """A finished value with how many nodes and levels it stands for."""

    __slots__ = ("height", "node", "size", "value")

    def __init__(self, value: Any, node: Node, size: int = 1, height: int = 0) -> None:
        self.value = value
        self.node = node
        self.size = size
        self.height = height


class Frame:
    """A mapping or list that is still open."""

    __slots__ = ("anchor", "before", "height", "key", "node", "value")

    def __init__(self, value: Any, node: Tree, anchor: str | None, before: int) -> None:
        self.value = value
        self.node = node
        self.anchor = anchor
        self.before = before  # nodes counted before it
        self.height = 1
        self.key: Any = NO_KEY


NO_KEY: Final = object()  # a mapping that waits for a key
LOST_KEY: Final = object()  # the key was refused; its value is read and dropped


@lru_cache(maxsize=1024)
def _hides(key: str) -> bool:
    """Whether a character of a key cannot be seen; most keys come again and again."""
    return HIDDEN.search(key) is not None


class TooMuch(Exception):
    """A limit is broken: nothing more of the document is looked at."""

    def __init__(self, event: Any, message: str, hint: str | None = None) -> None:
        super().__init__(event, message, hint)
        self.event = event
        self.message = message
        self.hint = hint


class Builder:
    """Builds one document. `nodes` and `mistakes` tell afterwards what was counted and what is wrong."""

    def __init__(self, text: str, first_line: int, lines: Lines, limits: Limits, nodes_left: int) -> None:
        self.text = text
        self.first_line = first_line
        self.lines = lines
        self.limits = limits
        self.nodes_left = nodes_left
        self.most_nodes = min(limits.nodes, nodes_left)
        self.nodes = 0
        self.expanded = 0
        self.aliases = 0
        self.mistakes: list[Diagnostic] = []
        self.anchors: dict[str, Built | None] = {}  # None while the anchored node is open
        self.stack: list[Frame] = []

    def build(self) -> Built | None:
        """The document's value with its marks, or None where there is none to be had."""
        limit = self.limits.document_bytes
        if len(self.text) * 4 > limit and len(self.text.encode()) > limit:
            self.mistakes.append(
                self.lines.at(self.first_line, f"the document is larger than {limit >> 10} KiB", "split it")
            )
            return None
        try:
            return self._events()
        except TooMuch as stop:
            self._mistake(stop.event, stop.message, stop.hint)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            self.mistakes.append(explained(error, self.lines, self.first_line + line, column))
        except ReaderError as error:
            line, column = self.lines.before(self.text, self.first_line, error.position)
            message = f"the character {shown(chr(error.character))} may not stand in YAML"
            self.mistakes.append(self.lines.at(line, message, 'in a text write it as an escape: "\\u0007"', column))
        return None

    def _events(self) -> Built | None:
        """Takes the events in. One function: most are scalars without an anchor, and calls would cost the most."""
        get_event = CParser(self.text).get_event
        stack = self.stack
        enough = min(self.most_nodes, self.limits.expanded)  # no limit is broken with so many
        root: Built | None = None
        while True:
            event: Any = get_event()
            kind = type(event)
            height = 0
            placed: Node
            if kind is ScalarEvent:
                self.nodes += 1
                self.expanded += 1
                if self.expanded > enough or self.mistakes:
                    self._bound(event)
                value = event.value
                if event.tag is not None:
                    self._tag(event)
                elif event.implicit[0]:
                    try:
                        value = plain(value) if value != "<<" else self._merge(event)
                    except BadNumber as bad:
                        value = self._no_number(event, bad)
                placed = event
                if event.anchor is not None:
                    self.anchors[event.anchor] = Built(value, placed)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open(event, kind is MappingStartEvent)
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent or kind is AliasEvent:
                built = self._alias(event) if kind is AliasEvent else self._close(event)
                value, placed, height = built.value, built.node, built.height
            elif kind is StreamEndEvent or event is None:  # None: behind the end
                return root
            else:
                continue
            if not stack:
                root = Built(value, placed)
                continue
            frame = stack[-1]
            if height >= frame.height:
                frame.height = height + 1
            keys = frame.node.keys
            if keys is None:
                frame.node.inner[len(frame.value)] = placed
                frame.value.append(value)
            elif frame.key is NO_KEY:
                frame.key = self._key(event, value, placed, keys)
            else:
                if frame.key is not LOST_KEY:
                    frame.value[frame.key] = value
                    frame.node.inner[frame.key] = placed
                frame.key = NO_KEY

    def _count(self, event: Any, nodes: int = 1) -> None:
        self.nodes += 1
        self.expanded += nodes
        self._bound(event)

    def _bound(self, event: Any) -> None:
        """Ends the document where more of it was counted than may be."""
        limits = self.limits
        if self.nodes > self.most_nodes and self.nodes > limits.nodes:
            raise TooMuch(event, f"the document has more than {limits.nodes} nodes", "split it")
        if self.nodes > self.most_nodes:
            raise TooMuch(event, f"the file has more than {limits.file_nodes} nodes", "split it")
        if self.expanded > limits.expanded:
            raise TooMuch(event, f"written out, the aliases make more than {limits.expanded} nodes")
        if len(self.mistakes) >= limits.mistakes:
            raise TooMuch(event, "there are too many mistakes to go on")

    def _mistake(self, event: Any, message: str, hint: str | None = None) -> None:
        place = self.lines.spot(event.start_mark, event.end_mark, self.first_line)
        self.mistakes.append(self.lines.diagnostic(place, message, hint))

    def _tag(self, event: Any) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._mistake(event, f"tags are refused: `{shown(tag)}`", "write the value alone; text in quotes")

    def _no_number(self, event: Any, bad: BadNumber) -> int:
        self._mistake(event, f"`{shown(event.value)}` {bad}", "if it is meant as text, put it in quotes")
        return 0

    def _merge(self, event: Any) -> Any:
        """`<<`, which is a text where no key is wanted."""
        if not self._wants_key():
            return event.value
        self._mistake(event, "merge keys are refused", "write the keys out")
        return LOST_KEY

    def _wants_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].node.keys is not None and self.stack[-1].key is NO_KEY

    def _open(self, event: Any, mapping: bool) -> None:
        if len(self.stack) >= self.limits.depth:
            raise TooMuch(event, f"this is nested more than {self.limits.depth} levels deep")
        before = self.expanded
        self._count(event)
        self._tag(event)
        node = Tree(event.start_mark, event.end_mark, {} if mapping else None)
        self.stack.append(Frame({} if mapping else [], node, event.anchor, before))
        if event.anchor is not None:
            self.anchors[event.anchor] = None

    def _close(self, event: Any) -> Built:
        frame = self.stack.pop()
        frame.node.end_mark = event.end_mark
        built = Built(frame.value, frame.node, self.expanded - frame.before, frame.height)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = built
        return built

    def _alias(self, event: Any) -> Built:
        self.aliases += 1
        if self.aliases > self.limits.aliases:
            raise TooMuch(event, f"the document has more than {self.limits.aliases} aliases", "write the values out")
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            within = event.anchor in self.anchors
            self._count(event)
            reason = "stands for something that holds it" if within else "has no anchor before it"
            self._mistake(event, f"the alias `*{shown(event.anchor)}` {reason}")
            return Built(None, event)
        self._count(event, anchored.size)
        if len(self.stack) + anchored.height > self.limits.depth:
            raise TooMuch(event, f"written out, this is nested more than {self.limits.depth} levels deep")
        node: Node = event
        if isinstance(anchored.node, Tree):
            node = Tree(event.start_mark, event.end_mark, anchored.node.keys)
            node.inner = anchored.node.inner
        return Built(anchored.value, node, anchored.size, anchored.height)

    def _key(self, event: Any, key: Any, placed: Node, keys: dict[Any, Leaf]) -> Any:
        """The key, if it can be one; else LOST_KEY, and the mistake is noted."""
        if key is LOST_KEY:
            return LOST_KEY
        if type(key) is not str:
            if isinstance(key, dict | list):
                self._mistake(event, "a key must be text, not a mapping or a list")
                return LOST_KEY
            written = shown(spelt(key))
            self._mistake(event, f"a key must be text: `{written}`", f'write `"{written}"`')
            return LOST_KEY
        if _hides(key):
            self._mistake(event, f"the key `{shown(key)}` holds a character that cannot be seen")
            return LOST_KEY
        if key in keys:
            first = self.lines.spot(keys[key].start_mark, keys[key].end_mark, self.first_line)
            self._mistake(event, f"the key `{shown(key)}` stands here twice", f"first in line {first.line}")
            return LOST_KEY
        keys[key] = placed
        return key
