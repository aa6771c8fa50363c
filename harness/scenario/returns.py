"""`returns:` of a tool: what the harness answers when the model calls it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.matchers import Matcher
from harness.matchers.base import Reading, Report
from harness.matchers.structure import Fields
from harness.matchers.table import NOTHING, read
from harness.scenario.durations import seconds
from harness.scenario.variables import drafted, holds_marks, substitute
from harness.source.place import Diagnostic, Place, Refused, shown, suggestion

KEYS: Final = ("when", "value", "error", "delay")
MOST_OUTCOMES: Final = 50
LONGEST_DELAY: Final = 600.0
"""Seconds for which a tool may take its time."""
ANSWERED: Final[Mapping[str, str]] = {"function": "function_call_output", "custom": "custom_tool_call_output"}
"""Types of tools that may have `returns:`, and the item that brings the answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer of a tool. `when` holds the arguments for which it is given, as written; all it may be for, if empty.

    `value` and `error` are templates; `delay` is in seconds.
    """

    when: Mapping[str, Any]
    value: Any = None
    error: Any = None
    failed: bool = False
    delay: float = 0.0

    def fits(self, arguments: Any, bindings: Mapping[str, Any], place: Place) -> bool:
        """Whether it is the answer to a call with these arguments.

        Raises:
            Refused: with these variables `when` holds no matcher.
        """
        if not self.when:
            return True
        mistakes: list[Diagnostic] = []

        def report(path: tuple[str | int, ...], message: str, hint: str | None, key: bool) -> None:
            mistakes.append(Diagnostic(place, message, hint))

        matcher = _matcher(substitute(self.when, bindings), report)
        if mistakes:
            raise Refused(mistakes)
        return matcher.holds(arguments) is True


@dataclass(frozen=True, slots=True)
class Returns:
    """The simulated results of one tool, the first that fits counts; `place` is that of its `returns:`."""

    type: str
    outcomes: tuple[Outcome, ...]
    place: Place

    def outcome(self, arguments: Any, bindings: Mapping[str, Any]) -> Outcome | None:
        """The answer to a call with these arguments, or None where none is foreseen."""
        fitting = (each for each in self.outcomes if each.fits(arguments, bindings, self.place))
        return next(fitting, None)

    def bound(self, row: Mapping[str, Any]) -> "Returns":
        """The same with some variables put in; the others, the call's arguments among them, may come later."""
        outcomes = tuple(
            Outcome(
                substitute(each.when, row, partly=True),
                substitute(each.value, row, partly=True),
                substitute(each.error, row, partly=True),
                each.failed,
                each.delay,
            )
            for each in self.outcomes
        )
        return Returns(self.type, outcomes, self.place)


def is_list_of_outcomes(written: Any) -> bool:
    """Whether it is a list of outcomes rather than a value: all entries are mappings, one of them with our keys."""
    return (
        isinstance(written, list)
        and bool(written)
        and all(isinstance(entry, dict) for entry in written)
        and any(entry.keys() & {"when", "value", "error", "delay"} for entry in written)
    )


def outcomes_of(written: Any, report: Report) -> tuple[Outcome, ...]:
    """The outcomes behind `returns:`; mistakes go to `report` with paths into it."""
    if not is_list_of_outcomes(written):
        return (Outcome({}, written),)
    if len(written) > MOST_OUTCOMES:
        report((), f"`returns` has at most {MOST_OUTCOMES} entries", None, True)
        return ()
    outcomes = tuple(_outcome(entry, index, report) for index, entry in enumerate(written))
    for index, outcome in enumerate(outcomes[:-1]):
        if not outcome.when and "when" not in written[index]:
            report((index + 1,), "this entry is never reached: the one before fits every call", None, False)
            break
    return outcomes


def _outcome(entry: Mapping[str, Any], index: int, report: Report) -> Outcome:
    for key in entry:
        if key not in KEYS:
            report((index, key), f"unknown key `{shown(str(key))}` in `returns`", suggestion(str(key), KEYS), True)
    if "value" in entry and "error" in entry:
        report((index, "error"), "an entry of `returns` has a `value` or an `error`, not both", None, True)
    if not entry.keys() & {"value", "error", "delay"}:
        report((index,), "this entry says nothing to return", "add `value:` or `error:`", False)
    when = entry.get("when", {})
    if "when" in entry:

        def below(path: tuple[str | int, ...], message: str, hint: str | None, key: bool) -> None:
            report((index, "when", *path), message, hint, key)

        _matcher(drafted(when) if holds_marks(when) else when, below, draft=True)
    delay = _delay(entry.get("delay", 0), index, report)
    given = when if isinstance(when, dict) else {}
    return Outcome(given, entry.get("value"), entry.get("error"), "error" in entry, delay)


def _delay(written: Any, index: int, report: Report) -> float:
    found = 0.0 if written == 0 else seconds(written) if isinstance(written, str) else None
    if found is None or found > LONGEST_DELAY:
        report((index, "delay"), "`delay` is a duration such as `500ms` or `2s`, 10 minutes at most", None, False)
        return 0.0
    return found


def _matcher(when: Any, report: Report, *, draft: bool = False) -> Matcher:
    if when == {}:
        report((), "`when` needs a mapping of arguments and matchers", "without it the entry fits every call", True)
        return NOTHING
    return Fields.read(when, Reading(report, read, draft=draft, name="when"))


def names_of_arguments(arguments: Any) -> dict[str, Any]:
    """What `${arguments.…}` stands for: every argument by its name, inner ones by the way to them."""
    return dict(_flattened("arguments", arguments, 0))


def _flattened(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    yield name, value
    if depth >= 4:
        return
    inner: Sequence[tuple[Any, Any]] = list(value.items()) if isinstance(value, Mapping) else []
    for key, each in inner:
        yield from _flattened(f"{name}.{key}", each, depth + 1)
