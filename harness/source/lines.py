"""The lines of a file, for diagnostics to quote."""

import re
from typing import Final, Protocol

from harness.source.place import Diagnostic, Place

_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what libyaml takes for the end of a line
_RARE: Final = ("\r", "\x85", "\u2028", "\u2029")


def split(text: str) -> list[str]:
    """The lines of a text without their breaks, cut where the parser counts one."""
    return _BREAK.split(text) if any(rare in text for rare in _RARE) else text.split("\n")


def breaks(text: str) -> int:
    """How many line breaks the parser counts in a text."""
    return len(_BREAK.findall(text)) if any(rare in text for rare in _RARE) else text.count("\n")


class Mark(Protocol):
    """A point in a text as the parser tells it, counted from 0 in characters."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def index(self) -> int: ...


class Lines:
    """The text of a file; a line is looked for only when it has to be shown, and nothing but it is copied."""

    __slots__ = ("_at", "_rare", "_text", "file")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._text = text
        self._rare = any(rare in text for rare in _RARE)
        self._at = (0, 0)  # a line's number and where it begins: mistakes come in file order, so go on from there

    def __getitem__(self, number: int) -> str:
        """The line with this number, counted from 0, without its break; nothing beyond the end."""
        line, start = self._at if self._at[0] <= number else (0, 0)
        while line < number:
            end, after = self._break(start)
            if end == after:
                return ""
            line, start = line + 1, after
        self._at = (line, start)
        return self._text[start : self._break(start)[0]]

    def _break(self, start: int) -> tuple[int, int]:
        """Where the line that begins at `start` ends, and where the next begins."""
        if self._rare:
            found = _BREAK.search(self._text, start)
            return found.span() if found else (len(self._text), len(self._text))
        end = self._text.find("\n", start)
        return (end, end + 1) if end >= 0 else (len(self._text), len(self._text))

    def spot(self, start: Mark, end: Mark, first_line: int = 0) -> Place:
        """The place between two marks; what goes on over several lines is shown to the end of its first."""
        line, column = start.line, start.column
        if end.line == line:
            width = max(1, end.column - column)
        else:
            width = max(1, len(self[first_line + line].rstrip()) - column)
        return Place(self.file, first_line + line + 1, column + 1, width)

    def diagnostic(self, place: Place, message: str, hint: str | None = None) -> Diagnostic:
        """A diagnostic with the line that it points at."""
        return Diagnostic(place, message, hint, self[place.line - 1])

    def at(self, line: int, message: str, hint: str | None = None, column: int = 0) -> Diagnostic:
        """A diagnostic for a whole line, or what of it begins at `column`; both counted from 0."""
        text = self[line]
        width = max(1, len(text.rstrip()) - column)
        return Diagnostic(Place(self.file, line + 1, column + 1, width), message, hint, text)

    def before(self, text: str, first_line: int, index: int) -> tuple[int, int]:
        """Line and column, counted from 0, of a character of a part of the file."""
        cut = split(text[:index])
        return first_line + len(cut) - 1, len(cut[-1])
