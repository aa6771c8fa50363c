"""What must never reach a disk, a terminal or a report: secrets, and the one place where they are removed.

A `Secret` is not a string and does not become one by accident. A `Redactor` blanks the values of secrets, in
the forms in which an endpoint might give them back, in everything that is about to be written.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Final, NoReturn
from urllib.parse import quote, quote_plus

MARK: Final = b"[redacted]"
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
    """A value as an endpoint might repeat it: plain, JSON-escaped, URL-encoded, in base64 at any alignment."""
    raw = value.encode()
    escaped = json.dumps(value)[1:-1]
    found = {
        raw,
        escaped.encode(),
        escaped.replace("/", "\\/").encode(),
        quote(value, safe="").encode(),
        quote_plus(value).encode(),
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


def _spans(needle: bytes, data: bytes) -> Iterator[tuple[int, int]]:
    start = data.find(needle)
    while start >= 0:
        yield start, start + len(needle)
        start = data.find(needle, start + 1)
