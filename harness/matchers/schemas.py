"""The matcher of JSON Schema, and a reading of schemas that comes to an end.

A schema is the author's, a value the model's; between them a pattern or a reference that doubles at each level could
hold up a run for ever. So every keyword looks at the clock, and patterns are those of `patterns`.
"""

import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, ClassVar, Final

from harness.matchers.base import UNKNOWN, Matcher, Mismatch, Reading, TooLong, described, unfit
from harness.matchers.collections import MOST_SHOWN
from harness.matchers.patterns import SECONDS, NoPattern, compiled, found
from harness.pointer import MISSING, extend, walk
from harness.source.place import shown

_deadline: ContextVar[float] = ContextVar("deadline")

Keyword = Callable[[Any, Any, Any, Any], Iterator[Any]]

_HOLDERS: Final = frozenset({"const", "enum", "default", "examples"})
"""Keywords behind which stands a value, no schema."""


@dataclass(frozen=True, slots=True)
class JsonSchema(Matcher):
    """Is valid against a JSON Schema (draft 2020-12); references lead into the schema itself only."""

    schema_: Any

    name = "json_schema"
    schema: ClassVar[dict[str, Any]] = {"type": ["object", "boolean"]}
    example: ClassVar[Any] = {"type": "object", "required": ["city"]}

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if argument is UNKNOWN or (reading.draft and any(each is UNKNOWN for _, each in walk(argument))):
            return cls({})
        if not isinstance(argument, dict):
            reading.mistake(f"`json_schema` needs a mapping, not {described(argument)}")
            return cls({})
        if reading.fold:
            reading.mistake("`json_schema` cannot ignore case")
        for path, message, hint in mistakes(argument):
            reading.below(*path).mistake(message, hint)
        return cls(argument)

    def match(self, value: Any) -> Iterator[Mismatch]:
        if value is MISSING:
            yield unfit("value", value, self.name)
            return
        try:
            errors = _errors(self.schema_, value)
        except _Inapplicable as reason:
            yield Mismatch("", self.name, value, f"the schema cannot be applied: {reason}", fits=False)
            return
        for error in errors:
            pointer = extend("", *error.absolute_path)
            told = f"against the schema: {shown(error.message)}"
            yield Mismatch(pointer, {error.validator: error.validator_value}, error.instance, told)


class _Inapplicable(Exception):
    """A schema says something that cannot be held against any value."""


def mistakes(schema: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str | None]]:
    """What is wrong with a schema as it was written: the path within it, what, and how to mend it."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    keys: set[str] = set()
    for path, key, inner in _keywords(schema):
        keys.add(key)
        if key in ("$ref", "$dynamicRef") and not (isinstance(inner, str) and inner.startswith("#")):
            yield path, "a reference leads out of the schema", "write the schema here and refer to `#/$defs/…`"
        patterns = [inner] if key == "pattern" else inner if key == "patternProperties" else ()
        for pattern in patterns if isinstance(patterns, list | dict) else ():
            try:
                compiled(pattern) if isinstance(pattern, str) else None
            except NoPattern as error:
                yield path, str(error), None
    if {"patternProperties", "unevaluatedProperties"} <= keys:
        told = "`unevaluatedProperties` beside `patternProperties` has no end that can be foreseen"
        yield (), told, "use `additionalProperties`"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # a doubtful pattern was told above
            Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        yield tuple(error.absolute_path), f"this is no JSON Schema: {shown(error.message)}", None


def _keywords(schema: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
    """Every key of every mapping in a schema with the path to it and what stands behind it."""
    if isinstance(schema, dict):
        for key, inner in schema.items():
            yield (*path, key), key, inner
            if key not in _HOLDERS:
                yield from _keywords(inner, (*path, key))
    elif isinstance(schema, list):
        for index, inner in enumerate(schema):
            yield from _keywords(inner, (*path, index))


def _errors(schema: Any, value: Any) -> list[Any]:
    """Where a value is not valid, so many errors at most.

    Raises:
        TooLong: it takes longer than a check may.
        _Inapplicable: a reference leads nowhere or round in a circle.
    """
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    nothing: Registry[Any] = Registry()
    token = _deadline.set(time.thread_time() + SECONDS)
    try:
        return list(islice(_validator()(schema, registry=nothing).iter_errors(value), MOST_SHOWN))
    except (RecursionError, Unresolvable, OverflowError, NoPattern, re.error) as error:
        raise _Inapplicable(shown(str(error))) from None
    finally:
        _deadline.reset(token)


@lru_cache(maxsize=1)
def _validator() -> Any:
    """The library's validator with a look at the clock before each keyword, and patterns that cannot hang."""
    from jsonschema import Draft202012Validator, validators

    own = {**Draft202012Validator.VALIDATORS, **_OWN}
    extended: Callable[..., Any] = validators.extend  # typed as if it took nothing
    return extended(Draft202012Validator, {name: _timed(keyword) for name, keyword in own.items()})


def _timed(keyword: Keyword) -> Keyword:
    def timed(validator: Any, argument: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if time.thread_time() > _deadline.get():
            raise TooLong(f"holding a value against the schema did not come to an end within {SECONDS:g} s")
        return keyword(validator, argument, instance, schema) or iter(())

    return timed


def _has(pattern: str, text: str) -> bool:
    return found(compiled(pattern), text, _deadline.get())


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _has(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    for pattern, inner in patterns.items():
        for name, value in instance.items():
            if _has(pattern, name):
                yield from validator.descend(value, inner, path=name)


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not isinstance(instance, dict):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extra = [name for name in instance if name not in known and not any(_has(pattern, name) for pattern in patterns)]
    if isinstance(allowed, dict):
        for name in extra:
            yield from validator.descend(instance[name], allowed, path=name)
    elif not allowed and extra:
        yield ValidationError(f"Additional properties are not allowed ({', '.join(map(repr, extra))})")


def _unique_items(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if wanted and isinstance(instance, list):
        seen: set[Any] = set()
        for each in map(_hashable, instance):
            if each in seen:
                yield ValidationError(f"{instance!r} has non-unique elements")
                return
            seen.add(each)


def _hashable(value: Any) -> Any:
    """A value that is equal to another's exactly where both are equal as JSON."""
    if isinstance(value, dict):
        return frozenset((key, _hashable(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    return ("flag", value) if isinstance(value, bool) else value


_OWN: Final[Mapping[str, Keyword]] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "uniqueItems": _unique_items,
}
"""Keywords whose reading in the library has no bound."""
