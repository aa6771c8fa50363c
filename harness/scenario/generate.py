"""`given:`: parameters that are generated, described by Hypothesis's own words.

What draws is made in `harness.scenario.drawing`. JSON Schemas are those of a stated subset, what else stands in one is
refused: `type`, `enum`, `const`, `anyOf`, `oneOf`, `properties` (those not `required` come and go), `items`,
`minItems`, `maxItems`, `minLength`, `maxLength`, `pattern`, `minimum`, `maximum`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.matchers.base import described, spelt
from harness.matchers.patterns import NoPattern, compiled
from harness.scenario.mistakes import Mistakes
from harness.scenario.scope import Scope
from harness.source.document import Path
from harness.source.place import shown, suggestion

LONGEST_TEXT: Final = 10_000
LONGEST_LIST: Final = 100
LONGEST_PATTERN: Final = 500
MOST_CHOICES: Final = 1_000
DEEPEST: Final = 8
LARGEST: Final = 1 << 53
"""Whole numbers beyond this are not the same to all who read JSON."""

Bounds = tuple[str, ...]

KEYS: Final[Mapping[str, Bounds]] = {
    "text": ("min_size", "max_size", "alphabet"),
    "integers": ("min_value", "max_value"),
    "floats": ("min_value", "max_value"),
    "booleans": (),
    "lists": ("of", "min_size", "max_size"),
}
"""Strategies that take a mapping, and its keys; the others take a value of their own."""

ABOUT: Final[Mapping[str, str]] = {
    "text": "any text: `{min_size, max_size, alphabet}`",
    "integers": "whole numbers: `{min_value, max_value}`",
    "floats": "finite numbers: `{min_value, max_value}`",
    "booleans": "true or false: `{}`",
    "lists": "lists of what another strategy draws: `{of, min_size, max_size}`",
    "from_regex": "texts that a regular expression fits from end to end",
    "sampled_from": "one of these values",
    "json_schema": "values that are valid against a JSON Schema of a stated subset",
    "one_of": "what one of several strategies draws",
}
"""Every strategy, in a line."""

SCHEMA_KEYS: Final[Mapping[str, Bounds]] = {
    "object": ("properties", "required", "additionalProperties"),
    "array": ("items", "minItems", "maxItems"),
    "string": ("minLength", "maxLength", "pattern"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "boolean": (),
    "null": (),
}
"""Types of JSON that can be drawn, and the keywords that are minded."""
ANNOTATIONS: Final = frozenset({"title", "description", "$schema", "examples", "default"})


class Given:
    """Reads the `given:` of one document; what is wrong in it goes to `mistakes`."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.mistakes = mistakes

    def read(self, written: Any, columns: frozenset[str]) -> dict[str, Any]:
        """The strategies by name, as they are written."""
        found: dict[str, Any] = {}
        for name, raw in written.items() if isinstance(written, dict) else ():
            path: Path = ("given", name)
            if told := Scope.name_mistake(name):
                self.mistakes.add(path, *told, key=True)
            elif name in columns:
                self.mistakes.add(path, f"`{shown(name)}` is a column of `cases` already", key=True)
            self._strategy(raw, path, 0)
            found[name] = raw
        return found

    def _mistake(self, path: Path, message: str, hint: str | None = None, *, key: bool = False) -> None:
        self.mistakes.add(path, message, hint, key=key)

    def _strategy(self, raw: Any, path: Path, depth: int) -> None:
        if not isinstance(raw, dict) or len(raw) != 1:
            self._mistake(path, "a strategy is a mapping of one name", "such as `{integers: {min_value: 0}}`")
            return
        ((name, argument),) = raw.items()
        at = (*path, name)
        if name not in ABOUT:
            self._mistake(at, f"unknown strategy `{shown(name)}`", suggestion(name, list(ABOUT)), key=True)
        elif depth > DEEPEST:
            self._mistake(at, f"strategies nest {DEEPEST} levels at most", key=True)
        elif name in KEYS:
            self._bounds(name, argument, at, depth)
        elif name == "from_regex":
            self._regex(argument, at)
        elif name == "sampled_from":
            if not isinstance(argument, list) or not 0 < len(argument) <= MOST_CHOICES:
                self._mistake(at, f"`sampled_from` needs a list of 1 to {MOST_CHOICES} values")
        elif name == "one_of":
            if not isinstance(argument, list) or not 0 < len(argument) <= LONGEST_LIST:
                self._mistake(at, "`one_of` needs a list of strategies")
            else:
                for index, each in enumerate(argument):
                    self._strategy(each, (*at, index), depth + 1)
        else:
            for below, message, hint in schema_mistakes(argument):
                self._mistake((*at, *below), message, hint)

    def _bounds(self, name: str, argument: Any, at: Path, depth: int) -> None:
        if not isinstance(argument, dict):
            self._mistake(at, f"`{name}` needs a mapping, not {described(argument)}", f"write `{{{name}: {{}}}}`")
            return
        for key in argument:
            if key not in KEYS[name]:
                self._mistake((*at, key), f"unknown key `{shown(key)}` in `{name}`", _keys(name), key=True)
        if name == "lists":
            if "of" in argument:
                self._strategy(argument["of"], (*at, "of"), depth + 1)
            else:
                self._mistake(at, "`lists` needs `of`: what its entries are", key=True)
        alphabet = argument.get("alphabet", "a")
        if not isinstance(alphabet, str) or not alphabet:
            self._mistake((*at, "alphabet"), "`alphabet` is a text of the characters that may come")
        low, high, most = ("min_value", "max_value", LARGEST)
        if name in ("text", "lists"):
            low, high, most = "min_size", "max_size", LONGEST_TEXT if name == "text" else LONGEST_LIST
        for message in _wrong_bounds(name, argument, low, high, most):
            self._mistake(at, message)

    def _regex(self, argument: Any, at: Path) -> None:
        if not isinstance(argument, str) or not 0 < len(argument) <= LONGEST_PATTERN:
            self._mistake(at, f"`from_regex` needs a regular expression of at most {LONGEST_PATTERN} characters")
            return
        try:
            compiled(argument)
        except NoPattern as error:
            self._mistake(at, str(error))


def _keys(name: str) -> str | None:
    return f"one of {', '.join(KEYS[name])}" if KEYS[name] else "write `{}`"


def _wrong_bounds(name: str, argument: Mapping[str, Any], low: str, high: str, most: int) -> Iterator[str]:
    """What is wrong with a lower and an upper bound."""
    whole = name != "floats"
    values = {}
    for key in (low, high):
        value = argument.get(key)
        if key not in argument:
            continue
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            yield f"`{key}` of `{name}` is a {'whole ' if whole else ''}number, not {described(value)}"
        elif abs(value) > most or (low == "min_size" and value < 0):
            yield f"`{key}` of `{name}` lies between {0 if low == 'min_size' else -most} and {most}"
        else:
            values[key] = value
    if len(values) == 2 and values[low] > values[high]:
        yield f"`{low}` of `{name}` is above `{high}`: {spelt(values[low])} and {spelt(values[high])}"


def schema_mistakes(schema: Any, path: Path = (), depth: int = 0) -> Iterator[tuple[Path, str, str | None]]:
    """What of a JSON Schema cannot be drawn from."""
    if not isinstance(schema, dict) or depth > DEEPEST:
        yield path, "a schema to draw from is a mapping, nested eight levels at most", None
        return
    for union in ("anyOf", "oneOf"):
        if union in schema:
            options = schema[union]
            if not isinstance(options, list) or not options:
                yield (*path, union), f"`{union}` needs a list of schemas", None
                return
            for index, each in enumerate(options):
                yield from schema_mistakes(each, (*path, union, index), depth + 1)
            return
    if "const" in schema or "enum" in schema:
        if not isinstance(schema.get("enum", [0]), list) or not schema.get("enum", [0]):
            yield (*path, "enum"), "`enum` needs a list of values", None
        return
    kind = schema.get("type")
    if not isinstance(kind, str) or kind not in SCHEMA_KEYS:
        yield path, "a schema to draw from says its `type`", f"one of {', '.join(SCHEMA_KEYS)}"
        return
    for key in schema.keys() - {"type", *SCHEMA_KEYS[kind], *ANNOTATIONS}:
        known = ", ".join(SCHEMA_KEYS[kind]) or "nothing else"
        yield (*path, key), f"`{shown(key)}` is not minded when values are drawn", f"for {kind}: {known}"
    yield from _inner_mistakes(schema, kind, path, depth)


def _inner_mistakes(
    schema: Mapping[str, Any], kind: str, path: Path, depth: int
) -> Iterator[tuple[Path, str, str | None]]:
    low, high = {"array": ("minItems", "maxItems"), "string": ("minLength", "maxLength")}.get(
        kind, ("minimum", "maximum")
    )
    bounds = {name: schema[key] for name, key in (("min_value", low), ("max_value", high)) if key in schema}
    for message in _wrong_bounds("floats" if kind == "number" else kind, bounds, "min_value", "max_value", LARGEST):
        yield path, message.replace("min_value", low).replace("max_value", high), None
    if kind == "object":
        properties, required = schema.get("properties", {}), schema.get("required", [])
        if not isinstance(properties, dict):
            yield (*path, "properties"), f"`properties` needs a mapping, not {described(properties)}", None
            return
        for name, inner in properties.items():
            yield from schema_mistakes(inner, (*path, "properties", name), depth + 1)
        if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
            yield (*path, "required"), "`required` needs a list of names", None
        elif missing := [name for name in required if name not in properties]:
            yield (*path, "required"), f"`{shown(missing[0])}` is required and has no schema", None
    elif kind == "array":
        yield from schema_mistakes(schema.get("items"), (*path, "items"), depth + 1)
    elif kind == "string" and "pattern" in schema:
        try:
            compiled(schema["pattern"]) if isinstance(schema["pattern"], str) else None
        except NoPattern as error:
            yield (*path, "pattern"), str(error), None
