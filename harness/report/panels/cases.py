"""Every case as a row of a table that can be filtered; the rows are drawn by the page's script."""

from collections import Counter
from typing import Any, Final

from harness.record.run import Run
from harness.report.outcome import OUTCOMES, Outcome, outcomes
from harness.report.text import number, seconds

COLUMNS: Final = (
    "outcome",
    "title",
    "case",
    "target",
    "mode",
    "row",
    "repeat",
    "attempts",
    "flaky",
    "seconds",
    "tokens",
    "findings",
    "message",
)
"""The names of a row's values, in order; rows are lists, so that ten thousand of them stay small."""


def build(run: Run) -> dict[str, Any]:
    """Plain data: the columns' names, the rows in page order, how many there are of each outcome."""
    found = outcomes(run)
    counts = Counter(one.outcome for one in found)
    return {
        "columns": COLUMNS,
        "rows": [_row(one) for one in found],
        "signs": dict(OUTCOMES),
        "counts": [
            {"outcome": name, "sign": sign, "count": number(counts[name]), "class": name.replace(" ", "-")}
            for name, sign in OUTCOMES.items()
            if counts[name]
        ],
    }


def _row(one: Outcome) -> list[Any]:
    line = one.shown
    if line is None:
        mode = one.case.partition("[")[2].removesuffix("]")
        return [one.outcome, one.title, one.case, "", mode, "", 0, 0, False, "", None, 0, ""]
    standing = one.standing
    return [
        one.outcome,
        one.title,
        one.case,
        line.target,
        " · ".join((line.delivery, line.state, line.client)),
        ", ".join(f"{name} = {value}" for name, value in line.values.items()),
        line.repeat,
        len(one.lines),
        one.flaky,
        seconds(line.seconds) if line.turns else "",
        line.usage.total_tokens,
        len(standing),
        standing[0].message if standing else line.reason or "",
    ]
