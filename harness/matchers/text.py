"""Matchers of texts; `contains`, `contains_any` and `excludes` look at lists and mappings too."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.matchers import difference
from harness.matchers.base import UNKNOWN, Matcher, Mismatch, Reading, alike, brief, folded, unfit
from harness.matchers.patterns import NoPattern, compiled, found

_SOUGHT: Final[dict[str, Any]] = {"type": ["string", "number", "boolean", "array", "object", "null"]}


def holds_part(whole: Any, part: Any) -> bool | None:
    """Whether a text has a part, a list an entry, a mapping these entries; None for anything else."""
    if isinstance(whole, str):
        return part in whole if isinstance(part, str) else None
    if isinstance(whole, list):
        return any(alike(each, part) for each in whole)
    if isinstance(whole, dict):
        if isinstance(part, dict):
            return all(key in whole and _within(whole[key], inner) for key, inner in part.items())
        return part in whole if isinstance(part, str) else None
    return None


def _within(value: Any, part: Any) -> bool:
    both = isinstance(value, dict) and isinstance(part, dict)
    return bool(holds_part(value, part)) if both else alike(value, part)


@dataclass(frozen=True, slots=True)
class _Sought(Matcher):
    """A matcher that looks for parts in a text, a list or a mapping."""

    parts: tuple[Any, ...]
    several: bool

    kinds: ClassVar[frozenset[str]] = frozenset({"text", "list", "mapping"})

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        several = isinstance(argument, list)
        parts = reading.entries(argument) if several else [argument]
        for index, part in enumerate(parts):
            at = reading.below(index, name=cls.name) if several else reading
            if part in ("", {}, []) and not isinstance(part, bool | int | float):
                at.mistake(f"`{cls.name}` of nothing says nothing")
            elif reading.kind == "text" and part is not UNKNOWN:
                at.text(part)
        return cls(tuple(folded(each) if reading.fold else each for each in parts), several)

    def _found(self, value: Any) -> list[bool] | None:
        """For each part whether it is there; None where it cannot be told for one of them."""
        found = [holds_part(value, part) for part in self.parts]
        return None if None in found else [bool(each) for each in found]

    def _unfit(self, value: Any) -> Mismatch:
        return unfit(f"value in which {brief(self.parts[0])} can be sought", value, self._written())

    def _written(self) -> Any:
        return {self.name: list(self.parts) if self.several else self.parts[0]}


class Contains(_Sought):
    """Has the part: a text this text, a list this entry, a mapping these entries; of a list of parts, each."""

    name = "contains"
    schema: ClassVar[dict[str, Any]] = _SOUGHT
    example = "4417"

    def match(self, value: Any) -> Iterator[Mismatch]:
        found = self._found(value)
        if found is None:
            yield self._unfit(value)
            return
        for part, there in zip(self.parts, found, strict=True):
            if not there:
                yield Mismatch("", {self.name: part}, value, f"{brief(value)} does not contain {brief(part)}")


class ContainsAny(_Sought):
    """Has at least one of the parts."""

    name = "contains_any"
    schema: ClassVar[dict[str, Any]] = {"type": "array", "minItems": 1}
    example: ClassVar[Any] = ["yes", "certainly"]

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return super().read(reading.entries(argument) or [UNKNOWN], reading)

    def match(self, value: Any) -> Iterator[Mismatch]:
        found = self._found(value)
        if found is None:
            yield self._unfit(value)
        elif not any(found):
            parts = ", ".join(brief(part) for part in self.parts)
            yield Mismatch("", self._written(), value, f"{brief(value)} contains none of {parts}")


class Excludes(_Sought):
    """Has not the part; of a list of parts, none."""

    name = "excludes"
    schema: ClassVar[dict[str, Any]] = _SOUGHT
    example = "sorry"

    def match(self, value: Any) -> Iterator[Mismatch]:
        found = self._found(value)
        if found is None:
            yield self._unfit(value)
            return
        for part, there in zip(self.parts, found, strict=True):
            if there:
                yield Mismatch("", {self.name: part}, value, f"{brief(value)} contains {brief(part)}")


@dataclass(frozen=True, slots=True)
class _OfText(Matcher):
    """A matcher of texts with a text as its argument."""

    text: str

    kinds: ClassVar[frozenset[str]] = frozenset({"text"})
    schema: ClassVar[dict[str, Any]] = {"type": "string", "minLength": 1}

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        text = reading.text(argument)
        if argument == "":
            reading.mistake(f"`{cls.name}` of nothing says nothing")
        return cls(text)


class StartsWith(_OfText):
    """Is a text that begins so."""

    name = "starts_with"
    example = "resp_"

    def match(self, value: Any) -> Iterator[Mismatch]:
        if not isinstance(value, str):
            yield unfit("text", value, {self.name: self.text})
        elif not value.startswith(self.text):
            told = f"{brief(value)} does not begin with {brief(self.text)}"
            beside = difference.of_texts(self.text, value[: len(self.text)])
            yield Mismatch("", {self.name: self.text}, value, told, difference=beside)


class EndsWith(_OfText):
    """Is a text that ends so."""

    name = "ends_with"
    example = "."

    def match(self, value: Any) -> Iterator[Mismatch]:
        if not isinstance(value, str):
            yield unfit("text", value, {self.name: self.text})
        elif not value.endswith(self.text):
            told = f"{brief(value)} does not end with {brief(self.text)}"
            beside = difference.of_texts(self.text, value[-len(self.text) :])
            yield Mismatch("", {self.name: self.text}, value, told, difference=beside)


@dataclass(frozen=True, slots=True)
class Matches(Matcher):
    """Is a text in which the regular expression (Python's dialect) is found; `^` and `$` tie it to the ends."""

    pattern: str
    fold: bool = False

    name = "matches"
    kinds: ClassVar[frozenset[str]] = frozenset({"text"})
    schema: ClassVar[dict[str, Any]] = {"type": "string", "format": "regex", "minLength": 1}
    example = "^[0-9]{4}$"

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        text = argument if isinstance(argument, str) else reading.text(argument)
        if argument == "":
            reading.mistake("`matches` of nothing says nothing")
        if reading.draft and "${" in text:
            text = ""
        try:
            compiled(text, reading.fold)
        except NoPattern as error:
            reading.mistake(str(error))
            text = ""
        return cls(text, reading.fold)

    def match(self, value: Any) -> Iterator[Mismatch]:
        expected = {self.name: self.pattern}
        if not isinstance(value, str):
            yield unfit("text", value, expected)
        elif not found(compiled(self.pattern, self.fold), value):
            yield Mismatch("", expected, value, f"{brief(value)} does not match {brief(self.pattern)}")
