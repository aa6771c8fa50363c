"""Places in files that people write, and the diagnostics that point at them."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

LONGEST_SHOWN: Final = 80
"""How many characters of a value a message shows."""
WINDOW: Final = 120
"""How many characters of the offending line are shown."""

HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # invisible, bidi
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"  # marks that span what follows them
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # joiners of scripts that are drawn
    "\ud800-\udfff\ufffe\uffff]"
)
"""Characters that cannot be seen or that turn others around: shown as escapes, refused in names."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file: 1-based line and column (in characters), and how wide it is."""

    file: str
    line: int
    column: int
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """What is wrong in a file that a person wrote: where, the line itself, and how to mend it.

    `line_text` is the whole line as it stands in the file, without its break.
    """

    place: Place
    message: str
    hint: str | None = field(default=None, compare=False)
    line_text: str = field(default="", compare=False)

    def __str__(self) -> str:
        number = str(self.place.line)
        margin = " " * len(number)
        line, carets = self._window()
        hint = f" {escaped(self.hint)}" if self.hint else ""
        return "\n".join(
            (
                f"error: {escaped(self.message)}",
                f"{margin}--> {escaped(str(self.place))}",
                f"{margin} |",
                f"{number} | {line}".rstrip(),
                f"{margin} | {carets}{hint}",
            )
        )

    def _window(self) -> tuple[str, str]:
        """The part of the line around the place, nothing hidden in it, and the carets beneath."""
        start = min(self.place.column - 1, len(self.line_text))
        end = max(start + 1, min(start + self.place.width, len(self.line_text)))
        left = 0 if end <= WINDOW else max(0, start - WINDOW // 3)
        right = left + WINDOW
        before, within, after = (
            escaped(self.line_text[a:b].replace("\t", " "))
            for a, b in ((left, start), (start, min(end, right)), (min(end, right), right))
        )
        before = "…" * (left > 0) + before
        after += "…" * (right < len(self.line_text))
        return before + within + after, " " * _cells(before) + "^" * max(1, _cells(within))


class Refused(Exception):
    """What a person wrote cannot be used; `diagnostics` holds every mistake, in file order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.diagnostics))


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None where nothing is near."""
    near = difflib.get_close_matches(word[:LONGEST_SHOWN].lower(), list(known), n=1, cutoff=0.6)
    return near[0] if near else None


def suggestion(word: str, known: Sequence[str]) -> str | None:
    """The hint for an unknown word: the one that was meant, else the choice where it is small."""
    if meant := did_you_mean(word, known):
        return f"did you mean `{meant}`?"
    return choice(known)


def choice(known: Sequence[str]) -> str | None:
    """The hint that names what there is, where that is not much."""
    if len(known) == 1:
        return f"there is only {known[0]}"
    return f"one of {', '.join(known)}" if 0 < len(known) <= 12 else None


def escaped(text: str) -> str:
    """The text on one line with nothing hidden in it: control, bidi and zero-width characters become escapes."""
    return HIDDEN.sub(_escape, text)


def shown(value: object) -> str:
    """A value for a message: on one line, nothing hidden in it, cut at LONGEST_SHOWN characters."""
    text = escaped(value) if isinstance(value, str) else escaped(repr(value))
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    short = {9: "\\t", 10: "\\n", 13: "\\r"}.get(code)
    return short or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}")


def _cells(text: str) -> int:
    """How many cells of a terminal the text fills."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
