"""A run over several targets in a few lines: regions down, models across, how many cases came out how."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from harness.findings import Verdict
from harness.record.run import Run

SHOWN: Final = (Verdict.FAILED, Verdict.ERRORED, Verdict.INCONCLUSIVE)
"""Verdicts that are told by name; passed ones are counted, skipped ones left out."""
WIDEST: Final = 8
"""Models that stand beside each other at most; with more, each has a line of its own."""


def matrix(run: Run) -> list[str]:
    """Lines for a terminal; none where all cases ran in one region on one model."""
    cells: dict[tuple[str, str], Counter[Verdict]] = {}
    lines = {line.case: line for line in run.cases}
    for case, judged in run.verdicts.items():
        line = lines[case]
        cells.setdefault((line.region or "-", line.model or "-"), Counter())[judged] += 1
    ran = {key: counts for key, counts in cells.items() if any(judged is not Verdict.SKIPPED for judged in counts)}
    if len(ran) < 2:
        return []
    regions = list(dict.fromkeys(region for region, _ in ran))
    models = list(dict.fromkeys(model for _, model in ran))
    if len(models) > WIDEST:
        rows = [
            [region, model, _told(ran[region, model])]
            for region in regions
            for model in models
            if (region, model) in ran
        ]
        return _columns([["region", "model", "passed"], *rows])
    rows = [[region, *(_told(ran.get((region, model))) for model in models)] for region in regions]
    return _columns([["passed of", *models], *rows])


def _told(counts: Counter[Verdict] | None) -> str:
    if counts is None:
        return "-"
    ran = sum(count for judged, count in counts.items() if judged is not Verdict.SKIPPED)
    if not ran:
        return "skipped"
    others = ", ".join(f"{counts[judged]} {judged}" for judged in SHOWN if counts[judged])
    return f"{counts[Verdict.PASSED]}/{ran}" + (f" ({others})" if others else "")


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    wide = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows]
