"""Every row of group B, switched on at the embedded endpoint, is found by a scenario under its code; off, it passes.

Findings of expectations may stand beside it: what is wrong is not as demanded either. Other rules may not, but for
those that `ALSO` names with the reason.
"""

import asyncio

import pytest
from builders.scenarios import scenario
from builders.state_scenarios import SHOWN

from harness.catalogue import Catalogue
from harness.engine.conduct import Conducted, conduct
from harness.engine.planning.plan import plan
from harness.engine.planning.planting import Planting
from harness.engine.targets.embedded import embedded_family
from harness.engine.targets.grounds import RunGrounds
from harness.findings import CODES, Finding, Level
from harness.mock.defects import DEFECTS

ALSO = {
    "B11": {"avail.server_error"},  # a 500 is a fault of the service too
    "B13a": {"avail.server_error"},
    "B21": {"text.done_mismatch"},  # other words than before add up to another text
    "B68": {"state.echo_mismatch"},  # what was out of bounds is not echoed
}
OF_THE_SERVICE = ("B38", "B39", "B40", "B79")
"""Rows about which model, region and tokens answered: not of this table."""
HEAVY = ("B74a",)
"""Rows that take a file of 50 MB: shown by hand."""
TOGETHER = frozenset({"B05", "B65", "B67"})
"""Rows that show between two cases of a run, too."""


def ran(text: str, *defects: str, cases: int = 1) -> list[Conducted]:
    """The scenario conducted in all its modes; again under other names where it takes several cases of one run."""

    async def run() -> list[Conducted]:
        grounds, planting, catalogue = RunGrounds(), Planting(7), Catalogue.load()
        try:
            return [
                await conduct(case, grounds, planting=planting)
                for number in range(cases)
                for case in plan(
                    scenario(f"id: case-{number}\n{text}"), embedded_family(defects), catalogue, first_that_fits=True
                ).cases
            ]
        finally:
            await grounds.close()

    return asyncio.run(run())


def of_rules(done: list[Conducted]) -> list[Finding]:
    return [finding for each in done for finding in each.findings if not finding.rule.startswith("expect.")]


def shown(id_: str) -> str:
    return SHOWN.get(id_) or SHOWN[DEFECTS[id_].row]


COMMITTED = [
    defect.id
    for defect in DEFECTS.values()
    if defect.id.startswith("B") and defect.row not in OF_THE_SERVICE and defect.id not in HEAVY
]


@pytest.mark.parametrize("id_", COMMITTED)
def test_a_row_is_found_under_its_code(id_):
    done = ran(shown(id_), id_, cases=2 if id_ in TOGETHER else 1)
    findings, wanted = of_rules(done), set(DEFECTS[id_].findings)

    assert [each.error for each in done if each.error] == []
    loud = {finding.rule for finding in findings if finding.level is not Level.NOTE}
    quiet = {finding.rule for finding in findings if finding.level is Level.NOTE}
    assert wanted <= loud | quiet
    assert loud <= wanted | ALSO.get(id_, set())
    assert all((CODES[code].level is Level.NOTE) == (code in quiet) for code in wanted)


@pytest.mark.parametrize(
    "text", sorted(set(SHOWN.values())), ids=lambda text: next(r for r in SHOWN if SHOWN[r] == text)
)
def test_without_a_defect_the_scenario_passes_in_silence(text):
    done = ran(text, cases=2)

    assert [finding for each in done for finding in each.findings] == []
    assert [each.error for each in done if each.error] == []


def test_every_row_that_the_endpoint_can_commit_stands_in_the_table():
    rows = {defect.row for defect in DEFECTS.values() if defect.id.startswith("B")} - set(OF_THE_SERVICE)

    assert rows - {row[:3] for row in SHOWN} == set()
