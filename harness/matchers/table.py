"""The matchers by name, and how one that was written becomes one that matches."""

from collections.abc import Mapping
from typing import Any, Final

from harness.matchers.base import ANY, UNKNOWN, BadMatcher, Matcher, Path, Reading, Report
from harness.matchers.collections import Count, Each, Length, OneOf, Some
from harness.matchers.combine import AllOf, AnyOf, IgnoreCase, Not
from harness.matchers.numbers import Above, AtLeast, AtMost, Below, Between, CloseTo
from harness.matchers.schemas import JsonSchema
from harness.matchers.structure import Equals, Exists, Type
from harness.matchers.text import Contains, ContainsAny, EndsWith, Excludes, Matches, StartsWith
from harness.source.place import shown, suggestion

MATCHERS: Final[Mapping[str, type[Matcher]]] = {
    matcher.name: matcher
    for matcher in (
        Equals,
        Not,
        Contains,
        ContainsAny,
        Excludes,
        Matches,
        StartsWith,
        EndsWith,
        OneOf,
        AtLeast,
        AtMost,
        Above,
        Below,
        Between,
        CloseTo,
        Length,
        Count,
        Each,
        Some,
        Type,
        Exists,
        JsonSchema,
        AllOf,
        AnyOf,
        IgnoreCase,
    )
}
"""Every matcher that a scenario can name; the JSON Schema and the docs are made from this table."""

NOTHING: Final = AllOf(())
"""Stands where a matcher could not be read, or waits for a variable; it holds of everything and is never kept."""


def compile(raw: Any, report: Report | None = None, *, kind: str = ANY, draft: bool = False) -> Matcher:
    """The matcher that is written as `raw`: a mapping of matcher names, or a bare value that means `equals`.

    Every mistake goes to `report`; a matcher comes back even then, and must not be used. `kind` is what is known
    of the values to come, so that a matcher that can never look at one is refused.

    Raises:
        BadMatcher: there is a mistake, and no `report` to take it.
    """
    return read(raw, Reading(report or _refuse, read, kind=kind, draft=draft))


def read(raw: Any, reading: Reading) -> Matcher:
    """What `compile` does, somewhere inside."""
    if raw is UNKNOWN:
        return NOTHING
    if not isinstance(raw, dict):
        return Equals.read(raw, reading.below(kind=reading.kind, name=Equals.name))
    if not raw:
        reading.mistake("an empty mapping says nothing", "write a matcher, such as `contains: …`")
        return NOTHING
    matchers = tuple(_named(name, argument, reading) for name, argument in raw.items())
    return matchers[0] if len(matchers) == 1 else AllOf(matchers)


def _named(name: str, argument: Any, reading: Reading) -> Matcher:
    matcher = MATCHERS.get(name)
    if matcher is None:
        hint = suggestion(name, list(MATCHERS)) or "a mapping as a value stands under `equals:`"
        reading.below(name).mistake(f"unknown matcher `{shown(name)}`", hint, key=True)
        return NOTHING
    at = reading.below(name, kind=reading.kind, name=name)
    if reading.kind and matcher.kinds and reading.kind not in matcher.kinds:
        kinds = ", ".join(sorted(matcher.kinds))
        at.mistake(f"`{name}` looks at {kinds}; here is a {reading.kind}", key=True)
        return NOTHING
    return matcher.read(argument, at)


def _refuse(path: Path, message: str, hint: str | None, key: bool) -> None:
    where = f" (at {'/'.join(map(str, path))})" if path else ""
    raise BadMatcher(f"{message}{where}" + (f"; {hint}" if hint else ""))
