"""What a run failed of, in a few lines for a terminal: each cause once, with its first place and its reason."""

from typing import Final

from harness.record.lines import CaseLine
from harness.record.outcome import NEEDS_EYES, OUTCOMES
from harness.record.run import Run
from harness.report.causes import Cause
from harness.report.evidence import Evidence
from harness.report.text import counted, number, visible

SHOWN: Final = 5
"""Causes that are told."""
LONGEST: Final = 160
"""Characters of one text that are told; the report has more."""


def first_failures(run: Run) -> list[str]:
    """Lines for a terminal; none where nothing needs a look. No line begins with text from outside."""
    if not run.missing and NEEDS_EYES.isdisjoint(run.verdicts.values()):
        return []
    evidence = Evidence(run)
    told = []
    for cause in evidence.causes[:SHOWN]:
        case = evidence.cases[cause.cases[0]]
        more = len(cause.cases) - 1
        told.append(f"  {OUTCOMES[cause.outcome]} {cause.outcome} at {_place(cause, case.shown)}: {_reason(cause)}")
        told.append(f"      in {_short(case.case)}" + (f" and {counted(more, 'more case')}" if more else ""))
    if len(evidence.causes) > SHOWN:
        told.append(f"  and {counted(len(evidence.causes) - SHOWN, 'more cause')}")
    total = sum(len(cause.cases) for cause in evidence.causes)
    why = counted(len(evidence.causes), "cause")
    head = f"{counted(total, 'case')} of {number(len(evidence.cases))} did not pass, for {why}:"
    return [head, *told] if told else []


def _place(cause: Cause, line: CaseLine | None) -> str:
    """The line of YAML that demands it, else that of the scenario."""
    if cause.finding is not None and cause.finding.place is not None:
        return _short(str(cause.finding.place))
    return _short(f"{line.file}:{line.line}") if line is not None else "its plan"


def _reason(cause: Cause) -> str:
    return _short(f"{cause.finding.rule}: {cause.finding.message}" if cause.finding else cause.said)


def _short(text: str) -> str:
    """On one line, with nothing hidden in it and no command that pipelines obey wherever it stands."""
    line = visible(text.replace("\n", "\\n").replace("\t", " ")).replace("##", "# #")
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
