"""How often the statistical gate shuts, in simulated runs: `make alarms`.

Three tables: nothing changed (the share that is shut is the false alarm rate, stated: at most 5 %), everything became
a little worse (the share that is shut beside the power that was predicted), and one scenario of a hundred fails at
80 %. The power is counted over more tables than can be compared whole: the first go through the comparison as well,
and must come out alike. Exits 1 where a figure misses its bound.
"""

import argparse
import datetime
import sys

import numpy as np
from builders import verdicts

from harness.comparison.comparison import compare
from harness.comparison.statistics import power, worse
from harness.gate.figures import regression
from harness.gate.held import Held
from harness.gate.policy import Policy, Read

TODAY = datetime.date(2026, 7, 1)
LOOSE = Read(Policy.model_validate({"pass_rate": {"at_least": 0.0}}), None)
NOTHING = verdicts.run({"none": "p"})
ALPHA = 0.05
TABLES = 20_000


def shuts(before: np.ndarray, after: np.ndarray) -> tuple[bool, bool]:
    """Whether the gate is shut, and whether by the test of all cases."""
    tables = (
        {f"s{at:03}": "".join("fp"[int(ok)] for ok in row) for at, row in enumerate(each)} for each in (before, after)
    )
    base, new = (verdicts.run(table) for table in tables)
    found = compare(base, new)
    shut = any(True for _ in regression(Held(NOTHING, LOOSE, found, TODAY)))
    return shut, found.whole is not None and found.whole.chance <= ALPHA / 2


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    random = np.random.default_rng(17)
    scenarios, repeats = 30, 5

    alarms = 0
    for _ in range(runs):
        ease = random.uniform(0.6, 1.0, (scenarios, 1))
        before, after = (random.random((scenarios, repeats)) < ease for _ in range(2))
        alarms += shuts(before, after)[0]
    print(f"nothing changed: {alarms} of {runs} shut ({alarms / runs:.1%}; stated: at most {ALPHA:.0%})")

    drop, ease = 0.12, random.uniform(0.7, 1.0, (scenarios, 1))
    seen = unlike = 0
    for number in range(TABLES):
        before, after = random.random((scenarios, repeats)) < ease, random.random((scenarios, repeats)) < ease - drop
        shut = worse(int(np.sum(before & ~after)), int(np.sum(after & ~before))) <= ALPHA / 2
        seen += shut
        if number < runs // 5:
            unlike += shut != shuts(before, after)[1]
    lost, won = float(np.mean(ease * (1 - ease + drop))), float(np.mean((1 - ease) * (ease - drop)))
    predicted = power(scenarios * repeats, lost, won, ALPHA / 2)
    print(f"all worse by {drop:.0%}: {seen / TABLES:.1%} of {TABLES} seen, {predicted:.1%} predicted")
    print(f"of {runs // 5} that were compared whole, {unlike} came out otherwise")

    good, closed, hundred = np.ones((100, 20), dtype=bool), 0, max(20, runs // 10)
    for _ in range(hundred):
        bad = good.copy()
        bad[41] = random.random(20) > 0.8
        closed += shuts(good, bad)[0]
    print(f"one scenario of 100 fails at 80 %, 20 repeats: {closed} of {hundred} shut")

    noise = 3 * (ALPHA * (1 - ALPHA) / runs) ** 0.5
    apart = abs(seen / TABLES - predicted)
    return int(alarms / runs > ALPHA + noise or apart > 0.03 or unlike > 0 or closed < 0.95 * hundred)


if __name__ == "__main__":
    sys.exit(main())
