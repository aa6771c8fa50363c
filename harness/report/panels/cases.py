"""Every case as a row of a table that can be filtered; the rows are drawn by the page's script."""

from collections import Counter
from typing import Any, Final

from harness.record.lines import CaseLine
from harness.record.outcome import OUTCOMES, Outcome
from harness.report.counted import feature, mode, place, target_of
from harness.report.evidence import Evidence, home
from harness.report.packed import packed
from harness.report.text import number

COLUMNS: Final = (
    "outcome",
    "title",
    "case",
    "scenario",
    "target",
    "region",
    "model",
    "feature",
    "mode",
    "row",
    "repeat",
    "attempts",
    "flaky",
    "seconds",
    "ttft",
    "total",
    "tokens",
    "findings",
    "rules",
    "owner",
    "tags",
    "message",
    "cause",
    "gate",
    "change",
    "group",
    "tries",
)
"""The names of a row's values, in order; rows are lists, so that ten thousand of them stay small."""


def build(evidence: Evidence) -> dict[str, Any]:
    """Plain data: the rows in page order, packed, and how many there are of each outcome."""
    counts = Counter(one.outcome for one in evidence.cases)
    return {
        "signs": dict(OUTCOMES),
        "packed": packed({"columns": COLUMNS, "rows": rows(evidence)}),
        "counts": [
            {"outcome": name, "sign": sign, "count": number(counts[name]), "class": name.replace(" ", "-")}
            for name, sign in OUTCOMES.items()
            if counts[name]
        ],
    }


def rows(evidence: Evidence) -> list[list[Any]]:
    """A row for each case; times are in seconds, None where there is none."""
    return [_row(n, one, evidence) for n, one in enumerate(evidence.cases)]


def _row(n: int, one: Outcome, evidence: Evidence) -> list[Any]:
    region, model = place(one, evidence.run)
    target = target_of(one, evidence.run)
    line, standing = one.shown, one.standing
    scenario = evidence.scenario(line) if line else None
    return [
        one.outcome,
        one.title,
        one.case,
        one.case.partition("[")[0],
        line.target if line else target.name if target else "",
        region,
        model,
        feature(line, one.case),
        mode(one, evidence.run),
        ", ".join(f"{name} = {value}" for name, value in line.values.items()) if line else "",
        len({each.repeat for each in one.lines}),
        len(one.lines),
        one.flaky,
        round(line.seconds, 4) if line and line.turns else None,
        line.latency.first_token if line else None,
        line.latency.total if line else None,
        line.usage.total_tokens if line else None,
        len(standing),
        list(dict.fromkeys(finding.rule for finding in standing)),
        (scenario.owner or "") if scenario else "",
        list(scenario.tags) if scenario else [],
        standing[0].message if standing else (line.reason or "") if line else "",
        evidence.cause_of.get(n),
        list(evidence.reasons_of.get(one.case, ())),
        evidence.change_of.get(one.case, ""),
        evidence.places[home(line)] if line else None,
        [_tried(each) for each in one.lines] if len(one.lines) > 1 else None,
    ]


def _tried(line: CaseLine) -> list[Any]:
    """What rates and times are counted from, of a case that ran several times."""
    return [line.verdict.value, line.latency.first_token, line.latency.total, line.usage.total_tokens]
