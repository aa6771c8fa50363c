"""What must never reach a disk, a terminal or a report: secrets, and the one place where they are removed.

A `Secret` is not a string and does not become one by accident. A `Redactor` blanks the values of secrets, in
the forms in which an endpoint might give them back, in everything that is about to be written.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final, NoReturn
from urllib.parse import quote, quote_plus

MARK: Final = b"[redacted]"
_DATA_LINE: Final = re.compile(rb"^data:[^\r\n]*", re.MULTILINE)
_DELTA: Final = re.compile(rb'"delta"\s*:\s*("(?:[^"\\]|\\.)*")')
_TYPE: Final = re.compile(rb'"type"\s*:\s*"([^"]*)"')
_OUTPUT: Final = re.compile(rb'"output_index"\s*:\s*(\d+)')
SHORTEST: Final = 8
"""Shorter secrets are refused: they cannot be removed without harming innocent text."""


class SecretTooShort(ValueError):
    """A secret is too short to be redacted safely; the message names it, never its value."""


class Secret:
    """A credential's value. Prints as `***`; only `reveal` gives it away."""

    __slots__ = ("_value", "name")

    def __init__(self, name: str, value: str) -> None:
        if len(value) < SHORTEST:
            raise SecretTooShort(f"the value of {name} has fewer than {SHORTEST} characters")
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"the value of {name} holds a line end or a character that no header may carry")
        self.name = name
        self._value = value

    def __repr__(self) -> str:
        return f"Secret({self.name!r}, ***)"

    def __str__(self) -> NoReturn:
        raise TypeError(f"the secret {self.name} is not a string")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError(f"the secret {self.name} is not a string")

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"the secret {self.name} is not written down")

    def reveal(self) -> str:
        """The value, for the one who writes it into a request to a host it belongs to."""
        return self._value


def forms(value: str) -> list[bytes]:
    """A value as an endpoint might repeat it: plain, escaped for JSON or HTML, URL-encoded, in base64 at any alignment.

    Letter case does not matter: whoever looks for them looks in lower case.
    """
    raw = value.encode()
    escaped = json.dumps(value)[1:-1]
    found = {
        raw,
        escaped.encode(),
        escaped.replace("/", "\\/").encode(),
        quote(value, safe="").encode(),
        quote_plus(value).encode(),
        html.escape(value).encode(),
        "".join(f"\\u{ord(letter):04x}" for letter in value).encode(),
        "".join(f"\\\\u{ord(letter):04x}" for letter in value).encode(),  # the same, as a text in JSON
        "".join(f"%{ord(letter):02x}" for letter in value).encode(),
    }
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        # Only the characters that no neighbouring byte can change are sure to be there.
        sure = coded[(0, 2, 3)[shift] :]
        spare = (shift + len(raw)) % 3
        sure = sure[: len(sure) - (0, 3, 2)[spare]] if spare else sure
        found |= {sure, sure.replace(b"+", b"-").replace(b"/", b"_")}
    return sorted(found, key=len, reverse=True)


class Redactor:
    """Blanks every form of every secret, in whatever letter case, in bytes that are about to be written."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._needles: tuple[bytes, ...] = ()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Another secret; whoever redacts in another thread sees it whole or not at all."""
        found = {form.lower() for form in forms(secret.reveal())}.union(self._needles)
        self._needles = tuple(sorted(found, key=len, reverse=True))

    def __call__(self, data: bytes) -> bytes:
        if not self._needles:
            return data
        return self._in_one_piece(self._in_deltas(data))

    def finds(self, data: bytes) -> bool:
        """Whether a secret stands in the data, in one piece or in the deltas of a stream."""
        if not self._needles:
            return False
        folded = data.lower()
        return any(needle in folded for needle in self._needles) or self._in_deltas(data) is not data

    def _in_deltas(self, data: bytes) -> bytes:
        """A stream in which every delta is blanked that holds a part of a secret: no piece of it would be found."""
        if b'"delta"' not in data:
            return data
        blanked: list[tuple[int, int]] = []
        for deltas in _joined(data).values():
            text = "".join(delta for _, delta in deltas).encode("utf-8", "surrogatepass").lower()
            spans = [span for needle in self._needles for span in _spans(needle, text)]
            end = 0
            for place, delta in deltas if spans else ():
                start, end = end, end + len(delta.encode("utf-8", "surrogatepass"))
                if any(first < end and start < last for first, last in spans):
                    blanked.append(place)
        if not blanked:
            return data
        kept, end = [], 0
        for start, stop in sorted(blanked):
            kept += [data[end:start], b'"', MARK, b'"']
            end = stop
        return b"".join((*kept, data[end:]))

    def _in_one_piece(self, data: bytes) -> bytes:
        folded = data.lower()  # ASCII alone: every byte stays at its place
        spans = sorted(span for needle in self._needles for span in _spans(needle, folded))
        if not spans:
            return data
        kept, end = [], 0
        for start, stop in spans:
            if start >= end:
                kept += [data[end:start], MARK]
            end = max(end, stop)
        return b"".join((*kept, data[end:]))


def _joined(data: bytes) -> dict[bytes, list[tuple[tuple[int, int], str]]]:
    """The deltas of a stream by what they grow (the line without them and without numbers), each with its place."""
    found: dict[bytes, list[tuple[tuple[int, int], str]]] = {}
    for line in _DATA_LINE.finditer(data):
        delta = _DELTA.search(line[0])
        if delta is None:
            continue
        try:
            text = json.loads(delta[1], strict=False)
        except ValueError:
            continue
        kind = _TYPE.search(line[0])
        index = _OUTPUT.search(line[0])
        start = line.start() + delta.start(1)
        grows = (kind[1] if kind else b"") + b"/" + (index[1] if index else b"")
        found.setdefault(grows, []).append(((start, start + len(delta[1])), text))
    return found


def _spans(needle: bytes, data: bytes) -> Iterator[tuple[int, int]]:
    start = data.find(needle)
    while start >= 0:
        yield start, start + len(needle)
        start = data.find(needle, start + 1)
