"""A run in a few lines of plain text: what is left when the page cannot be made."""

from collections import Counter

from harness.record.outcome import NEEDS_EYES, OUTCOMES, outcomes
from harness.record.run import Run
from harness.report.text import visible


def minimal(run: Run) -> str:
    """Counts, then every case that did not pass with its findings; no line begins with text from outside."""
    found = outcomes(run)
    counts = Counter(one.outcome for one in found)
    lines = [f"Run {run.head.run}", *(f"  {name}: {counts[name]}" for name in OUTCOMES if counts[name])]
    lines += [f"  ! {problem}" for problem in run.problems]
    for one in found:
        if one.outcome in NEEDS_EYES:
            lines.append(f"  {OUTCOMES[one.outcome]} {one.outcome}: {one.case}")
            shown = one.shown
            for finding in shown.findings if shown else ():
                lines.append(f"      {finding.rule}: {finding.message}")
    return "\n".join(_one_line(line) for line in lines) + "\n"


def _one_line(text: str) -> str:
    return visible(text.replace("\n", "\\n"))
