"""The page for everybody: an accessibility checker finds nothing, in light and dark."""

from pathlib import Path
from typing import Any

import pytest
from builders import axe, runs, wired

from harness.comparison.comparison import compare
from harness.findings import Verdict
from harness.gate.decide import decide
from harness.gate.policy import Policy, Read
from harness.record.run import Run


def compared() -> tuple[Run, Run]:
    """A base in which everything passed, and a run in which some of it fails."""
    ids = [runs.case_id(f"stream-stateless-{n}") for n in range(12)]
    base = Run(runs.head(ids, run="base"), tuple(runs.case(id_) for id_ in ids))
    lines = [
        runs.case(id_, Verdict.FAILED if n < 4 else Verdict.PASSED, findings=(runs.finding(),) if n < 4 else ())
        for n, id_ in enumerate(ids)
    ]
    return base, Run(runs.head(ids), tuple(lines))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_checker_of_accessibility_finds_nothing(opened: Any, every: Run, tmp_path: Path, scheme: str):
    base, new = compared()
    comparison = compare(base, new)
    gated = decide(new, Read(Policy(), None), comparison)
    found = {}

    shown = opened(new, comparison=comparison, gated=gated, color_scheme=scheme)
    found["overview"] = axe.violations(shown.page)
    shown = opened(every, "#case=5", color_scheme=scheme)
    shown.page.wait_for_selector("#case h1")
    found["case"] = axe.violations(shown.page)
    shown = opened(wired.wrong_streams(tmp_path / "run", 2), "#case=0&finding=0", color_scheme=scheme)
    shown.page.wait_for_selector("#case mark.on")
    found["wire"] = axe.violations(shown.page)

    assert found == {"overview": [], "case": [], "wire": []}
