"""A script for the simulated service: what to answer instead of asking the model, how slowly, how wrongly.

reply: text                  this text
refusal: text                a refusal with this text
items: [...]                 these output items, verbatim (ids and statuses filled in)
thinking: text               a summary of the thinking before the answer
error: {status, code, ...}   an HTTP error
fail: {code, message, form}  a stream that fails: form `failed`, `flat`, `nested` or `azure`
delay: 200ms                 before the head goes out
pace: 20ms                   before every event
blocked: prompt              what the content filter blocks: a category, `prompt` or `completion`
defect: A57                  one defect, or `defects: [A57, B02]`
flaky: {defect: A57, rate: 0.2}    a defect in so large a share of rooms; `draw: text` is what the chance is made of
issues: [user-data]          known issues of the service to be had, see `harness.mock.issues`
quota: {requests: 3, tokens: 900, shape: v1}    a budget a minute for every deployment
turns: [{...}, {...}]        the same for the first, second, … create request of the room
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from harness.mock import issues
from harness.mock.defects import Defect, find
from harness.mock.quota import Quotas

T = TypeVar("T")

KEYS: Final = (
    "reply",
    "refusal",
    "items",
    "thinking",
    "error",
    "fail",
    "delay",
    "pace",
    "blocked",
    "defect",
    "defects",
)
OF_ROOM: Final = ("turns", "issues", "quota", "flaky")
"""Keys that are for the whole room, not for one request."""

BLOCKED: Final = ("prompt", "completion", "hate", "sexual", "violence", "self_harm", "jailbreak")
FORMS: Final = ("failed", "flat", "nested", "azure")
DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m)?")
UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, None: 1.0}


class WrongScript(ValueError):
    """A script that cannot be followed; the message says what is wrong and what would be right.

    `path` leads to it from the top of the script; `hint` says how to mend it.
    """

    def __init__(self, message: str, *path: str | int, hint: str | None = None) -> None:
        self.path = path
        self.hint = hint
        super().__init__(message)

    def below(self, *path: str | int) -> "WrongScript":
        """The same in a script that is part of another one."""
        return WrongScript(str(self), *path, *self.path, hint=self.hint)


@dataclass(frozen=True, slots=True)
class Directions:
    """What a script says about one create request; what it leaves open is None."""

    reply: str | None = None
    refusal: str | None = None
    items: tuple[Mapping[str, Any], ...] | None = None
    thinking: str | None = None
    error: Mapping[str, Any] | None = None
    fail: Mapping[str, Any] | None = None
    delay: float = 0.0
    pace: float = 0.0
    blocked: str | None = None
    defects: tuple[Defect, ...] = ()

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Directions":
        """Raises `WrongScript` for an unknown key, defect or value."""
        for key in raw:
            if key in OF_ROOM:
                raise WrongScript(f"mock: `{key}` is for a whole scenario, not for one turn", str(key))
            if key not in KEYS:
                near = get_close_matches(str(key), (*KEYS, *OF_ROOM), 1)
                raise WrongScript(
                    f"unknown key `{key}` in mock" + (f"; did you mean `{near[0]}`?" if near else ""), str(key)
                )
        items = raw.get("items")
        if items is not None and not (isinstance(items, list) and all(isinstance(i, Mapping) for i in items)):
            raise WrongScript("mock: `items` must be a list of output items", "items")
        fail = raw.get("fail")
        if fail is not None and not (isinstance(fail, Mapping) and fail.get("form", "failed") in FORMS):
            raise WrongScript(f"mock: `fail` must be a mapping whose `form` is one of {', '.join(FORMS)}", "fail")
        error = raw.get("error")
        if error is not None and not (isinstance(error, Mapping) and isinstance(error.get("status"), int)):
            raise WrongScript("mock: `error` must be a mapping with a `status`", "error")
        if raw.get("blocked") not in (None, *BLOCKED):
            raise WrongScript(f"mock: `blocked` must be one of {', '.join(BLOCKED)}", "blocked")
        return cls(
            reply=text(raw, "reply"),
            refusal=text(raw, "refusal"),
            items=None if items is None else tuple(items),
            thinking=text(raw, "thinking"),
            error=error,
            fail=fail,
            delay=seconds(raw.get("delay", 0), "delay"),
            pace=seconds(raw.get("pace", 0), "pace"),
            blocked=text(raw, "blocked"),
            defects=defects_of(raw),
        )

    @property
    def scripted(self) -> bool:
        """Whether the answer stands in the script, so that the model is not asked."""
        return self.reply is not None or self.refusal is not None or self.items is not None


def text(raw: Mapping[str, Any], key: str) -> str | None:
    value = raw.get(key)
    if value is not None and not isinstance(value, str):
        raise WrongScript(f"mock: `{key}` must be text", key)
    return value


def seconds(value: object, key: str) -> float:
    """A number of seconds, or `200ms`, `2s`, `1m`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    match = DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise WrongScript(f"mock: `{key}` must be a duration such as 200ms or 2s", key)
    return float(match[1]) * UNITS[match[2]]


def defects_of(raw: Mapping[str, Any]) -> tuple[Defect, ...]:
    names = list(raw.get("defects") or ())
    if raw.get("defect") is not None:
        names.append(raw["defect"])
    try:
        return tuple(find(str(name)) for name in names)
    except LookupError as error:
        raise WrongScript(f"mock: {error.args[0]}", "defect" if "defect" in raw else "defects") from error


def flaky(raw: object) -> tuple[Defect, ...]:
    """The defect of `flaky` in the share of rooms in which it is there. Raises `WrongScript`."""
    if raw is None:
        return ()
    if not isinstance(raw, Mapping) or not {"defect", "rate"} <= raw.keys() <= {"defect", "rate", "draw"}:
        raise WrongScript("mock: `flaky` must be a mapping with `defect` and `rate`", "flaky")
    rate = raw["rate"]
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise WrongScript("mock: `rate` lies between 0 and 1", "flaky", "rate")
    try:
        defect = find(str(raw["defect"]))
    except LookupError as error:
        raise WrongScript(f"mock: {error.args[0]}", "flaky", "defect") from error
    drawn = random.Random(str(raw.get("draw", ""))).random()  # noqa: S311 (a chance that can be had again, no secret)
    return (defect,) if drawn < rate else ()


class Script:
    """The directions for one create request after another."""

    def __init__(self, raw: Mapping[str, Any] | None = None, defects: Sequence[Defect] = ()) -> None:
        """Raises `WrongScript`."""
        raw = raw or {}
        if not isinstance(raw, Mapping):
            raise WrongScript("mock: a script must be a mapping")
        turns = raw.get("turns") or []
        if not (isinstance(turns, list) and all(isinstance(turn, Mapping) for turn in turns)):
            raise WrongScript("mock: `turns` must be a list of mappings", "turns")
        standing = {key: value for key, value in raw.items() if key not in OF_ROOM}
        self.quotas = read_by(Quotas.read, raw, "quota")
        self.issues = read_by(issues.read, raw, "issues")
        defects = (*defects, *flaky(raw.get("flaky")))
        self.always = with_defects(Directions.read(standing), defects)
        self.turns = [with_defects(read_turn(turn, standing, number), defects) for number, turn in enumerate(turns)]
        self.taken = 0
        self._begun: int | None = None
        self._next: list[Directions] = []

    def read(self, raw: Mapping[str, Any]) -> Directions:
        """Directions that stand apart from the script, with its standing defects. Raises `WrongScript`."""
        return with_defects(Directions.read(raw), self.always.defects)

    def then(self, directions: Directions) -> None:
        """These directions are for the create request after those already directed this way."""
        self._next.append(directions)

    def begin(self, turn: int) -> None:
        """From here on the turn of this number, from 0, is taken: its directions are for its first create request.

        Without it the first create request is the first turn, and so on.
        """
        self._begun = turn

    def take(self) -> Directions:
        """The directions for the create request that has just come in."""
        number = self.taken
        self.taken += 1
        if self._next:
            return self._next.pop(0)
        if self._begun is not None:
            number, self._begun = self._begun, len(self.turns)
        return self.turns[number] if number < len(self.turns) else self.always

    def put_back(self, directions: Directions) -> None:
        """The request was turned away before it was answered: the next one gets the same directions."""
        self.taken -= 1
        if self._begun is not None:
            self._next.insert(0, directions)
            return
        if directions is not (self.turns[self.taken] if self.taken < len(self.turns) else self.always):
            self._next.insert(0, directions)

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Every defect that any of the directions names."""
        return (*self.always.defects, *(defect for turn in self.turns for defect in turn.defects))


def read_by(reader: Callable[[Any], T], raw: Mapping[str, Any], key: str) -> T:
    """What stands under a key of the whole room. Raises `WrongScript`."""
    try:
        return reader(raw.get(key))
    except ValueError as error:
        raise WrongScript(f"mock: {error}", key) from error


def read_turn(turn: Mapping[str, Any], standing: Mapping[str, Any], number: int) -> Directions:
    """The directions of one turn over those that stand. Raises `WrongScript`."""
    try:
        return Directions.read({**standing, **turn})
    except WrongScript as wrong:
        raise wrong.below("turns", number) from None


def with_defects(directions: Directions, defects: Sequence[Defect]) -> Directions:
    more = tuple(defect for defect in defects if defect not in directions.defects)
    return replace(directions, defects=more + directions.defects) if more else directions
