"""JSON pointers (RFC 6901): how everything here says where in a JSON value something is.

Knows nothing of the values' meaning.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_INDEX: Final = re.compile("0|[1-9][0-9]{0,17}")

MISSING: Final = type("Missing", (), {"__repr__": lambda _: "MISSING", "__bool__": lambda _: False})()
"""What `resolve` answers where the pointer leads nowhere; unlike None it is never a JSON value."""


def escape(token: str | int) -> str:
    """One reference token as it stands in a pointer: `a/b` becomes `a~1b`."""
    return str(token).replace("~", "~0").replace("/", "~1")


def extend(pointer: str, *tokens: str | int) -> str:
    """The pointer to what lies below `pointer` under the given keys and indices."""
    return pointer + "".join("/" + escape(token) for token in tokens)


def tokens(pointer: str) -> list[str]:
    """The unescaped reference tokens of a pointer.

    Raises:
        ValueError: the pointer is neither empty nor begins with a slash.
    """
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"a JSON pointer begins with a slash: {pointer!r}")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def resolve(value: Any, pointer: str) -> Any:
    """What the pointer leads to in a JSON value, or MISSING.

    Raises:
        ValueError: the pointer is malformed.
    """
    for token in tokens(pointer):
        if isinstance(value, Mapping):
            if token not in value:
                return MISSING
            value = value[token]
        elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
            if not _INDEX.fullmatch(token) or int(token) >= len(value):
                return MISSING
            value = value[int(token)]
        else:
            return MISSING
    return value


def walk(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every value inside a JSON value with its pointer, the whole first, in document order."""
    yield pointer, value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from walk(inner, extend(pointer, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from walk(inner, extend(pointer, index))
