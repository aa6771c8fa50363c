"""Regions down, models or features across: how the cases came out that meet there, and what drifted."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from harness.record.outcome import Outcome
from harness.report.counted import cell, feature, place, query
from harness.report.evidence import Evidence

DRIFT: Final = {
    "support.missing": "documented, but missing",
    "support.undocumented": "works, though not documented",
}
"""Rules of drift, both ways, and what a cell says of them."""


def build(evidence: Evidence) -> dict[str, Any]:
    """Plain data: for each of the two axes its columns, and a row of cells for each region."""
    run = evidence.run

    def by_model(one: Outcome) -> str:
        return place(one, run)[1]

    def by_feature(one: Outcome) -> str:
        return feature(one.shown, one.case)

    return {
        "axes": [
            _axis(evidence, "model", "Models", by_model),
            _axis(evidence, "feature", "Features", by_feature),
        ],
        "any": bool(evidence.cases),
    }


def _axis(evidence: Evidence, name: str, title: str, column: Callable[[Outcome], str]) -> dict[str, Any]:
    cells: dict[tuple[str, str], list[Outcome]] = {}
    for one in evidence.cases:
        cells.setdefault((place(one, evidence.run)[0], column(one)), []).append(one)
    regions = sorted({region for region, _ in cells})
    columns = sorted({each for _, each in cells})
    rows = [
        {
            "region": region,
            "href": query(region=region),
            "cells": [
                _cell(cells.get((region, each), ()), query(region=region, **{name: each})) | {"label": each}
                for each in columns
            ],
        }
        for region in regions
    ]
    heads = [{"name": each, "href": query(**{name: each})} for each in columns]
    return {"name": name, "title": title, "columns": heads, "rows": rows}


def _cell(cases: Iterable[Outcome], address: str) -> dict[str, Any]:
    found = list(cases)
    rules = {finding.rule for one in found for line in one.lines for finding in line.findings}
    return cell(found, address) | {"drift": [said for rule, said in DRIFT.items() if rule in rules]}
