"""A subject and a matcher on a turn that was taken → findings with the YAML's place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.conversation import TurnTaken
from harness.expectations.subjects import BESIDE, LOOKS
from harness.findings import Finding, Level, OnWire
from harness.matchers import TooLong
from harness.pointer import MISSING
from harness.scenario.model import Expectation
from harness.source.place import Diagnostic, Refused

POINTERS: Final[Mapping[str, str]] = {
    "status": "/status",
    "incomplete_reason": "/incomplete_details/reason",
    "error": "/error",
    "items": "/output",
    "text": "/output",
    "json": "/output",
    "refusal": "/output",
    "tool_calls": "/output",
    "reasoning": "/output",
    "usage": "/usage",
    "model": "/model",
}
"""Where in the response the value of a subject stands, as near as can be said."""


def judge(
    taken: TurnTaken, expectation: Expectation, bindings: Mapping[str, Any], earlier: Sequence[TurnTaken] = ()
) -> Iterator[Finding]:
    """One finding for each place where the turn is not as demanded; nothing where the demand holds.

    `bindings` are the variables known when the turn was over, `earlier` the turns taken before it.

    Raises:
        harness.source.place.Refused: with these values the matcher is none, or it did not come to an end.
    """
    bound = expectation.bind(bindings)
    try:
        yield from found(taken, bound, _looked_at(taken, bound, earlier))
    except TooLong as error:
        raise Refused([Diagnostic(bound.place, str(error), "write it so that it comes to an end")]) from None


def found(taken: TurnTaken, bound: Expectation, value: Any) -> list[Finding]:
    """The findings of an expectation whose variables are put in, about a value that was looked at."""
    where = OnWire(taken.final.index if taken.final else 0, pointer=POINTERS.get(bound.subject, ""))
    return [
        Finding(
            f"expect.{bound.subject}",
            Level.ERROR,
            f"{_called(bound)}{mismatch.pointer}: {mismatch.message}",
            where,
            mismatch.expected,
            None if mismatch.actual is MISSING else mismatch.actual,
            taken.id,
            bound.place,
            mismatch.difference,
        )
        for mismatch in bound.matcher.match(value)
    ]


def _looked_at(taken: TurnTaken, expectation: Expectation, earlier: Sequence[TurnTaken]) -> Any:
    if expectation.subject in BESIDE:
        return BESIDE[expectation.subject](taken, earlier, expectation.part)
    return LOOKS[expectation.subject](taken, expectation.part)


def answers(taken: TurnTaken, expectations: tuple[Expectation, ...]) -> Finding | None:
    """The finding that a turn was refused although no expectation of it speaks of an error; else None.

    The other expectations of such a turn would all fail for this one cause.
    """
    error = taken.final.error if taken.final else None
    if error is None or any(expectation.subject == "error" for expectation in expectations):
        return None
    if taken.final is not None and taken.final.response is not None:
        return None  # a failed response is judged by what was expected of it
    said = ", ".join(f"{name} {error[name]}" for name in ("status", "code", "type", "param") if error.get(name))
    place = taken.turn.place if taken.turn else None
    return Finding(
        "expect.answered",
        Level.ERROR,
        f"the request was refused ({said}): {error.get('message') or 'no message'}",
        OnWire(taken.final.index if taken.final else 0, pointer="/error"),
        "an answer",
        dict(error),
        taken.id,
        place,
    )


def _called(expectation: Expectation) -> str:
    """How the author named what is looked at."""
    return expectation.subject + (f" {expectation.part}" if expectation.part else "")
