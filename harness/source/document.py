"""A file of strict YAML as plain data with the place of every node and key.

Core scalars, text keys, no tags, no merge keys, few aliases, little depth. Everything is counted while the
parser's events come in, before anything is built of them, so that no file can crash the reader or fill the memory.
Knows nothing of scenarios.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from harness.source.building import Builder, Leaf, Limits, Node, Tree
from harness.source.lines import Lines, breaks, split
from harness.source.place import Diagnostic, Place, Refused

Path = tuple[str | int, ...]
"""The keys and indices that lead to a node from the top of its document."""

LIMITS: Final = Limits()

_BOUNDARY: Final = re.compile(r"(?:\A|(?<=[\n\r\x85\u2028\u2029]))(?:---|\.\.\.)(?=[ \t\n\r\x85\u2028\u2029]|\Z)")
_DIRECTIVES: Final = re.compile(r"(?:[ \t]*+(?:#[^\n\r]*+)?[\n\r])*+%")  # possessive: it never goes back
_YAML_DIRECTIVE: Final = re.compile(r"%YAML[ \t]+1\.2[ \t]*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document.

    `value` is plain data: dict, list, str, int, float, bool, None; it must not be changed, since an alias shares
    what it stands for. `text` is the document's own part of the file.
    """

    value: Any
    text: str
    lines: Lines
    root: Node
    first_line: int = 0

    @property
    def file(self) -> str:
        return self.lines.file

    def place(self, path: Path = (), key: bool = False) -> Place:
        """Where the node at `path` stands, or its key; where the path leads nowhere, the last node on the way."""
        node, keys = self._node(path)
        found = keys[path[-1]] if key and path and keys and path[-1] in keys else node
        return self.lines.spot(found.start_mark, found.end_mark, self.first_line)

    def place_of_text(self, path: Path, text: str) -> Place:
        """Where a text stands within the scalar at `path`; the whole scalar where it is not written out there."""
        node, _ = self._node(path)
        column = node.start_mark.column
        for number in range(node.start_mark.line, node.end_mark.line + 1):
            if (at := self.lines[self.first_line + number].find(text, column)) >= 0:
                return Place(self.file, self.first_line + number + 1, at + 1, len(text))
            column = 0
        return self.place(path)

    def _node(self, path: Path) -> tuple[Node, dict[Any, Leaf] | None]:
        """The node that the path leads to, as far as it leads, and the keys beside it."""
        node: Node = self.root
        keys: dict[Any, Leaf] | None = None
        for token in path:
            if not isinstance(node, Tree) or token not in node.inner:
                break
            keys = node.keys
            node = node.inner[token]
        return node, keys

    def diagnostic(self, path: Path, message: str, hint: str | None = None, *, key: bool = False) -> Diagnostic:
        """A diagnostic that points at a node or its key."""
        return self.lines.diagnostic(self.place(path, key), message, hint)


def parse(text: bytes, file: str, limits: Limits = LIMITS) -> list[Document]:
    """The documents of a file, in order; `file` is the name that places bear.

    Raises:
        Refused: something in it is not strict YAML, or there is nothing in it; every mistake of every document.
    """
    documents, mistakes = examine(text, file, limits)
    if mistakes:
        raise Refused(mistakes)
    return documents


def examine(text: bytes, file: str, limits: Limits = LIMITS) -> tuple[list[Document], list[Diagnostic]]:
    """The documents that can be looked at further, and every mistake so far. Never raises on any bytes."""
    if len(text) > limits.file_bytes:
        message = f"the file is larger than {limits.file_bytes >> 20} MiB"
        return [], [Diagnostic(Place(file, 1, 1), message, "split it into several files")]
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [_not_utf8(text, file, error)]
    lines = Lines(file, decoded)
    documents: list[Document] = []
    mistakes: list[Diagnostic] = []
    nodes_left = limits.file_nodes
    for count, (chunk, first_line) in enumerate(_chunks(decoded)):
        if len(mistakes) >= limits.mistakes:
            break
        if count >= limits.documents:
            mistakes.append(lines.at(first_line, f"the file holds more than {limits.documents} documents"))
            break
        if (prefix := _DIRECTIVES.match(chunk)) is not None:
            mistakes += _directives(chunk, prefix, first_line, lines)
            continue
        builder = Builder(chunk, first_line, lines, limits, nodes_left)
        built = builder.build()
        mistakes += builder.mistakes
        nodes_left -= builder.nodes
        if built is not None and built.value is not None:
            documents.append(Document(built.value, chunk, lines, built.node, first_line))
        elif built is not None and not builder.mistakes:
            mistakes.append(lines.at(first_line, "this document is empty", "remove the `---`, or write after it"))
    if not documents and not mistakes:
        mistakes.append(lines.at(0, "there is nothing in this file"))
    return documents, mistakes


def _chunks(text: str) -> Iterator[tuple[str, int]]:
    """The file cut where documents begin and end, each part with the count of lines before it.

    libyaml gives up at its first error; cut, the other documents are still checked.
    """
    if "\n---" not in text and "\r---" not in text and "\n..." not in text and "\r..." not in text:
        yield text, 0
        return
    start = line = 0
    for boundary in _BOUNDARY.finditer(text):
        at, end = boundary.span()
        if at > start:
            yield text[start:at], line
        line += breaks(text[start:at])
        start = at if boundary.group() == "---" else end
    if start < len(text):
        yield text[start:], line


def _directives(chunk: str, prefix: re.Match[str], first_line: int, lines: Lines) -> Iterator[Diagnostic]:
    """Every line before a `---` that is neither a comment nor the one directive that changes nothing."""
    for number, line in enumerate(split(chunk)):
        if line.strip() and not line.lstrip().startswith("#") and not _YAML_DIRECTIVE.fullmatch(line):
            yield lines.at(first_line + number, "directives are refused", "only `%YAML 1.2` may stand here")


def _not_utf8(text: bytes, file: str, error: UnicodeDecodeError) -> Diagnostic:
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Diagnostic(Place(file, 1, 1), "the file is UTF-16", "save it as UTF-8")
    at = error.start + len(text) - len(error.object)  # the mark at the beginning is not counted by what decodes
    line = split(text[:at].decode("utf-8-sig"))
    rest = re.split(rb"[\r\n]", text[at : at + 200], maxsplit=1)[0].decode("utf-8", "replace")
    place = Place(file, len(line), len(line[-1]) + 1)
    message = f"the file is not UTF-8: byte 0x{text[at]:02x} at offset {at}"
    return Diagnostic(place, message, "save it as UTF-8", line[-1] + rest)
