"""What is said of each planned case, and in which order: what needs somebody's eyes first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from harness.findings import Level, Verdict
from harness.record.lines import CaseLine, FindingLine
from harness.record.run import Run

NOT_RUN: Final = "not run"
"""What is said of a planned case without a finished attempt."""

OUTCOMES: Final[Mapping[str, str]] = {
    Verdict.FAILED.value: "✕",
    Verdict.ERRORED.value: "!",
    Verdict.INCONCLUSIVE.value: "?",
    NOT_RUN: "○",
    Verdict.PASSED.value: "✓",
    Verdict.SKIPPED.value: "–",
}
"""Every outcome in the order in which it is told, with the sign that stands beside the word."""

NEEDS_EYES: Final = frozenset({"failed", "errored", "inconclusive", NOT_RUN})
"""Outcomes that keep a run from being wholly passed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A planned case and how it came out; `lines` are its finished attempts, none where it was not run."""

    case: str
    outcome: str
    lines: tuple[CaseLine, ...]
    flaky: bool
    title: str

    @property
    def shown(self) -> CaseLine | None:
        """The attempt that speaks for the case: the first that says what all say together, else the last."""
        if len(self.lines) < 2:  # most cases, and asked again and again
            return self.lines[0] if self.lines else None
        agreeing = (line for line in self.lines if line.verdict.value == self.outcome)
        return next(agreeing, self.lines[-1])

    @property
    def standing(self) -> list[FindingLine]:
        """The findings of that attempt that no scenario allowed, the heaviest first."""
        found = [finding for finding in self.shown.findings if finding.allowed is None] if self.shown else []
        if not found:
            return found
        order = list(Level)
        return sorted(found, key=lambda finding: order.index(finding.level))

    @property
    def weighty(self) -> list[FindingLine]:
        """Those of them that are no notes."""
        return [finding for finding in self.standing if finding.level is not Level.NOTE]

    @property
    def needs_eyes(self) -> bool:
        return self.outcome in NEEDS_EYES

    @property
    def class_name(self) -> str:
        return self.outcome.replace(" ", "-")


def outcomes(run: Run) -> list[Outcome]:
    """Every case of a run, by outcome, then in the order of the plan. Their index is their number on the page."""
    order = {name: n for n, name in enumerate(OUTCOMES)}
    return sorted(_all(run), key=lambda one: order[one.outcome])


def _all(run: Run) -> Iterator[Outcome]:
    for case, lines in run.attempts.items():
        yield Outcome(case, run.verdicts[case].value, lines, case in run.flaky, lines[-1].title)
    titles = {f"{line.file}::{line.id}": line.title for line in run.head.scenarios}
    for case in run.missing:
        yield Outcome(case, NOT_RUN, (), False, titles.get(case.partition("[")[0], case))
