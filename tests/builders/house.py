"""The scenarios of specs/, run one by one in this process, on an endpoint that is right or wrong in one way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.catalogue import Catalogue
from harness.engine.conduct import Conducted, conduct
from harness.engine.exploring import Exploring, explore
from harness.engine.pace.steadiness import Steadiness
from harness.engine.planning.alike import Alike
from harness.engine.planning.plan import Case, plan
from harness.engine.planning.planting import Planting
from harness.engine.targets.embedded import embedded_family
from harness.engine.targets.grounds import RunGrounds
from harness.engine.targets.target import Grounds
from harness.findings import Level, Verdict, verdict
from harness.scenario.files import is_scenario_file
from harness.scenario.load import load_all
from harness.scenario.model import Scenario
from harness.wire.limits import MIB, Limits

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"

ROOMY = Limits(body=4 * MIB, silence=60.0, no_event=60.0, turn=120.0)
SHORT = Limits(body=4 * MIB, silence=4.0, no_event=4.0, turn=8.0)
"""For an endpoint that never ends; far above what any scenario needs on a machine that is not busy."""
EXAMPLES = Exploring(examples=3)


@cache
def house() -> Sequence[Scenario]:
    """Every scenario of specs/, in the order of files."""
    return load_all([path for path in sorted(SPECS.rglob("*.yaml")) if is_scenario_file(path, ROOT)], ROOT)


def named(id_: str) -> Scenario:
    """The scenario of that id, which no other has."""
    (found,) = [each for each in house() if each.id == id_]
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a scenario: `red` names the first of its cases that did not pass, and why; None where all passed.

    `rules` are the codes of all that was found up to there, `applied` the rules that had something to look at.
    """

    red: str | None
    rules: frozenset[str]
    applied: frozenset[str]
    cases: int


def grounds(limits: Limits = ROOMY) -> Grounds:
    """Where scenarios run, as in a run of their own: refusals are repeated."""
    return RunGrounds(limits, steadiness=Steadiness())


async def run(
    scenario: Scenario, on: Grounds, *defects: str, times: int = 1, only: Callable[[Case], bool] = lambda case: True
) -> Outcome:
    """Runs the cases of a scenario until one does not pass, in order; again and again for what shows between runs.

    Of those `only` leaves out nothing is known: the caller does.
    """
    alike, planting, catalogue = Alike(), Planting(7), Catalogue.load()
    found: set[str] = set()
    applied: set[str] = set()
    count = 0
    for number in range(times):
        for case in plan(scenario, embedded_family(defects), catalogue, first_that_fits=True).cases:
            assert case.skipped is None, f"{case.id}: {case.skipped}"
            if not only(case):
                continue
            count += 1
            done = await _conducted(case, on, alike if number == 0 else Alike(), planting)
            found |= {finding.rule for finding in done.findings}
            applied |= {rule for rule, often in done.applied_rules.items() if often}
            if (judged := verdict(done.findings, error=done.error)) is not Verdict.PASSED:
                told = done.error or next(each.rule for each in done.findings if each.level is Level.ERROR)
                return Outcome(f"{case.id}: {judged}: {told}", frozenset(found), frozenset(applied), count)
    return Outcome(None, frozenset(found), frozenset(applied), count)


async def _conducted(case: Case, on: Grounds, alike: Alike, planting: Planting) -> Conducted:
    """One case, compared with the first of its kind."""
    if case.scenario.given:
        explored = await explore(case, lambda example: conduct(example, on, planting=planting), EXAMPLES)
        return explored.conducted
    alike.enter(case)
    try:
        done = await conduct(case, on, alike, planting)
        if verdict(done.findings, error=done.error) is Verdict.PASSED:
            alike.leave(case, done.conversation.outline)
        return done
    finally:
        alike.leave(case)
