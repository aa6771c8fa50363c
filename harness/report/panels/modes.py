"""Modes side by side: each scenario in every delivery, state and client in which it ran."""

from typing import Any, Final

from harness.record.outcome import OUTCOMES, Outcome
from harness.report.counted import cell, mode, query
from harness.report.evidence import Evidence

SHOWN: Final = 60
"""Scenarios that have a row; those come first whose modes disagree, then what needs a look."""


def build(evidence: Evidence) -> dict[str, Any]:
    """Plain data: the modes, and the scenarios that ran in more than one of them."""
    rows: dict[str, dict[str, list[Outcome]]] = {}
    for one in evidence.cases:
        rows.setdefault(one.case.partition("[")[0], {}).setdefault(mode(one, evidence.run), []).append(one)
    several = {home: cells for home, cells in rows.items() if len(cells) > 1}
    modes = sorted({name for cells in several.values() for name in cells})
    ordered = sorted(several, key=lambda home: (_agree(several[home]), _worst(several[home]), home))
    return {
        "modes": [{"name": name.replace("-", " "), "href": query(mode=name)} for name in modes],
        "rows": [
            {
                "title": next(iter(several[home].values()))[0].title,
                "home": home,
                "differ": not _agree(several[home]),
                "cells": [cell(several[home].get(name, ()), query(scenario=home, mode=name)) for name in modes],
            }
            for home in ordered[:SHOWN]
        ],
        "more": len(ordered[SHOWN:]),
        "more_differ": sum(not _agree(several[home]) for home in ordered[SHOWN:]),
        "single": len(rows) - len(several),
    }


def _agree(cells: dict[str, list[Outcome]]) -> bool:
    """Whether every mode saw the same outcomes, on however many targets it ran."""
    return len({frozenset(one.outcome for one in cases) for cases in cells.values()}) == 1


def _worst(cells: dict[str, list[Outcome]]) -> int:
    order = list(OUTCOMES)
    return min(order.index(one.outcome) for cases in cells.values() for one in cases)
