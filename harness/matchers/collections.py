"""Matchers of lists, and of how much there is of something."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from harness.matchers.base import UNKNOWN, Matcher, Mismatch, Reading, alike, brief, folded, unfit
from harness.pointer import MISSING, extend

MOST_SHOWN: Final = 20
"""How many mismatches within one value are told, at most."""

ANY_MATCHER: Final[dict[str, Any]] = {"$ref": "#/$defs/matcher"}
_AMOUNT: Final[dict[str, Any]] = {"anyOf": [{"type": "integer", "minimum": 0}, ANY_MATCHER]}


@dataclass(frozen=True, slots=True)
class OneOf(Matcher):
    """Equals one of the values."""

    values: tuple[Any, ...]

    name = "one_of"
    schema: ClassVar[dict[str, Any]] = {"type": "array", "minItems": 1}
    example: ClassVar[Any] = ["completed", "incomplete"]

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        values = reading.entries(argument)
        if reading.kind == "text":
            for index, each in enumerate(values):
                if each is not None:
                    reading.below(index).text(each)
        return cls(tuple(folded(each) if reading.fold else each for each in values))

    def match(self, value: Any) -> Iterator[Mismatch]:
        expected = {self.name: list(self.values)}
        if value is MISSING:
            yield unfit("value", value, expected)
        elif not any(alike(value, each) for each in self.values):
            yield Mismatch("", expected, value, f"{brief(value)} is none of {', '.join(map(brief, self.values))}")


@dataclass(frozen=True, slots=True)
class Length(Matcher):
    """How long it is: the characters of a text, the entries of a list or mapping; a number or a matcher of it."""

    amount: Matcher

    name = "length"
    kinds: ClassVar[frozenset[str]] = frozenset({"text", "list", "mapping"})
    schema: ClassVar[dict[str, Any]] = _AMOUNT
    example: ClassVar[Any] = {"at_most": 200}

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return cls(amount(argument, reading))

    def match(self, value: Any) -> Iterator[Mismatch]:
        if not isinstance(value, str | list | dict):
            yield unfit("text, list or mapping", value, self.name)
            return
        for mismatch in self.amount.match(len(value)):
            told = f"the length: {mismatch.message}"
            yield Mismatch("", {self.name: mismatch.expected}, mismatch.actual, told, mismatch.fits)


@dataclass(frozen=True, slots=True)
class Count(Matcher):
    """How many entries a list or mapping has, or how many of them match: `{of: matcher, is: number or matcher}`."""

    amount: Matcher
    of: Matcher | None

    name = "count"
    kinds: ClassVar[frozenset[str]] = frozenset({"list", "mapping"})
    schema: ClassVar[dict[str, Any]] = {
        "anyOf": [
            *_AMOUNT["anyOf"],
            {
                "type": "object",
                "properties": {"of": ANY_MATCHER, "is": _AMOUNT},
                "required": ["of", "is"],
                "additionalProperties": False,
            },
        ]
    }
    example: ClassVar[Any] = {"of": "function_call", "is": 2}

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if isinstance(argument, dict) and argument.keys() & {"of", "is"}:
            if argument.keys() != {"of", "is"}:
                reading.mistake("`count` needs both `of` and `is`", "write `{of: function_call, is: 2}`")
                return cls(reading.matcher(UNKNOWN), None)
            return cls(amount(argument["is"], reading.below("is")), reading.below("of").matcher(argument["of"]))
        return cls(amount(argument, reading), None)

    def match(self, value: Any) -> Iterator[Mismatch]:
        if not isinstance(value, list | dict):
            yield unfit("list or mapping", value, self.name)
            return
        entries = value.values() if isinstance(value, dict) else value
        counted = len(value) if self.of is None else sum(self.of.holds(each) is True for each in entries)
        for mismatch in self.amount.match(counted):
            told = f"the count: {mismatch.message}"
            yield Mismatch("", {self.name: mismatch.expected}, mismatch.actual, told, mismatch.fits)


def amount(argument: Any, reading: Reading) -> Matcher:
    """The matcher of a length or a count."""
    inner = reading.below(kind="number")
    return inner.matcher(argument if isinstance(argument, dict) else inner.whole(argument))


@dataclass(frozen=True, slots=True)
class _Entries(Matcher):
    """A matcher of what a list or mapping holds."""

    inner: Matcher

    kinds: ClassVar[frozenset[str]] = frozenset({"list", "mapping"})
    schema: ClassVar[dict[str, Any]] = ANY_MATCHER

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return cls(reading.below().matcher(argument))


def _entries(value: Any) -> list[tuple[str, Any]] | None:
    if isinstance(value, list):
        return [(extend("", index), each) for index, each in enumerate(value)]
    return [(extend("", key), each) for key, each in value.items()] if isinstance(value, dict) else None


class Each(_Entries):
    """Every entry of a list or mapping matches; one that is empty has nothing to look at and does not pass."""

    name = "each"
    example: ClassVar[Any] = {"type": "string"}

    def match(self, value: Any) -> Iterator[Mismatch]:
        entries = _entries(value)
        if entries is None:
            yield unfit("list or mapping", value, self.name)
            return
        if not entries:
            yield Mismatch("", self.name, value, "it is empty, so `each` had nothing to look at", fits=False)
        told = 0
        for pointer, each in entries:
            for mismatch in self.inner.match(each):
                if (told := told + 1) > MOST_SHOWN and mismatch.fits:
                    yield mismatch
                    return
                yield replace(mismatch, pointer=pointer + mismatch.pointer)


class Some(_Entries):
    """At least one entry of a list or mapping matches."""

    name = "some"
    example: ClassVar[Any] = {"starts_with": "msg_"}

    def match(self, value: Any) -> Iterator[Mismatch]:
        entries = _entries(value)
        if entries is None:
            yield unfit("list or mapping", value, self.name)
            return
        doubtful = False
        for _, each in entries:
            held = self.inner.holds(each)
            if held:
                return
            doubtful |= held is None
        message = "no entry matches" if entries else "it is empty, so no entry matches"
        yield Mismatch("", self.name, value, message, fits=not doubtful)


@dataclass(frozen=True, slots=True)
class InOrder(Matcher):
    """Has these entries in this order; others may stand between. The matcher behind `stream: {order: …}`."""

    values: tuple[Any, ...]

    name = "in_order"
    kinds: ClassVar[frozenset[str]] = frozenset({"list"})

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return cls(tuple(reading.entries(argument)))

    def match(self, value: Any) -> Iterator[Mismatch]:
        if not isinstance(value, list):
            yield unfit("list", value, list(self.values))
            return
        rest = iter(value)
        before: Any = MISSING
        for wanted in self.values:
            if not any(alike(each, wanted) for each in rest):
                after = "" if before is MISSING else f" after {brief(before)}"
                yield Mismatch("", list(self.values), value, f"{brief(wanted)} does not come{after}")
                return
            before = wanted
