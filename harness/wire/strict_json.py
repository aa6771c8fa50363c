"""JSON read strictly: every doubt is a refusal with a name and a byte position.

A fast parser reads what is sound. What it refuses is read again by a slow reader of our own, which has no other
task than to say what is wrong and where. Source: RFC 8259; the bounds of depth and of numbers are the harness's own.
"""

import math
import re
from collections.abc import Callable
from typing import Any, Final

import jiter

DEPTH: Final = 64
"""How deep arrays and objects may be nested."""
NUMBER: Final = 40
"""How many characters a number may have."""

_LARGE: Final = 10 ** (NUMBER - 1)
_LOOKS: Final = bytes(
    ord("0" if char in "0123456789.eE+-" else "{" if char == "[" else char) for char in map(chr, range(256))
)
"""What bytes look like from afar: whatever numbers are made of is 0, openings are {."""
_LONG: Final = b"0" * (NUMBER + 1)
_LOWER_EXPONENT: Final = re.compile(rb"e(?<=[0-9]e)\+?[0-9]{3}")  # begins with a letter, so it is found fast
_UPPER_EXPONENT: Final = re.compile(rb"E(?<=[0-9]E)\+?[0-9]{3}")

_SPACE: Final = re.compile(rb"[ \t\n\r]*+")
_NUMBER: Final = re.compile(rb"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][+-]?[0-9]++)?")
_LITERAL: Final = re.compile(rb"[A-Za-z0-9_.+-]++")
_PLAIN: Final = re.compile(rb'[^"\\\x00-\x1f]*+')
_ESCAPE: Final = re.compile(rb'\\(?:(["\\/bfnrt])|u([0-9A-Fa-f]{4}))')
_SHORT: Final = dict(zip(b'"\\/bfnrt', '"\\/\b\f\n\r\t', strict=True))
_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+[{\[]")
_WORDS: Final[dict[bytes, Any]] = {b"true": True, b"false": False, b"null": None}


class NotStrict(ValueError):
    """Bytes that are no JSON, or none that is safe to read.

    `kind` is one of bad_json, bad_utf8, duplicate_key, too_deep, bad_number, lone_surrogate; `position` is the
    byte offset at which it shows. `value` is what a lenient reader would have read where there is one: with the
    half surrogate pair in its text, with the last of the doubled keys; else None.
    """

    def __init__(self, kind: str, detail: str, position: int, value: Any = None) -> None:
        super().__init__(f"{detail} at byte {position}")
        self.kind = kind
        self.detail = detail
        self.position = position
        self.value = value


def decode(data: bytes) -> Any:
    """The value of a JSON text: dict, list, str, int, float, bool or None.

    Raises:
        NotStrict: it is not strictly JSON, nested deeper than DEPTH, or has a number longer than NUMBER.
    """
    try:
        value = jiter.from_json(data, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys")
    except ValueError:
        return _Reader(data).read()
    if value.__class__ is dict:
        for item in value.values():  # flat and without a fraction or a large number, as most events are: sound
            kind = item.__class__
            if kind is str or (not item and kind is not float):
                continue
            if (kind is int and -_LARGE < item < _LARGE) or item is True:
                continue
            break
        else:
            return value
    return value if _harmless(data) or _bounded(value, data) else _Reader(data).read()


def looks_like_json(data: bytes) -> bool:
    """Whether the bytes begin as a JSON object or array does."""
    return _START.match(data) is not None


def _harmless(data: bytes) -> bool:
    """Whether the mere look of the bytes rules out depth and monstrous numbers; text may look like either."""
    looks = data.translate(_LOOKS)
    if looks.count(b"{") > DEPTH or _LONG in looks:
        return False
    lower, upper = _LOWER_EXPONENT.search(data), _UPPER_EXPONENT.search(data)
    return (lower is None and upper is None) or not _has_power(data)


def _has_power(data: bytes) -> bool:
    """Whether a number with an exponent of three digits may stand somewhere; ids look so, but letters come before."""
    for pattern in (_LOWER_EXPONENT, _UPPER_EXPONENT):
        for found in pattern.finditer(data):
            before = data[max(0, found.start() - NUMBER) : found.start()].rstrip(b"0123456789.-")
            if before[-1:] in (b"", b":", b",", b"[", b" ", b"\t", b"\n", b"\r"):
                return True
    return False


def _bounded(value: Any, data: bytes) -> bool:
    """Whether no part is nested deeper than DEPTH and no number is too long or beyond a float's range (1e400)."""
    if _LONG in data.translate(_LOOKS):
        return False
    level: list[Any] = [[value]]
    depth = -1
    while level:
        depth += 1
        if depth > DEPTH:
            return False
        below: list[Any] = []
        for group in level:
            for item in group.values() if group.__class__ is dict else group:
                kind = item.__class__
                if kind is dict or kind is list:
                    below.append(item)
                elif kind is float and math.isinf(item):
                    return False
        level = below
    return True


class _Reader:
    """The slow reader. It uses no recursion: what is open stands on a list."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._open: list[tuple[Any, str | None]] = []  # a container, and the key whose value comes next
        self._doubt: tuple[str, str, int] | None = None  # the first fault that still leaves a value

    def read(self) -> Any:
        if not self._data.isascii():
            try:
                self._data.decode()
            except UnicodeDecodeError as error:
                raise NotStrict("bad_utf8", "not UTF-8", error.start) from None
        value = self._text()
        if self._doubt:
            raise NotStrict(*self._doubt, value)
        return value

    def _text(self) -> Any:
        while True:
            value = self._begin()
            if isinstance(value, dict | list) and not self._closes_at_once(value):
                continue
            while self._open:
                container, key = self._open[-1]
                if isinstance(container, dict):
                    assert key is not None
                    container[key] = value
                else:
                    container.append(value)
                end = b"}" if isinstance(container, dict) else b"]"
                mark = self._mark()
                if mark == b",":
                    self._at += 1
                    if isinstance(container, dict):
                        self._open[-1] = (container, self._key(container))
                    break
                if mark != end:
                    raise self._broken(f"expected , or {end.decode()}")
                self._at += 1
                self._open.pop()
                value = container
            else:
                if self._mark():
                    raise self._broken("something stands after the value")
                return value

    def _begin(self) -> Any:
        """A scalar, or a container just opened."""
        mark = self._mark()
        read = self._BEGIN.get(mark)
        if read is not None:
            return read(self)
        if mark in b"-0123456789" and mark:
            return self._number()
        word = _LITERAL.match(self._data, self._at)
        if word and word[0] in _WORDS:
            self._at = word.end()
            return _WORDS[word[0]]
        raise self._broken("expected a value")

    def _object(self) -> Any:
        return self._opened({})

    def _array(self) -> Any:
        return self._opened([])

    def _opened(self, container: Any) -> Any:
        if len(self._open) >= DEPTH:
            raise NotStrict("too_deep", f"nested deeper than {DEPTH}", self._at)
        self._at += 1
        return container

    def _closes_at_once(self, container: Any) -> bool:
        """Whether an opened container is empty; else it now stands open, an object with its first key read."""
        if self._mark() == (b"}" if isinstance(container, dict) else b"]"):
            self._at += 1
            return True
        key = self._key(container) if isinstance(container, dict) else None
        self._open.append((container, key))
        return False

    def _key(self, container: dict[str, Any]) -> str:
        if self._mark() != b'"':
            raise self._broken("expected a key in quotes")
        start = self._at
        key = self._string()
        if key in container:
            self._note("duplicate_key", f"the key {key[:40]!r} stands twice", start)
        if self._mark() != b":":
            raise self._broken("expected : after a key")
        self._at += 1
        return key

    def _string(self) -> str:
        start = self._at
        self._at += 1
        parts: list[str] = []
        while True:
            plain = _PLAIN.match(self._data, self._at)
            assert plain is not None
            parts.append(plain[0].decode())
            self._at = plain.end()
            mark = self._data[self._at : self._at + 1]
            if mark == b'"':
                self._at += 1
                return self._joined(parts, start)
            if mark != b"\\":
                raise self._broken("a string does not end" if not mark else "a control character in a string")
            escape = _ESCAPE.match(self._data, self._at)
            if not escape:
                raise self._broken("no such escape")
            parts.append(_SHORT[escape[1][0]] if escape[1] else chr(int(escape[2], 16)))
            self._at = escape.end()

    def _joined(self, parts: list[str], start: int) -> str:
        text = "".join(parts)
        if text.isascii():
            return text
        paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        if any("\ud800" <= letter <= "\udfff" for letter in paired):
            self._note("lone_surrogate", "half a surrogate pair in a string", start)
        return paired

    def _number(self) -> int | float:
        match = _NUMBER.match(self._data, self._at)
        if not match or _LITERAL.match(self._data, match.end()):
            raise self._broken("no number")
        if len(match[0]) > NUMBER:
            raise NotStrict("bad_number", f"a number of {len(match[0])} characters", self._at)
        value = float(match[0]) if match[1] or match[2] else int(match[0])
        if math.isinf(value):
            raise NotStrict("bad_number", "a number that no float can hold", self._at)
        self._at = match.end()
        return value

    def _mark(self) -> bytes:
        """The next byte that is no white space, not taken; empty at the end."""
        space = _SPACE.match(self._data, self._at)
        assert space is not None
        self._at = space.end()
        return self._data[self._at : self._at + 1]

    def _note(self, kind: str, detail: str, position: int) -> None:
        self._doubt = self._doubt or (kind, detail, position)

    def _broken(self, detail: str) -> NotStrict:
        return NotStrict("bad_json", detail, self._at)

    _BEGIN: Final[dict[bytes, Callable[["_Reader"], Any]]] = {b'"': _string, b"{": _object, b"[": _array}
