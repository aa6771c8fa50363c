"""The matcher behind `same_as:`: another turn's response, equal but for ids and times."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.matchers.base import UNKNOWN, Matcher, Mismatch, Reading, described, unfit
from harness.matchers.structure import Equals
from harness.matchers.table import NOTHING
from harness.pointer import MISSING, tokens
from harness.source.place import shown, suggestion

KEYS: Final = ("turn", "but")
THIS: Final = ""
"""Under which name the turn itself stands among the responses that are compared; no turn has it as its id."""

TIMES: Final = re.compile(r"_at$")
IDS: Final = re.compile(r"(?:^|_)id$")
LEFT_OUT: Final = frozenset({"encrypted_content", "fingerprint", "previous_response_id", "obfuscation"})
"""Fields that are made anew each time or tell of the way here: never compared."""


@dataclass(frozen=True, slots=True)
class SameAs(Matcher):
    """The response is that of another turn, ids, times and the pointers under `but` left out."""

    turn: str
    but: tuple[str, ...] = ()

    name = "same_as"

    @classmethod
    def read(cls, argument: Any, reading: Reading) -> Matcher:
        if argument is UNKNOWN:
            return NOTHING
        written = argument if isinstance(argument, dict) else {"turn": argument}
        for key in written.keys() - set(KEYS):
            told = f"unknown key `{shown(key)}` in `same_as`"
            reading.below(key).mistake(told, suggestion(key, KEYS), key=True)
        turn, but = written.get("turn"), written.get("but", [])
        if not isinstance(turn, str) or not turn:
            reading.mistake(f"`same_as` needs the id of an earlier turn, not {described(turn)}", "write `same_as: id`")
        pointers = [each for each in but if isinstance(each, str) and each.startswith("/")] if _is_list(but) else None
        if pointers is None or len(pointers) != len(but):
            at = reading.below("but")
            at.mistake("`but` needs a list of JSON pointers", "such as `[/usage, /output/0/content]`")
        return cls(turn if isinstance(turn, str) else "", tuple(pointers or ()))

    def match(self, value: Any) -> Iterator[Mismatch]:
        told = value if isinstance(value, Mapping) else {}
        this, other = told.get(THIS), told.get(self.turn)
        if not isinstance(this, Mapping) or not isinstance(other, Mapping):
            what = THIS if not isinstance(this, Mapping) else self.turn
            yield unfit("response", told.get(what, MISSING), f"the response of {self.turn}")
            return
        yield from Equals(comparable(other, self.but)).match(comparable(this, self.but))


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def comparable(response: Mapping[str, Any], but: tuple[str, ...] = ()) -> Any:
    """A response without its times, each id replaced by a number that says which id it is."""
    numbers: dict[str, int] = {}
    out = {tuple(tokens(pointer)) for pointer in but}

    def plain(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, Mapping):
            return {
                key: _numbered(inner, numbers) if IDS.search(key) else plain(inner, (*path, key))
                for key, inner in value.items()
                if key not in LEFT_OUT and not TIMES.search(key) and (*path, key) not in out
            }
        if isinstance(value, list):
            return [plain(each, (*path, str(n))) for n, each in enumerate(value) if (*path, str(n)) not in out]
        return value

    return plain(response, ())


def _numbered(value: Any, numbers: dict[str, int]) -> Any:
    return f"id {numbers.setdefault(value, len(numbers) + 1)}" if isinstance(value, str) else value
