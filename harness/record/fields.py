"""Frozen dataclasses as JSON objects: written, read back with checks, and described by a JSON Schema.

One table, the annotations, serves all three, so that they cannot drift apart. The forms known here are those that
the record's lines use: str, int, float, bool, None, enumerations of strings, `X | None`, `tuple[X, ...]`,
`Mapping[str, X]`, `Any` (whatever JSON can hold) and dataclasses of these.

A field that holds its default is left out of the object where that default is None or empty; a key that is not
known is passed over: a field with a default can be added without a new format. Lone surrogates, NUL and U+FFFE
survive, because everything beyond ASCII is escaped.
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from harness.pointer import extend

Reader = Callable[[Any], Any]
"""What turns a JSON value into a field's value."""

SCALARS: Final[Mapping[Any, tuple[str, tuple[type, ...]]]] = {
    str: ("string", (str,)),
    bool: ("boolean", (bool,)),
    int: ("integer", (int,)),
    float: ("number", (int, float)),
}
"""Scalar annotation → the schema's name for it and the Python types that JSON may bring."""


class WrongShape(ValueError):
    """A JSON value is not what its place in a line demands. `pointer` grows while it leaves what surrounds it."""

    def __init__(self, expected: str, actual: object) -> None:
        self.pointer, self.expected, self.actual = "", expected, actual

    def under(self, token: str | int) -> "WrongShape":
        """The same, seen from one level further up."""
        self.pointer = extend("", token) + self.pointer
        return self

    def __str__(self) -> str:
        return f"{self.pointer or 'the line'}: {self.expected} expected, {type(self.actual).__name__} found"


def default_of(field: Field[Any]) -> Any:
    """A field's default, made anew where it is made; MISSING where there is none."""
    return field.default_factory() if field.default_factory is not MISSING else field.default


_written: dict[type, tuple[tuple[str, ...], tuple[Any, ...], Callable[[Any], tuple[Any, ...]]]] = {}
"""Of a dataclass: the names of its fields, the value with which each is left out, and what fetches their values."""


def as_object(value: object) -> Any:
    """A dataclass or a foreign mapping as what `json` can write; the hook of the encoder below.

    Raises:
        TypeError: the value is neither.
    """
    kind = type(value)
    written = _written.get(kind)
    if written is None:
        if isinstance(value, Mapping):
            return dict(value)
        if not is_dataclass(value):
            raise TypeError(f"{kind.__name__} has no form in JSON")
        written = _written[kind] = _writing(value)
    names, empties, fetch = written
    return {
        name: inner
        for name, empty, inner in zip(names, empties, fetch(value), strict=True)
        if inner is not empty and (empty is None or inner != empty)
    }


def _writing(value: Any) -> tuple[tuple[str, ...], tuple[Any, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(f.name for f in fields(value))
    fetch = attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)
    return names, tuple(_left_out_as(f) for f in fields(value)), fetch


def _left_out_as(field: Field[Any]) -> Any:
    """The value with which a field is left out: its default, where that is None or empty; else one that none has."""
    default = default_of(field)
    return default if default in (None, (), {}) else MISSING


encode: Final[Callable[[Any], str]] = json.JSONEncoder(
    ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=as_object
).encode
"""Any of the lines' values as one line of ASCII JSON. Raises ValueError or TypeError for what JSON cannot hold."""


WAYS: Final = 256
"""How many ways to read objects of one kind are kept, by their names and types: most lines are alike."""

_readers: dict[Any, Reader] = {}


def reader(form: Any) -> Reader:
    """What reads a value of an annotation; it raises WrongShape with the pointer to what is wrong."""
    if form not in _readers:
        _readers[form] = _make(form)
    return _readers[form]


def _make(form: Any) -> Reader:
    if form is Any or form is object:
        return lambda value: value
    if form in SCALARS:
        return _scalar(form)
    if isinstance(form, type) and issubclass(form, StrEnum):
        return _enumeration(form)
    if is_dataclass(form) and isinstance(form, type):
        return _dataclass(form)
    origin, arguments = get_origin(form), get_args(form)
    if origin in (Union, types.UnionType):
        inner = reader(_optional(form))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _array(reader(arguments[0]), _as_is(arguments[0]))
    return _mapping(reader(arguments[1]), _as_is(arguments[1]))


def _as_is(form: Any) -> frozenset[type]:
    """The types of JSON values that are values of the annotation already, and need no reader: most of a line."""
    if get_origin(form) in (Union, types.UnionType):
        inner = _as_is(_optional(form))
        return inner | {types.NoneType} if inner else inner
    return frozenset((form,)) if form in (str, bool, int, float) else frozenset()


def _optional(form: Any) -> Any:
    """The X of `X | None`."""
    (inner,) = (argument for argument in get_args(form) if argument is not types.NoneType)
    return inner


def _scalar(form: type) -> Reader:
    name, allowed = SCALARS[form]

    def read(value: Any) -> Any:
        if type(value) not in allowed:
            raise WrongShape(name, value)
        return form(value) if form is float else value

    return read


def _enumeration(form: type[StrEnum]) -> Reader:
    known = {str(member): member for member in form}

    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in known:
            raise WrongShape(" or ".join(known), value)
        return known[value]

    return read


def _array(inner: Reader, as_is: frozenset[type]) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise WrongShape("array", value)
        if as_is.issuperset(map(type, value)):
            return tuple(value)
        found: list[Any] = []
        try:
            for entry in value:
                found.append(inner(entry))  # noqa: PERF401  the count tells where it broke
        except WrongShape as wrong:
            raise wrong.under(len(found)) from None
        return tuple(found)

    return read


def _mapping(inner: Reader, as_is: frozenset[type]) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise WrongShape("object", value)
        if as_is.issuperset(map(type, value.values())):
            return dict(value)
        found: dict[str, Any] = {}
        key = ""
        try:
            for key, entry in value.items():
                found[key] = inner(entry)
        except WrongShape as wrong:
            raise wrong.under(key) from None
        return found

    return read


def _dataclass(form: type) -> Reader:
    told = get_type_hints(form)
    hints = {f.name: told[f.name] for f in fields(form)}
    known = {name: (_as_is(hint), None if hint in (Any, object) else reader(hint)) for name, hint in hints.items()}
    required = [f.name for f in fields(form) if default_of(f) is MISSING]
    ways: dict[tuple[object, ...], list[tuple[str, Reader]]] = {}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise WrongShape("object", value)
        alike = (*value, *map(type, value.values()))
        if (way := ways.get(alike)) is not None:
            found = value.copy()
        else:
            found = {name: value[name] for name in value if name in known}
            way = way_of(found)
            if len(found) == len(value) and len(ways) < WAYS:
                ways[alike] = way
        name = ""
        try:
            for name, inner in way:
                found[name] = inner(found[name])
        except WrongShape as wrong:
            raise wrong.under(name) from None
        return form(**found)

    def way_of(value: dict[str, Any]) -> list[tuple[str, Reader]]:
        """What has to be read of all objects whose names and types are these; the rest is as it should be."""
        for name in required:
            if name not in value:
                raise WrongShape("a value", None).under(name)
        way = [(name, *known[name]) for name in value]
        return [(name, inner) for name, as_is, inner in way if inner and type(value[name]) not in as_is]

    return read


def schema(form: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of an annotation; dataclasses are put into `definitions` under their names."""
    if form is Any or form is object:
        return {}
    if form in SCALARS:
        return {"type": SCALARS[form][0]}
    if isinstance(form, type) and issubclass(form, StrEnum):
        return {"enum": [str(member) for member in form]}
    if is_dataclass(form) and isinstance(form, type):
        if form.__name__ not in definitions:
            definitions[form.__name__] = {}
            definitions[form.__name__] = _described(form, definitions)
        return {"$ref": f"#/$defs/{form.__name__}"}
    origin, arguments = get_origin(form), get_args(form)
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema(_optional(form), definitions), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": schema(arguments[0], definitions)}
    return {"type": "object", "additionalProperties": schema(arguments[1], definitions)}


def _described(form: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(form)
    return {
        "description": (form.__doc__ or "").strip().partition("\n")[0],
        "type": "object",
        "properties": {f.name: schema(hints[f.name], definitions) for f in fields(form)},
        "required": [f.name for f in fields(form) if default_of(f) is MISSING],
        "additionalProperties": False,
    }
