"""This run beside its baseline: what was lost first, how sure that is, and what became slower or dearer."""

from collections.abc import Sequence
from typing import Any, Final

from harness.comparison import words
from harness.comparison.comparison import SAYINGS, Comparison, Group
from harness.comparison.figures import Figure
from harness.comparison.pairing import Pair
from harness.comparison.statistics import Interval
from harness.report.counted import query
from harness.report.evidence import Evidence

SHOWN: Final = 50
"""Lines of one list that are shown."""
LOST: Final = 12
"""Lost cases that are told here; the table shows all of them."""
FAMILIES: Final = {
    "all": ("", "Pairs"),
    "scenario": ("Scenarios that changed", "Scenario"),
    "region": ("Regions", "Region"),
    "model": ("Models", "Model"),
}
"""Families of groups in the order in which they are told: their heading, and what one of them is."""
LEAST: Final = 0.0001
"""Chances below this are not told apart."""


def build(evidence: Evidence) -> dict[str, Any]:
    """Plain data of the comparison; without a baseline, that there is none."""
    found = evidence.comparison
    if found is None:
        return {"compared": False}
    pairing = found.pairing
    return {
        "compared": True,
        "verdict": words.verdict(found),
        "base": found.base,
        "targets": [f"{old} answers to {new}" for old, new in pairing.targets.items() if old != new],
        "power": words.power(found.whole) if found.whole else "",
        "families": _families(found),
        "tested": bool(found.lost),
        "lost": _lost(found.lost, evidence)[:LOST],
        "lost_in_all": len(found.lost),
        "won": [_pair(each, evidence) for each in found.won[:SHOWN]],
        "won_in_all": len(found.won),
        "figures": [_figure(one) for one in found.figures],
        "lists": [
            {"title": title, "names": list(names[:SHOWN]), "more": len(names[SHOWN:])}
            for title, names in (
                ("Changed scenarios, compared all the same", pairing.changed),
                ("New cases", pairing.added),
                ("Removed cases", pairing.removed),
                ("Not compared: not observed in both runs", pairing.unjudged),
                ("Planned in this run and not finished", found.missing),
            )
            if names
        ],
    }


def _families(found: Comparison) -> list[dict[str, Any]]:
    families = []
    for name, (title, one) in FAMILIES.items():
        groups: Sequence[Group] = found.family(name)
        if name == "scenario":
            groups = [group for group in groups if group.lost or group.won]
        if not groups or (name in ("region", "model") and len(groups) < 2):
            continue
        rows = [_group(group) for group in groups[:SHOWN]]
        families.append({"title": title, "one": one, "rows": rows, "more": len(groups[SHOWN:])})
    return families


def _group(one: Group) -> dict[str, Any]:
    fields = {"scenario": "scenario", "region": "region", "model": "model"}
    file, _, short = one.name.rpartition("::") if one.family == "scenario" else ("", "", one.name)
    return {
        "short": short,
        "file": file,
        "href": query(**{fields[one.family]: one.name.rpartition(" → ")[2]}) if one.family in fields else "",
        "said": SAYINGS[one.said],
        "worse": one.said == "worse",
        "passed": f"{one.passed_before:,} → {one.passed_after:,} of {one.pairs:,}",
        "lost": one.lost,
        "won": one.won,
        "before": _bar(one.before),
        "after": _bar(one.after),
        "drop": f"{abs(100 * one.drop):.1f} points {'lower' if one.drop > 0 else 'higher'}" if one.drop else "the same",
        "interval": f"95 %: {words.between(one.interval)}" if one.interval else "",
        "chance": _chance(one.corrected) if one.lost else "",
    }


def _chance(value: float) -> str:
    return f"p < {LEAST:.4f}" if value < LEAST else f"p = {value:.2g}"


def _bar(interval: Interval) -> dict[str, str]:
    """A rate with its interval on a line from 0 to 100."""
    return {
        "low": f"{100 * interval.low:.2f}",
        "width": f"{max(0.5, 100 * (interval.high - interval.low)):.2f}",
        "at": f"{min(99.0, 100 * interval.estimate):.2f}",
        "said": f"{words.percent(interval.estimate)} ({words.between(interval)})",
    }


def _pair(each: Pair, evidence: Evidence) -> dict[str, Any]:
    line = each.new
    standing = [finding for finding in line.findings if finding.allowed is None]
    return {
        "number": evidence.numbers.get(line.case),
        "title": line.title,
        "case": line.case,
        "said": standing[0].message if standing else line.reason or "",
    }


def _lost(pairs: Sequence[Pair], evidence: Evidence) -> list[dict[str, Any]]:
    """Lost cases of one scenario that say the same are told once, by the first of them."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in pairs:
        told = _pair(each, evidence)
        groups.setdefault((each.scenario, told["said"]), []).append(told)
    return [
        alike[0] | {"more": len(alike[1:]), "href": query(change="lost", scenario=scenario)}
        for (scenario, _), alike in groups.items()
    ]


def _figure(one: Figure) -> dict[str, str | bool]:
    return {
        "name": f"{one.name}, p{100 * one.share:.0f}",
        "pairs": f"{one.pairs:,}",
        "before": f"{one.before:,.4g} {one.unit}",
        "after": f"{one.after:,.4g} {one.unit}",
        "change": words.change(one),
        "changed": one.changed,
    }
