"""What was found wrong, as data, and the verdict that follows from it.

Knows the code, level and source of every rule, so that a scenario that names an unknown rule can be refused
when it is loaded; what a rule looks at is written in `harness.rules`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from harness.source.place import Place


class Level(StrEnum):
    """How much a finding weighs. Only an error keeps a case from passing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class OnWire:
    """Where on the wire: which exchange of the case, which event of its stream, which byte, which field.

    `exchange` counts the exchanges of a case from 0, `event` the frames of its stream from 0; `offset` is a
    byte offset in the body as it came; `pointer` is a JSON pointer into the event, or into the response where
    there is no event.
    """

    exchange: int = 0
    event: int | None = None
    offset: int | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule or expectation: evidence, with both values as they came.

    `rule` is the code of a rule, or `expect.<subject>` for an expectation; `turn` is the turn's id. What makes
    it the same finding in another run is case, turn, rule and pointer; never wording, values or line numbers.
    """

    rule: str
    level: Level
    message: str
    wire: OnWire = OnWire()
    expected: object = None
    actual: object = None
    turn: str | None = None
    place: Place | None = None


class Severity(StrEnum):
    """How a rule's findings are graded before any profile or `allow:` has a say."""

    S1 = "S1"  # an error that nothing lowers
    S2 = "S2"  # an error that a profile or a reasoned `allow:` lowers to a warning
    WARN = "warning"
    S3 = "S3"  # a note
    # (S0, "must produce nothing", is no severity of a rule)

    @property
    def level(self) -> Level:
        match self:
            case Severity.S1 | Severity.S2:
                return Level.ERROR
            case Severity.WARN:
                return Level.WARNING
            case _:
                return Level.NOTE


@dataclass(frozen=True, slots=True)
class Code:
    """A rule's entry in the table of codes: its severity and where the API promises it."""

    severity: Severity
    source: str

    @property
    def level(self) -> Level:
        return self.severity.level

    @property
    def can_be_lowered(self) -> bool:
        return self.severity is not Severity.S1


CODES: Final[Mapping[str, Code]] = {
    "sem.usage_sum": Code(Severity.S2, "API reference, response.usage: total is input plus output"),
}
"""Every rule that exists, by code. `harness.rules` binds each to what it looks at; a test holds both equal."""


class Verdict(StrEnum):
    """What is said of one attempt at a case."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    ERRORED = "errored"
    SKIPPED = "skipped"


def verdict(findings: Iterable[Finding], *, error: str | None = None, skipped: str | None = None) -> Verdict:
    """The verdict of an attempt; the first that holds.

    Skipped: it was never sent, for the given reason. Failed: an error of a family other than `avail` stands.
    Errored: the harness, its input or its environment is at fault (`error` says how). Inconclusive: errors of
    family `avail` alone, the endpoint could not be observed. Else passed.
    """
    if skipped is not None:
        return Verdict.SKIPPED
    errors = [finding.rule for finding in findings if finding.level is Level.ERROR]
    if any(not rule.startswith("avail.") for rule in errors):
        return Verdict.FAILED
    if error is not None:
        return Verdict.ERRORED
    return Verdict.INCONCLUSIVE if errors else Verdict.PASSED
