"""How often the statistical gate shuts: in simulated runs, against what it states."""

import datetime

import numpy as np
from builders import verdicts

from harness.comparison.comparison import Comparison, compare
from harness.comparison.statistics import power
from harness.gate.figures import regression
from harness.gate.held import Held
from harness.gate.policy import Policy, Read

TODAY = datetime.date(2026, 7, 1)
SCENARIOS, REPEATS = 100, 20
LOOSE = Read(Policy.model_validate({"pass_rate": {"at_least": 0.0}}), None)
NOTHING = verdicts.run({"none": "p"})


def shuts(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether the demand about regressions is unmet for tables of scenario × repeat."""
    return any(True for _ in regression(Held(NOTHING, LOOSE, compared(before, after), TODAY)))


def compared(before: np.ndarray, after: np.ndarray) -> Comparison:
    tables = (
        {f"s{at:03}": "".join("fp"[int(ok)] for ok in row) for at, row in enumerate(each)} for each in (before, after)
    )
    base, new = (verdicts.run(table) for table in tables)
    return compare(base, new)


def test_shuts_on_a_scenario_that_mostly_fails():
    """One scenario of a hundred fails at 80 %: shut in at least 95 of 100 runs (predicted: more than 99)."""
    random = np.random.default_rng(1)
    good = np.ones((SCENARIOS, REPEATS), dtype=bool)
    shut = 0
    for _ in range(20):
        bad = good.copy()
        bad[41] = random.random(REPEATS) > 0.8
        shut += shuts(good, bad)
    assert shut >= 19
    assert power(REPEATS, 0.8, 0, 0.025 / SCENARIOS) > 0.95


def test_stays_open_on_a_run_against_itself():
    random = np.random.default_rng(2)
    for _ in range(3):
        table = random.random((SCENARIOS, 3)) < random.uniform(0.5, 1, SCENARIOS)[:, None]
        assert not shuts(table, table)
