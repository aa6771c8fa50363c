"""What a matcher is: it says where a value differs from what was demanded, and stays silent where it holds.

A matcher has no state and looks at plain JSON values alone; where they come from is not its business.

Logic here has three values. A matcher that finds nothing to look at (a number in place of a text, no value at all)
neither holds nor fails: its mismatch does not *fit*. So `not: {contains: x}` does not pass on an answer that
never came, and an expectation that looked at nothing never passes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from harness.pointer import MISSING
from harness.source.place import escaped, shown

Path = tuple[str | int, ...]
Report = Callable[[Path, str, str | None, bool], None]
"""Takes a mistake in a matcher as it was written: the path within it, what is wrong, how to mend it, and whether
the key at the end of the path is meant rather than its value."""

ANY: Final = ""
"""The kind of a value that may be anything. The others: text, number, duration, size, list, mapping, flag."""

UNKNOWN: Final = type("Unknown", (), {"__repr__": lambda _: "UNKNOWN"})()
"""Stands for a variable's value while a matcher is only checked; every check of an argument lets it pass."""


class TooLong(RuntimeError):
    """A check took longer than a check may: what the author wrote is at fault, and nothing was found out."""


class BadMatcher(ValueError):
    """A matcher cannot be read; the message says why and where within it."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where a value is not what was demanded: a JSON pointer into it, and both values.

    `fits` is False where the matcher found nothing that it could look at. `difference` shows, line by line, how two
    long texts differ; empty where both are told at a glance.
    """

    pointer: str
    expected: Any
    actual: Any
    message: str
    fits: bool = True
    difference: str = ""


class Matcher(ABC):
    """What must hold of a value. The first line of a class's docstring is its line in table, schema and docs."""

    name: ClassVar[str]
    kinds: ClassVar[frozenset[str]] = frozenset()
    """The kinds of value that it can look at; empty means every kind."""
    schema: ClassVar[dict[str, Any]] = {}
    """The JSON Schema of its argument."""
    example: ClassVar[Any] = None

    @classmethod
    @abstractmethod
    def read(cls, argument: Any, reading: "Reading") -> "Matcher":
        """The matcher for an argument as it stands in the YAML; mistakes go to `reading`."""

    @abstractmethod
    def match(self, value: Any) -> Iterator[Mismatch]:
        """Where the value differs; nothing where it holds. MISSING stands for no value."""

    def holds(self, value: Any) -> bool | None:
        """True or False, or None where it found nothing to look at."""
        failed = unfit = False
        for mismatch in self.match(value):
            failed |= mismatch.fits
            unfit |= not mismatch.fits
        return False if failed else None if unfit else True


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of a matcher as it was written: where we are in it, and what is known of the value to come.

    `draft` says that variables are still to come: what is made is thrown away, only the mistakes count.
    """

    report: Report
    compiler: Callable[[Any, "Reading"], Matcher]
    path: Path = ()
    kind: str = ANY
    fold: bool = False
    draft: bool = False
    name: str = field(default="")

    def below(self, *tokens: str | int, kind: str = ANY, name: str = "") -> "Reading":
        """The same a few keys or indices further in."""
        path = (*self.path, *tokens)
        return Reading(self.report, self.compiler, path, kind, self.fold, self.draft, name or self.name)

    def mistake(self, message: str, hint: str | None = None, *, key: bool = False) -> None:
        self.report(self.path, message, hint, key)

    def matcher(self, raw: Any) -> Matcher:
        """The matcher that is written here."""
        return self.compiler(raw, self)

    def text(self, argument: Any) -> str:
        """The argument as text, folded where case is ignored; anything else is a mistake."""
        if isinstance(argument, str):
            return argument.casefold() if self.fold else argument
        if argument is not UNKNOWN:
            quotable = isinstance(argument, int | float)
            hint = f'put it in quotes: "{spelt(argument)}"' if quotable else None
            self.mistake(f"`{self.name}` needs a text, not {described(argument)}", hint)
        return ""

    def whole(self, argument: Any) -> int:
        """The argument as a count, 0 or more."""
        if isinstance(argument, int) and not isinstance(argument, bool) and argument >= 0:
            return argument
        if argument is not UNKNOWN:
            self.mistake(f"`{self.name}` needs a whole number from 0 on, not {described(argument)}")
        return 0

    def flag(self, argument: Any) -> bool:
        if isinstance(argument, bool):
            return argument
        if argument is not UNKNOWN:
            self.mistake(f"`{self.name}` needs true or false, not {described(argument)}")
        return True

    def entries(self, argument: Any) -> list[Any]:
        """The argument as a list with an entry at least."""
        if isinstance(argument, list) and argument:
            return argument
        if isinstance(argument, list):
            self.mistake(f"`{self.name}` needs a list with an entry")
        elif argument is not UNKNOWN:
            self.mistake(f"`{self.name}` needs a list, not {described(argument)}", "write `[…]`")
        return []


def unfit(needs: str, value: Any, expected: Any) -> Mismatch:
    """The mismatch of a matcher that cannot look at such a value."""
    if value is MISSING:
        return Mismatch("", expected, None, "there is no value to look at", fits=False)
    return Mismatch("", expected, value, f"{described(value)} is no {needs}", fits=False)


def spelt(value: object) -> str:
    """A value as JSON spells it, roughly: for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def described(value: object) -> str:
    """A value with its kind, for a message: on one line, nothing hidden, never long."""
    match value:
        case None:
            return "null"
        case bool():
            return spelt(value)
        case int() | float():
            return f"the number {shown(spelt(value))}"
        case str():
            return f"the text `{shown(value)}`" if value else "an empty text"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
    return "nothing" if value is MISSING else f"`{escaped(type(value).__name__)}`"


def brief(value: object) -> str:
    """A value alone, for a message: `4417`, null, a cut of a long one."""
    if value is MISSING:
        return "nothing"
    return f"`{shown(value if isinstance(value, str) else spelt(value))}`"


def folded(value: Any) -> Any:
    """The value with every text in it folded, keys left as they are."""
    match value:
        case str():
            return value.casefold()
        case list():
            return [folded(each) for each in value]
        case dict():
            return {key: folded(each) for key, each in value.items()}
    return value


def alike(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal as JSON: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)
