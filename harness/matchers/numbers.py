"""Matchers of numbers; durations (`500ms`, `2s`, `1m`) are seconds, sizes (`50MB`) are bytes."""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.matchers.base import UNKNOWN, Matcher, Mismatch, Reading, brief, described, unfit

SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
BYTES: Final = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
KINDS: Final = frozenset({"number", "duration", "size"})
_QUANTITY: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?)(ms|s|m|h|B|kB|KB|MB|GB|KiB|MiB|GiB)")
_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{_QUANTITY.pattern}$|^\\$\\{{"}]
}


def quantity(text: str) -> tuple[float, str] | None:
    """The seconds of a duration or the bytes of a size, with its kind; None for any other text."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    amount, unit = found.groups()
    if unit in SECONDS:
        return float(amount) * SECONDS[unit], "duration"
    return float(amount) * BYTES[unit], "size"


def number(argument: Any, reading: Reading) -> float:
    """The argument as a number in the unit of what is looked at; anything else is a mistake."""
    if argument is UNKNOWN:
        return 0
    if isinstance(argument, int | float) and not isinstance(argument, bool):
        if reading.kind == "duration" and argument != 0:
            reading.mistake("a duration has a unit", f"write `{argument}s` or `{argument}ms`")
        return argument
    found = quantity(argument) if isinstance(argument, str) else None
    if found is None:
        hint = {"duration": "such as `500ms`, `2s`, `1m`", "size": "such as `50MB`"}.get(reading.kind)
        reading.mistake(f"`{reading.name}` needs a number, not {described(argument)}", hint)
        return 0
    amount, unit = found
    if reading.kind in KINDS and reading.kind != unit:
        reading.mistake(f"`{argument}` is a {unit}; what is looked at is a {reading.kind}")
    return amount


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class _Bound(Matcher):
    """A matcher that compares with one number."""

    bound: float
    written: Any

    kinds: ClassVar[frozenset[str]] = KINDS
    schema: ClassVar[dict[str, Any]] = _SCHEMA
    compare: ClassVar[Callable[[Any, Any], bool]]
    words: ClassVar[str]

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return cls(number(argument, reading), argument)

    def match(self, value: Any) -> Iterator[Mismatch]:
        expected = {self.name: self.written}
        if not is_number(value):
            yield unfit("number", value, expected)
        elif not type(self).compare(value, self.bound):
            yield Mismatch("", expected, value, f"{brief(value)} is not {self.words} {brief(self.written)}")


class AtLeast(_Bound):
    """Is a number not below this one."""

    name, words, compare = "at_least", "at least", operator.ge
    example = 1


class AtMost(_Bound):
    """Is a number not above this one."""

    name, words, compare = "at_most", "at most", operator.le
    example = "2s"


class Above(_Bound):
    """Is a number greater than this one."""

    name, words, compare = "above", "above", operator.gt
    example = 0


class Below(_Bound):
    """Is a number less than this one."""

    name, words, compare = "below", "below", operator.lt
    example = "500ms"


@dataclass(frozen=True, slots=True)
class Between(Matcher):
    """Is a number from the first to the second, both included."""

    low: float
    high: float
    written: Any

    name = "between"
    kinds: ClassVar[frozenset[str]] = KINDS
    schema: ClassVar[dict[str, Any]] = {"type": "array", "items": _SCHEMA, "minItems": 2, "maxItems": 2}
    example: ClassVar[Any] = [1, 10]

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if argument is UNKNOWN:
            return cls(0, 0, argument)
        if not isinstance(argument, list) or len(argument) != 2:
            reading.mistake("`between` needs two numbers", "write `[1, 10]`")
            return cls(0, 0, argument)
        low, high = (number(each, reading.below(n, kind=reading.kind)) for n, each in enumerate(argument))
        if low > high and UNKNOWN not in argument:
            reading.mistake("nothing lies between these two", "the smaller number comes first")
        return cls(low, high, argument)

    def match(self, value: Any) -> Iterator[Mismatch]:
        expected = {self.name: self.written}
        if not is_number(value):
            yield unfit("number", value, expected)
        elif not self.low <= value <= self.high:
            low, high = map(brief, self.written)
            yield Mismatch("", expected, value, f"{brief(value)} is not between {low} and {high}")


@dataclass(frozen=True, slots=True)
class CloseTo(Matcher):
    """Is a number no further than `within` from `value`."""

    value: float
    within: float
    written: Any

    name = "close_to"
    kinds: ClassVar[frozenset[str]] = KINDS
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"value": _SCHEMA, "within": _SCHEMA},
        "required": ["value", "within"],
        "additionalProperties": False,
    }
    example: ClassVar[Any] = {"value": 3.14, "within": 0.01}

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if argument is UNKNOWN:
            return cls(0, 0, argument)
        if not isinstance(argument, dict) or argument.keys() != {"value", "within"}:
            reading.mistake("`close_to` needs `value` and `within`", "write `{value: 3.14, within: 0.01}`")
            return cls(0, 0, argument)
        value, within = (number(argument[key], reading.below(key, kind=reading.kind)) for key in ("value", "within"))
        return cls(value, within, argument)

    def match(self, value: Any) -> Iterator[Mismatch]:
        expected = {self.name: self.written}
        if not is_number(value):
            yield unfit("number", value, expected)
        elif abs(value - self.value) > self.within:
            centre, within = brief(self.written["value"]), brief(self.written["within"])
            yield Mismatch("", expected, value, f"{brief(value)} is further than {within} from {centre}")
