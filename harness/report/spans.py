"""Where the value of a JSON pointer stands in the text of a JSON document."""

import json
import re
from typing import Final, NamedTuple

from harness.pointer import tokens

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder(strict=False)


class Span(NamedTuple):
    """Characters `[start, end)` of a text; `whole` says whether the pointer was followed to its end."""

    start: int
    end: int
    whole: bool = True


def span(text: str, pointer: str) -> Span | None:
    """The value that a pointer leads to, or the nearest around it; None where the text is no JSON."""
    try:
        path = tokens(pointer)
        start = _after_space(text, 0)
        end = _DECODER.raw_decode(text, start)[1]
        for token in path:
            found = _inside(text, start, token)
            if found is None:
                return Span(start, end, False)
            start, end = found
    except (ValueError, IndexError, RecursionError):
        return None
    return Span(start, end)


def _inside(text: str, start: int, token: str) -> tuple[int, int] | None:
    """The characters of one member of the object or array that begins at `start`; None where it has none such."""
    match text[start]:
        case "{":
            return _member(text, start, token)
        case "[" if token.isdecimal():
            return _element(text, start, int(token))
    return None


def _member(text: str, start: int, token: str) -> tuple[int, int] | None:
    """The last one of that name, as readers of JSON take it."""
    found = None
    at = _after_space(text, start + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = _after_space(text, _after_space(text, at) + 1)  # the colon
        end = _DECODER.raw_decode(text, at)[1]
        if name == token:
            found = at, end
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return found


def _element(text: str, start: int, wanted: int) -> tuple[int, int] | None:
    at = _after_space(text, start + 1)
    index = 0
    while text[at] != "]":
        end = _DECODER.raw_decode(text, at)[1]
        if index == wanted:
            return at, end
        index += 1
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return None


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
