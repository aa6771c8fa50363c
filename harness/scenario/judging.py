"""What stands behind `judge:`: criteria, the target whose model grades, and the grade that is enough."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.matchers.base import UNKNOWN, Matcher, Mismatch, Reading, described, unfit
from harness.source.place import shown, suggestion

KEYS: Final = ("criteria", "target", "at_least")
BEST: Final = 10
ENOUGH: Final = 7
"""The grade that is enough where none is written."""
LONGEST: Final = 4_000
"""Characters of all criteria together."""


@dataclass(frozen=True, slots=True)
class Judged(Matcher):
    """A model graded the answer against the criteria, from 0 to 10, and the grade is enough.

    `target` names the target whose model grades; None is the case's own. The value is `{"grade": …, "reason": …}`.
    """

    criteria: tuple[str, ...]
    target: str | None = None
    at_least: int = ENOUGH

    name = "judge"
    kinds: ClassVar[frozenset[str]] = frozenset({"mapping"})

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if not isinstance(argument, dict):
            if argument is not UNKNOWN:
                reading.mistake(f"`judge` needs a mapping, not {described(argument)}", "write `{criteria: …}`")
            return cls(())
        for key in argument.keys() - set(KEYS):
            told = f"unknown key `{shown(key)}` in `judge`"
            reading.below(key).mistake(told, suggestion(key, KEYS), key=True)
        return cls(_criteria(argument, reading), _target(argument, reading), _enough(argument, reading))

    def match(self, value: Any) -> Iterator[Mismatch]:
        if not isinstance(value, Mapping):
            yield unfit("grade", value, {"at_least": self.at_least})
        elif value["grade"] < self.at_least:
            told = f"graded {value['grade']} of {BEST}, not {self.at_least}: {shown(value['reason'])}"
            yield Mismatch("", {"at_least": self.at_least}, dict(value), told)


def _criteria(written: Mapping[str, Any], reading: Reading) -> tuple[str, ...]:
    found, at = written.get("criteria"), reading.below("criteria", name="criteria")
    if "criteria" not in written:
        reading.mistake("`judge` needs `criteria`", "say what a good answer is, such as `mentions the parcel number`")
        return ()
    texts = at.entries(found) if isinstance(found, list) else [found]
    kept = tuple(at.text(each) for each in texts)
    if any(each == "" or (isinstance(each, str) and "\n" in each.strip()) for each in texts):
        at.mistake("each of the `criteria` is one line of text", "write several as a list")
    if sum(map(len, kept)) > LONGEST:
        at.mistake(f"`criteria` have at most {LONGEST} characters")
    return tuple(each.strip() for each in kept)


def _target(written: Mapping[str, Any], reading: Reading) -> str | None:
    target = written.get("target")
    if "target" in written and (not isinstance(target, str) or not target or "$" in target):
        reading.below("target").mistake(
            "`target` is the name of a target, written out", "leave it out for the case's own"
        )
        return None
    return target


def _enough(written: Mapping[str, Any], reading: Reading) -> int:
    enough = written.get("at_least", ENOUGH)
    if enough is UNKNOWN:
        return ENOUGH
    if not isinstance(enough, int) or isinstance(enough, bool) or not 1 <= enough <= BEST:
        reading.below("at_least").mistake(f"a grade is a whole number from 1 to {BEST}, not {described(enough)}")
        return ENOUGH
    return enough
