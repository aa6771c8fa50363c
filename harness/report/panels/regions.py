"""Regions down, models or features across: how the cases came out that meet there, and what drifted."""

from collections.abc import Iterable, Sequence
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
    stands = [place(one, evidence.run) for one in evidence.cases]
    regions, models = [region for region, _ in stands], [model for _, model in stands]
    features = [feature(one.shown, one.case) for one in evidence.cases]
    return {
        "axes": [
            _axis(evidence.cases, "model", "Models", regions, models),
            _axis(evidence.cases, "feature", "Features", regions, features),
        ],
        "any": bool(evidence.cases),
    }


def _axis(
    cases: Sequence[Outcome], name: str, title: str, down: Sequence[str], across: Sequence[str]
) -> dict[str, Any]:
    """A table; `down` and `across` say of each case in which row and column it stands."""
    cells: dict[tuple[str, str], list[Outcome]] = {}
    for one, region, column in zip(cases, down, across, strict=True):
        cells.setdefault((region, column), []).append(one)
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
