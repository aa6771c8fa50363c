"""How two values differ, said so that a person sees it at a glance: lines that begin with `-`, `+` or a space."""

import json
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

GLANCE: Final = 60
"""Characters up to which two texts on one line need no difference beside them."""
CONTEXT: Final = 2
"""Lines that are the same, shown before and after a difference."""
AROUND: Final = 30
"""Characters that are the same, shown before and after a difference within a line."""
LONGEST_LINE: Final = 200
MOST_LINES: Final = 40
MOST_COMPARED: Final = 400
"""Lines or entries that are held against each other, at most; the effort is their product."""

Step = tuple[str, int, int, int, int]
"""What became of a stretch: equal, replace, delete or insert, with its bounds in both sequences."""


def of_texts(expected: str, actual: str) -> str:
    """Where two texts differ, expected behind `-` and actual behind `+`; empty where that is seen without help."""
    if expected == actual or (max(len(expected), len(actual)) <= GLANCE and "\n" not in expected + actual):
        return ""
    lines = list(_told(expected.split("\n"), actual.split("\n")))
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"  … {_lines(len(lines) - MOST_LINES)} more"]
    return "\n".join(lines)


def steps(expected: Sequence[Any], actual: Sequence[Any]) -> list[Step] | None:
    """How one list becomes the other, or None where they are too long to be held against each other."""
    if max(len(expected), len(actual)) > MOST_COMPARED:
        return None
    return list(SequenceMatcher(None, _keys(expected), _keys(actual), autojunk=False).get_opcodes())


def _keys(entries: Sequence[Any]) -> list[str]:
    return [each if isinstance(each, str) else json.dumps(each, sort_keys=True, default=str) for each in entries]


def _told(expected: list[str], actual: list[str]) -> Iterator[str]:
    same = _shared(expected, actual)
    rest = _shared(expected[same:][::-1], actual[same:][::-1])
    first, second = expected[same : len(expected) - rest], actual[same : len(actual) - rest]
    if same > CONTEXT:
        yield f"  … {_lines(same - CONTEXT)} the same"
    yield from (_line(" ", each) for each in expected[max(0, same - CONTEXT) : same])
    for tag, a, b, c, d in steps(first, second) or [("replace", 0, len(first), 0, len(second))]:
        if tag == "equal":
            yield from _kept(first[a:b])
        elif tag == "replace" and b - a == d - c:
            for one, other in zip(first[a:b], second[c:d], strict=True):
                yield from _pair(one, other)
        else:
            yield from (_line("-", each) for each in first[a:b])
            yield from (_line("+", each) for each in second[c:d])
    tail = expected[len(expected) - rest :]
    yield from (_line(" ", each) for each in tail[:CONTEXT])
    if rest > CONTEXT:
        yield f"  … {_lines(rest - CONTEXT)} the same"


def _kept(lines: Sequence[str]) -> Iterator[str]:
    """Lines that are the same, those far from any difference left out."""
    if len(lines) <= 2 * CONTEXT + 1:
        yield from (_line(" ", each) for each in lines)
        return
    yield from (_line(" ", each) for each in lines[:CONTEXT])
    yield f"  … {_lines(len(lines) - 2 * CONTEXT)} the same"
    yield from (_line(" ", each) for each in lines[-CONTEXT:])


def _pair(expected: str, actual: str) -> Iterator[str]:
    """Two lines that stand for each other, from shortly before to shortly after what differs."""
    begin = max(0, _shared(expected, actual) - AROUND)
    end = max(0, _shared(expected[begin:][::-1], actual[begin:][::-1]) - AROUND)
    for sign, text in (("-", expected), ("+", actual)):
        shown = text[begin : len(text) - end]
        yield _line(sign, ("…" if begin else "") + shown + ("…" if end else ""))


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _line(sign: str, text: str) -> str:
    return f"{sign} {text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + '…'}"


def _shared(one: Sequence[Any], other: Sequence[Any]) -> int:
    """How many entries both have in common at their beginning."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
