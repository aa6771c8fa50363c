"""`${name}` puts a value in, `$$` is a dollar sign, and that is all: one pass, no defaults, no expressions.

A text that is one variable and nothing else becomes the value itself, with its type. What is put in is never read
again, so a value that holds `${…}` stays text. The environment cannot be named.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.matchers import UNKNOWN
from harness.source.place import shown

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}(?:\.[A-Za-z0-9_-]{1,64}){0,4}")
"""What a variable's name looks like; dots part the names that the harness gives (`target.region`)."""
PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""What a name that an author gives looks like."""

TARGET_NAMES: Final = ("target.name", "target.region", "target.model", "target.deployment", "target.version")
RESERVED: Final = frozenset({"target", "arguments", "mcp", "secret"})

WHOLLY, PARTLY, KNOWN = "wholly", "partly", "known"
"""Ways to put values in: all of them now; some now and the rest in a later pass; some, and there is no other pass."""

SECRET: Final = re.compile(r"\$\{secret\.([A-Za-z0-9_-]{1,64})\}")
"""A secret's name as a whole text; its value is put in where the request goes out, and nowhere else."""

_MARK: Final = re.compile(r"\$(?:\$|\{([^}]*)(\}?))")


class UnknownVariable(LookupError):
    """A name has no value; the message says which."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"unknown variable `{shown(name)}`")


def substitute(value: Any, bindings: Mapping[str, Any], *, partly: bool = False) -> Any:
    """The value with its variables put in and `$$` made `$`; what holds neither comes back as the same object.

    With `partly`, names that have no value stay, and the outcome is a template still: what was put in is escaped,
    so that a later pass leaves it alone.

    Raises:
        UnknownVariable: a name has no value, and `partly` is not given.
    """
    return _put_in(value, bindings, PARTLY if partly else WHOLLY)


def put_known(value: Any, bindings: Mapping[str, Any]) -> Any:
    """The value with those variables put in that have a value, and nothing else touched: for text that is not ours."""
    return _put_in(value, bindings, KNOWN)


def names(value: Any) -> set[str]:
    """The names of all variables in a value."""
    return {name for _, name in occurrences(value)}


def occurrences(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every variable in a value with the path to the text that holds it.

    A brace that is never closed is one too, by the name `${…`, which nothing can have.
    """
    if isinstance(value, str):
        if "$" in value:
            for mark in _MARK.finditer(value):
                if mark[1] is not None:
                    yield path, _name(mark)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from occurrences(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from occurrences(inner, (*path, index))


def holds_marks(value: Any) -> bool:
    """Whether there is anything in a value that `substitute` would change."""
    if isinstance(value, str):
        return "$" in value and _MARK.search(value) is not None
    if isinstance(value, dict):
        return any(map(holds_marks, value.values()))
    return isinstance(value, list) and any(map(holds_marks, value))


def drafted(value: Any) -> Any:
    """The value with UNKNOWN for every text that is one variable: enough to check a matcher's shape."""
    if isinstance(value, str):
        mark = _MARK.fullmatch(value) if "$" in value else None
        return UNKNOWN if mark and mark[1] is not None else value
    if isinstance(value, dict):
        return {key: drafted(inner) for key, inner in value.items()}
    return [drafted(inner) for inner in value] if isinstance(value, list) else value


def spelt(value: Any) -> str:
    """A value inside a longer text: as JSON spells it, a text as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int | float):
        return str(value)
    import json

    return json.dumps(value, ensure_ascii=False)


def _put_in(value: Any, bindings: Mapping[str, Any], way: str) -> Any:
    if isinstance(value, str):
        return _text(value, bindings, way) if "$" in value else value
    if isinstance(value, dict):
        inner = {key: _put_in(each, bindings, way) for key, each in value.items()}
        return inner if any(inner[key] is not value[key] for key in inner) else value
    if isinstance(value, list):
        entries = [_put_in(each, bindings, way) for each in value]
        return entries if any(new is not old for new, old in zip(entries, value, strict=True)) else value
    return value


def _text(text: str, bindings: Mapping[str, Any], way: str) -> Any:
    whole = _MARK.fullmatch(text)
    if whole is not None and whole[1] is not None and _name(whole) in bindings:
        value = bindings[whole[1]]
        return _escaped(value) if way == PARTLY else value

    def put(mark: re.Match[str]) -> str:
        if mark[1] is None:
            return "$" if way == WHOLLY else "$$"
        name = _name(mark)
        if name in bindings:
            value = spelt(bindings[name])
            return value.replace("$", "$$") if way == PARTLY else value
        if way == WHOLLY:
            raise UnknownVariable(name)
        return mark[0]

    return _MARK.sub(put, text)


def _name(mark: re.Match[str]) -> str:
    return mark[1] if mark[2] else mark[0]


def _escaped(value: Any) -> Any:
    """A value in which a later pass finds no variable."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: _escaped(inner) for key, inner in value.items()}
    return [_escaped(inner) for inner in value] if isinstance(value, list) else value
