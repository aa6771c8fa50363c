"""Matchers of a value as a whole: equality, type, presence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from harness.matchers import difference
from harness.matchers.base import UNKNOWN, Matcher, Mismatch, Reading, alike, brief, described, folded, unfit
from harness.matchers.collections import ANY_MATCHER, MOST_SHOWN
from harness.pointer import MISSING, extend
from harness.source.place import shown, suggestion

TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}
"""JSON's own names of types."""

PART_OF: Final = ", though it holds that: `contains` would do"
"""What a text is told that was to equal a part of it: who writes `text: Paris` often means that."""

ATOMS: Final[Mapping[str, Any]] = {"text": str, "number": (int, float), "list": list, "mapping": dict, "flag": bool}


@dataclass(frozen=True, slots=True)
class Equals(Matcher):
    """Equals the value, as JSON does: 1 and 1.0 are equal, 1 and true are not. A bare value means the same."""

    value: Any

    name = "equals"
    example = "completed"

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        atom = ATOMS.get(reading.kind)
        if reading.kind == "text":
            if argument is not None:
                reading.text(argument)
        elif atom and argument is not UNKNOWN and argument is not None:
            if not isinstance(argument, atom) or (reading.kind == "number" and isinstance(argument, bool)):
                hint = "write `[…]`, or a matcher such as `each:` or `some:`" if reading.kind == "list" else None
                reading.mistake(f"this is compared with a {reading.kind}, and {described(argument)} is none", hint)
        elif reading.kind in ("duration", "size") and argument is not None and argument is not UNKNOWN:
            reading.mistake(f"no {reading.kind} equals another exactly", "use `at_most`, `below` or `between`")
        return cls(folded(argument) if reading.fold else argument)

    def match(self, value: Any) -> Iterator[Mismatch]:
        if value is MISSING:
            yield unfit("value", value, self.value)
            return
        for count, mismatch in enumerate(_differences(self.value, value, "")):
            if count == MOST_SHOWN:
                return
            yield mismatch


def _differences(expected: Any, actual: Any, pointer: str) -> Iterator[Mismatch]:
    """The smallest places in which two values differ: what is changed, missing, or there and should not be."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, inner in expected.items():
            yield from _differences(inner, actual.get(key, MISSING), extend(pointer, key))
        for key in actual:
            if key not in expected:
                yield _added(extend(pointer, key), key, actual[key])
    elif isinstance(expected, list) and isinstance(actual, list) and expected and actual:
        yield from _of_lists(expected, actual, pointer)
    elif not alike(expected, actual):
        both = isinstance(expected, str) and isinstance(actual, str)
        yield Mismatch(
            pointer,
            expected,
            None if actual is MISSING else actual,
            f"{brief(actual)} is not {brief(expected)}" + (PART_OF if both and expected and expected in actual else ""),
            difference=difference.of_texts(expected, actual) if both else "",
        )


def _of_lists(expected: list[Any], actual: list[Any], pointer: str) -> Iterator[Mismatch]:
    """Entries that stand for each other are held against each other; those that stand alone are missing or added."""
    steps: list[difference.Step] | None = [("replace", 0, len(expected), 0, len(actual))]
    if len(expected) != len(actual):
        steps = difference.steps(expected, actual)
        if steps is None:
            yield Mismatch(pointer, expected, actual, f"{len(actual)} entries, not {len(expected)}")
            return
    for tag, a, b, c, d in steps or ():
        if tag == "equal":
            continue
        paired = min(b - a, d - c)
        for n in range(paired):
            yield from _differences(expected[a + n], actual[c + n], extend(pointer, c + n))
        for n in range(a + paired, b):
            told = f"entry {n + 1} is missing: {brief(expected[n])}"
            yield Mismatch(extend(pointer, n), expected[n], None, told)
        for n in range(c + paired, d):
            yield _added(extend(pointer, n), n, actual[n])


def _added(pointer: str, key: str | int, value: Any) -> Mismatch:
    name = f"`{shown(key)}`" if isinstance(key, str) else f"entry {key + 1}, {brief(value)},"
    return Mismatch(pointer, None, value, f"{name} is there, and should not be")


@dataclass(frozen=True, slots=True)
class Type(Matcher):
    """Is of this JSON type: string, number, integer, boolean, object, array or null; of a list, one of them."""

    wanted: tuple[str, ...]

    name = "type"
    schema: ClassVar[dict[str, Any]] = {
        "anyOf": [{"enum": list(TYPES)}, {"type": "array", "items": {"enum": list(TYPES)}, "minItems": 1}]
    }
    example = "string"

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        several = isinstance(argument, list)
        names = reading.entries(argument) if several else [argument]
        for index, each in enumerate(names):
            if each is not UNKNOWN and not (isinstance(each, str) and each in TYPES):
                at = reading.below(index) if several else reading
                at.mistake(f"{described(each)} is no type of JSON", suggestion(str(each), list(TYPES)))
        return cls(tuple(each for each in names if isinstance(each, str)))

    def match(self, value: Any) -> Iterator[Mismatch]:
        if value is MISSING:
            yield unfit("value", value, {self.name: list(self.wanted)})
        elif not any(_is(value, each) for each in self.wanted):
            told = f"{described(value)} is not of type {' or '.join(self.wanted)}"
            yield Mismatch("", {self.name: list(self.wanted)}, value, told)


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES[name])


@dataclass(frozen=True, slots=True)
class Exists(Matcher):
    """True: there is a value, and it is not null. False: there is none."""

    wanted: bool

    name = "exists"
    schema: ClassVar[dict[str, Any]] = {"type": "boolean"}
    example = True

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        return cls(reading.flag(argument))

    def match(self, value: Any) -> Iterator[Mismatch]:
        there = value is not MISSING and value is not None
        if there != self.wanted:
            told = f"there is {described(value)}, and should be nothing" if there else "there is nothing"
            yield Mismatch("", {self.name: self.wanted}, value if there else None, told)


@dataclass(frozen=True, slots=True)
class Fields(Matcher):
    """Its entries match, one matcher each; others may be there. Behind `arguments:` and `stream: {events: …}`.

    `counts` says that the value counts things: what it does not name is there 0 times.
    """

    fields: Mapping[str, Matcher]
    counts: bool = False

    name = "fields"
    kinds: ClassVar[frozenset[str]] = frozenset({"mapping"})
    schema: ClassVar[dict[str, Any]] = {"type": "object", "additionalProperties": ANY_MATCHER}

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if argument is UNKNOWN:
            return cls({})
        if argument == {}:
            reading.mistake(f"an empty `{reading.name}` expects nothing", "name what is expected, or leave it out")
            return cls({})
        if not isinstance(argument, dict):
            reading.mistake(f"`{reading.name}` needs a mapping of names and matchers, not {described(argument)}")
            return cls({})
        counts = reading.kind == "counts"
        kind = "number" if counts else ""
        return cls({key: reading.below(key, kind=kind).matcher(raw) for key, raw in argument.items()}, counts)

    def match(self, value: Any) -> Iterator[Mismatch]:
        if not isinstance(value, Mapping):
            yield unfit("mapping", value, self.name)
            return
        absent: Any = 0 if self.counts else MISSING
        for key, matcher in self.fields.items():
            for found in matcher.match(value.get(key, absent)):
                at = extend("", key) + found.pointer
                yield replace(found, pointer=at, message=f"`{shown(key)}`: {found.message}")
