"""Modes side by side: each scenario in every delivery, state and client in which it ran."""

from typing import Any, Final

from harness.record.outcome import OUTCOMES, Outcome
from harness.report.counted import cell, mode, query
from harness.report.evidence import Evidence

SHOWN: Final = 60
"""Scenarios that are shown of those that differ, and of those that agree; what needs a look first."""
DELIVERIES: Final = ("plain", "stream", "background", "background_stream", "resumed")
"""Deliveries in the order in which they stand; what else there is comes after them."""

Cells = dict[str, list[Outcome]]
"""The cases of a scenario by their mode."""


def build(evidence: Evidence) -> dict[str, Any]:
    """Plain data: deliveries across; for each scenario of several modes a row for every state and client it ran in."""
    rows: dict[str, Cells] = {}
    for one in evidence.cases:
        rows.setdefault(one.case.partition("[")[0], {}).setdefault(mode(one, evidence.run), []).append(one)
    several = {home: cells for home, cells in rows.items() if len(cells) > 1}
    known = dict.fromkeys(name.split("-")[0] for cells in several.values() for name in cells)
    deliveries = sorted(known, key=lambda name: (_place(name), name))
    clients = len({name.split("-")[-1] for cells in several.values() for name in cells if name.count("-") > 1}) > 1
    ordered = sorted(several, key=lambda home: (_worst(several[home]), home))
    groups = []
    for differ, title in ((True, "Modes differ"), (False, "The same in every mode")):
        homes = [home for home in ordered if _agree(several[home]) is not differ]
        if homes:
            shown = [_scenario(home, several[home], deliveries, clients) for home in homes[:SHOWN]]
            groups.append({"differ": differ, "title": title, "rows": shown, "more": len(homes[SHOWN:])})
    return {
        "deliveries": [{"name": name.replace("_", " "), "href": query(delivery=name)} for name in deliveries],
        "groups": groups,
        "clients": clients,
        "single": len(rows) - len(several),
    }


def _scenario(home: str, cells: Cells, deliveries: list[str], clients: bool) -> dict[str, Any]:
    """A scenario: its states (with the client, where a run had more than one) down, deliveries across."""
    ways = dict.fromkeys(name.partition("-")[2] for name in cells)
    file, _, short = home.rpartition("::")
    lines = []
    for way in sorted(ways):
        state, _, client = way.partition("-")
        named = f"{state.replace('_', ' ')} · {client}" if clients and client else state.replace("_", " ")
        modes = [(f"{delivery}-{way}" if way else delivery) for delivery in deliveries]
        found = [
            cell(cells.get(name, ()), query(scenario=home, mode=name)) | {"label": delivery.replace("_", " ")}
            for name, delivery in zip(modes, deliveries, strict=True)
        ]
        lines.append({"name": named or "-", "cells": found})
    return {"title": next(iter(cells.values()))[0].title, "file": file, "id": short, "lines": lines}


def _place(delivery: str) -> int:
    return DELIVERIES.index(delivery) if delivery in DELIVERIES else len(DELIVERIES)


def _agree(cells: Cells) -> bool:
    """Whether every mode saw the same outcomes, on however many targets it ran."""
    return len({frozenset(one.outcome for one in cases) for cases in cells.values()}) == 1


def _worst(cells: Cells) -> int:
    order = list(OUTCOMES)
    return min(order.index(one.outcome) for cases in cells.values() for one in cases)
