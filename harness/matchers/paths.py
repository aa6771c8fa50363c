"""JSONPath by RFC 9535 to the letter, with an end: a query visits so many nodes and no more.

Most queries only name members and count elements, as `$.output[0].type`; they are followed here, without the library,
which takes as long to load as hundreds of scenarios to read.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

from harness.matchers.base import TooLong
from harness.matchers.patterns import found
from harness.pointer import MISSING

LONGEST: Final = 1_000
"""Characters of a JSONPath."""

MOST_NODES: Final = 200_000
"""Nodes that one query may visit, those inside of its filters too."""

_left: ContextVar[list[int]] = ContextVar("left")


_STEPS: Final = r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(0|-?[1-9][0-9]{0,14})\]"
_PLAIN: Final = re.compile(rf"\$(?:{_STEPS})*", re.ASCII)
_STEP: Final = re.compile(_STEPS, re.ASCII)


class NoPath(ValueError):
    """A text is no JSONPath; the message says why."""


def found_at(path: str, value: Any) -> Any:
    """What a JSONPath finds: the value of a singular query or MISSING, else the list of all matches.

    Raises:
        NoPath: this is none.
        TooLong: the query visits more nodes than it may.
    """
    query = read(path)
    if isinstance(query, tuple):
        return _followed(query, value)
    with _counting():
        try:
            matches = query.findall(value)
        except RecursionError:
            raise TooLong(f"the query {path} goes deeper than can be followed") from None
    if query.singular_query():
        return matches[0] if matches else MISSING
    return matches


def _followed(steps: tuple[str | int, ...], value: Any) -> Any:
    """What stands at the end of the steps, or MISSING."""
    for step in steps:
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return MISSING
        elif not isinstance(value, list) or not -len(value) <= step < len(value):
            return MISSING
        value = value[step]
    return value


@lru_cache(maxsize=1024)
def read(path: str) -> Any:
    """The query of a JSONPath: its steps, names and indices, where it has no others, else the library's.

    Raises:
        NoPath: the text is none.
    """
    if len(path) <= LONGEST and _PLAIN.fullmatch(path):
        return tuple(name or int(index) for name, index in _STEP.findall(path))
    from jsonpath.exceptions import JSONPathError

    if len(path) > LONGEST:
        raise NoPath(f"a JSONPath has at most {LONGEST} characters")
    if not path.startswith("$"):
        raise NoPath("a JSONPath begins with `$`")
    try:
        return _environment().compile(path)
    except (JSONPathError, RecursionError) as error:
        raise NoPath(f"this is no JSONPath: {str(error).splitlines()[0]}") from None
    except (ValueError, OverflowError):  # the package takes `1e9` for an index, and cannot make a number of it
        raise NoPath("this is no JSONPath: an index in it is no whole number") from None


@contextmanager
def _counting() -> Iterator[None]:
    token = _left.set([MOST_NODES])
    try:
        yield
    finally:
        _left.reset(token)


def _count() -> None:
    """One node more has been visited."""
    budget = _left.get()
    budget[0] -= 1
    if budget[0] < 0:
        raise TooLong(f"a query visits at most {MOST_NODES} nodes")


@lru_cache(maxsize=1)
def _environment() -> Any:
    """The library's strict reading of the RFC; every node is counted, and its patterns cannot hang."""
    from jsonpath import JSONPathEnvironment, Parser
    from jsonpath.function_extensions import Match, Search
    from jsonpath.segments import JSONPathChildSegment, JSONPathRecursiveDescentSegment

    class Children(JSONPathChildSegment):
        __slots__ = ()

        def resolve(self, nodes: Any) -> Iterator[Any]:
            for node in super().resolve(nodes):
                _count()
                yield node

    class Descendants(JSONPathRecursiveDescentSegment):
        __slots__ = ()

        def _visit(self, node: Any, depth: int = 1) -> Iterator[Any]:
            _count()
            yield from super()._visit(node, depth)

    class Counting(Parser):
        """Every segment counts, those of queries inside of filters too."""

        def parse_query(self, stream: Any) -> Iterator[Any]:
            for segment in super().parse_query(stream):
                kind = Descendants if isinstance(segment, JSONPathRecursiveDescentSegment) else Children
                yield kind(env=segment.env, token=segment.token, selectors=segment.selectors)

    class BoundedMatch(Match):
        def __call__(self, value: object, pattern: object) -> bool:
            return _holds(self, value, pattern, whole=True)

    class BoundedSearch(Search):
        def __call__(self, value: object, pattern: object) -> bool:
            return _holds(self, value, pattern, whole=False)

    class Environment(JSONPathEnvironment):
        parser_class = Counting

        def setup_function_extensions(self) -> None:
            super().setup_function_extensions()
            self.function_extensions["match"] = BoundedMatch()
            self.function_extensions["search"] = BoundedSearch()

        def is_truthy(self, obj: object) -> bool:
            _count()
            return super().is_truthy(obj)

    return Environment(strict=True)


def _holds(function: Any, value: object, pattern: object, *, whole: bool) -> bool:
    """What `match()` and `search()` answer: false for what is no text or no pattern (RFC 9535, 2.4.6 and 2.4.7)."""
    if not isinstance(value, str) or not isinstance(pattern, str):
        return False
    compiled = function.check_cache(pattern)
    return compiled is not None and found(compiled, value, whole=whole)
