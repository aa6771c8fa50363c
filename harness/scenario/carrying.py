"""What stands behind `carry_over: {plants: …}` and `compaction: {keeps: …}`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.matchers.base import UNKNOWN, Matcher, Mismatch, Reading, unfit

MOST: Final = 9
"""Facts that may be planted at once."""


@dataclass(frozen=True, slots=True)
class Plants(Matcher):
    """So many random facts are planted in the first turn and asked for after the last.

    Whether they came back is judged by the rules: with two signals that context was lost, or a note.
    """

    count: int

    name = "plants"
    kinds: ClassVar[frozenset[str]] = frozenset({"number"})

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if argument is UNKNOWN:
            return cls(1)
        if type(argument) is not int or not 1 <= argument <= MOST:
            reading.mistake(f"`plants` needs a whole number from 1 to {MOST}", "write `carry_over: {plants: 3}`")
            return cls(1)
        return cls(argument)

    def match(self, value: Any) -> Iterator[Mismatch]:
        return iter(())


@dataclass(frozen=True, slots=True)
class Keeps(Matcher):
    """The answer holds every one of these facts."""

    facts: tuple[str, ...]

    name = "keeps"
    kinds: ClassVar[frozenset[str]] = frozenset({"list", "text"})

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if argument is UNKNOWN:
            return cls(())
        facts = argument if isinstance(argument, list) else [argument]
        if not facts or not all(isinstance(fact, str) and fact for fact in facts if fact is not UNKNOWN):
            reading.mistake("`keeps` needs a list of texts", 'write `compaction: {keeps: ["4417", teal]}`')
            return cls(())
        return cls(tuple(fact for fact in facts if isinstance(fact, str)))

    def match(self, value: Any) -> Iterator[Mismatch]:
        if not isinstance(value, str):
            yield unfit("text", value, list(self.facts))
            return
        for fact in self.facts:
            if fact not in value:
                yield Mismatch("", fact, value, f"the answer does not hold {fact!r}")
