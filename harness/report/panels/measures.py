"""Rates with their intervals, times and tokens by region and model, repeats, and requests that had to wait."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote

from harness.comparison.figures import quantile
from harness.comparison.statistics import wilson
from harness.comparison.words import between, percent
from harness.findings import Verdict
from harness.record.lines import CaseLine
from harness.report.counted import query
from harness.report.evidence import Evidence, home
from harness.report.text import counted, number, seconds

SHARES: Final = (0.5, 0.9, 0.99)
"""The percentiles that are told; the line that is drawn goes from the smallest value to the largest."""
SHOWN: Final = 50
"""Lines of one table."""
WAITED: Final = frozenset({"avail.retried", "avail.throttled", "avail.quota"})
"""Rules whose findings tell of requests that were refused for a moment, or for good."""

Look = Callable[[CaseLine], float | None]


def _tokens(value: float) -> str:
    return f"{value:,.0f}"


FIGURES: Final[Sequence[tuple[str, str, Look, Callable[[float], str]]]] = (
    ("ttft", "Time to first token", lambda line: line.latency.first_token, seconds),
    ("total", "Time in all", lambda line: line.latency.total, seconds),
    ("tokens", "Tokens of a case", lambda line: line.usage.total_tokens, _tokens),
)
"""What has a table: its name in the page's rows, its title, where it stands in a case's line, how it is told."""


def build(evidence: Evidence) -> dict[str, Any]:
    """Plain data: `rates`, `spans` (a table for each figure), `repeats` and `waits`."""
    groups: dict[tuple[str, str], list[CaseLine]] = {where: [] for where in evidence.groups}
    for line in evidence.run.cases:
        groups[home(line)].append(line)
    ordered = [(n, " · ".join(where), lines) for n, (where, lines) in enumerate(groups.items())]
    return {
        "rates": [row | {"group": n} for n, name, lines in ordered if (row := _rate(name, lines))],
        "spans": [
            {"figure": figure, **table}
            for figure, title, look, told in FIGURES
            if (table := _spans(title, ordered, look, told))["rows"]
        ],
        "repeats": _repeats(evidence),
        "waits": _waits(evidence.run.cases),
    }


def _rate(name: str, lines: Iterable[CaseLine]) -> dict[str, Any] | None:
    judged = [line.verdict for line in lines if line.verdict in (Verdict.PASSED, Verdict.FAILED)]
    if not judged:
        return None
    passed = judged.count(Verdict.PASSED)
    interval = wilson(passed, len(judged))
    return {
        "name": name,
        "passed": f"{number(passed)} of {number(len(judged))}",
        "said": f"{percent(interval.estimate)} (95 %: {between(interval)})",
        "low": f"{100 * interval.low:.2f}",
        "width": f"{max(0.5, 100 * (interval.high - interval.low)):.2f}",
        "at": f"{min(99.0, 100 * interval.estimate):.2f}",
    }


def _spans(
    title: str,
    groups: Sequence[tuple[int, str, Sequence[CaseLine]]],
    look: Look,
    told: Callable[[float], str],
) -> dict[str, Any]:
    """Each group's values as a line from the smallest to the largest, all on one scale that begins at 0."""
    found = [(n, name, [v for line in lines if (v := look(line)) is not None]) for n, name, lines in groups]
    known = [each for each in found if each[2]]
    most = max((max(values) for _, _, values in known), default=0.0) or 1.0
    return {
        "title": title,
        "most": told(most),
        "scale": most,
        "rows": [_span(name, values, most, told) | {"group": n} for n, name, values in known[:SHOWN]],
    }


def _span(name: str, values: Sequence[float], most: float, told: Callable[[float], str]) -> dict[str, Any]:
    found = [quantile(values, share) for share in SHARES]

    def at(value: float) -> str:
        return f"{min(99.4, 100 * value / most):.2f}"

    low, high = min(values), max(values)
    return {
        "name": name,
        "count": number(len(values)),
        "told": [told(value) for value in (low, *found, high)],
        "low": at(low),
        "width": f"{max(0.5, 100 * (high - low) / most):.2f}",
        "middle": at(found[0]),
        "upper": f"{max(0.5, 100 * (found[1] - found[0]) / most):.2f}",
        "ticks": [at(value) for value in found],
    }


def _repeats(evidence: Evidence) -> list[dict[str, Any]]:
    """Cases that ran several times, those that do not always come out the same first."""
    several = [
        (one, [line for line in one.lines if line.verdict is not Verdict.SKIPPED])
        for one in evidence.cases
        if len({line.repeat for line in one.lines}) > 1
    ]
    rows = []
    for one, lines in sorted(several, key=lambda pair: (not pair[0].flaky, evidence.numbers[pair[0].case])):
        row = _rate(one.title, lines)
        if row is not None:
            rows.append(row | {"number": evidence.numbers[one.case], "case": one.case})
    return rows[:SHOWN]


def _waits(lines: Iterable[CaseLine]) -> dict[str, Any]:
    """Requests that were refused and sent again or given up, by region."""
    regions: dict[str, dict[str, Any]] = {}
    for line in lines:
        for finding in line.findings:
            if finding.rule in WAITED:
                row = regions.setdefault(line.region or "-", {"cases": set(), "again": 0, "refused": 0, "first": ""})
                row["cases"].add(line.case)
                row["first"] = row["first"] or finding.message
                if finding.rule == "avail.retried" and isinstance(finding.actual, int):
                    row["again"] += finding.actual - 1
                else:
                    row["refused"] += 1
    return {
        "rows": [
            {
                "region": region,
                "href": query(region=region) + quote(f" rule={','.join(sorted(WAITED))}"),
                "cases": counted(len(row["cases"]), "case"),
                "again": number(row["again"]),
                "refused": number(row["refused"]),
                "first": row["first"],
            }
            for region, row in sorted(regions.items())
        ]
    }
