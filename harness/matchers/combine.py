"""Matchers made of matchers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from harness.matchers.base import Matcher, Mismatch, Reading, folded
from harness.matchers.collections import ANY_MATCHER
from harness.pointer import MISSING

_LIST: Final[dict[str, Any]] = {"type": "array", "items": ANY_MATCHER, "minItems": 1}


@dataclass(frozen=True, slots=True)
class Not(Matcher):
    """The matcher does not hold; where it has nothing to look at, this does not hold either."""

    inner: Matcher
    written: Any

    name = "not"
    schema: ClassVar[dict[str, Any]] = ANY_MATCHER
    example: ClassVar[Any] = {"contains": "error"}

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return cls(reading.below(kind=reading.kind).matcher(argument), argument)

    def match(self, value: Any) -> Iterator[Mismatch]:
        mismatches = list(self.inner.match(value))
        if not mismatches:
            yield Mismatch("", {self.name: self.written}, _there(value), "it holds, and should not")
        elif not any(mismatch.fits for mismatch in mismatches):
            yield from mismatches


@dataclass(frozen=True, slots=True)
class AllOf(Matcher):
    """Every one of the matchers holds. Several matchers in one mapping mean the same."""

    inner: tuple[Matcher, ...]

    name = "all_of"
    schema: ClassVar[dict[str, Any]] = _LIST
    example: ClassVar[Any] = [{"starts_with": "a"}, {"ends_with": "z"}]

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return cls(_each(argument, reading))

    def match(self, value: Any) -> Iterator[Mismatch]:
        for matcher in self.inner:
            yield from matcher.match(value)


@dataclass(frozen=True, slots=True)
class AnyOf(Matcher):
    """At least one of the matchers holds."""

    inner: tuple[Matcher, ...]
    written: Any

    name = "any_of"
    schema: ClassVar[dict[str, Any]] = _LIST
    example: ClassVar[Any] = ["yes", {"contains": "certainly"}]

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return cls(_each(argument, reading), argument)

    def match(self, value: Any) -> Iterator[Mismatch]:
        doubtful = False
        reasons = []
        for matcher in self.inner:
            mismatches = list(matcher.match(value))
            if not mismatches:
                return
            reasons.append(mismatches[0].message)
            doubtful |= not any(mismatch.fits for mismatch in mismatches)
        message = f"none of {len(self.inner)} holds: {'; '.join(reasons[:5])}"
        yield Mismatch("", {self.name: self.written}, _there(value), message, fits=not doubtful)


@dataclass(frozen=True, slots=True)
class IgnoreCase(Matcher):
    """The matcher holds when upper and lower case count as the same, on both sides."""

    inner: Matcher

    name = "ignore_case"
    kinds: ClassVar[frozenset[str]] = frozenset({"text", "list", "mapping"})
    schema: ClassVar[dict[str, Any]] = ANY_MATCHER
    example: ClassVar[Any] = {"contains": "oslo"}

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if isinstance(argument, bool):
            reading.mistake("`ignore_case` needs a matcher", "write `ignore_case: {contains: …}`")
        return cls(replace(reading, fold=True).matcher(argument))

    def match(self, value: Any) -> Iterator[Mismatch]:
        yield from self.inner.match(folded(value))


def _there(value: Any) -> Any:
    """The value as a mismatch tells it: null where there is none."""
    return None if value is MISSING else value


def _each(argument: Any, reading: Reading) -> tuple[Matcher, ...]:
    return tuple(
        reading.below(index, kind=reading.kind).matcher(each) for index, each in enumerate(reading.entries(argument))
    )
