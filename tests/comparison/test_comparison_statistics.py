"""Every interval and test against enumeration, or against scipy's own."""

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.comparison.resampling import Resampling
from harness.comparison.statistics import (
    Interval,
    all_of,
    any_of,
    at_least,
    different,
    holm,
    largest_drop,
    pairs_for,
    power,
    smallest_drop,
    trials_for,
    wilson,
    worse,
)

TABLES = 1_000
HALF_A_POINT = 0.005


@pytest.fixture(scope="module")
def tables() -> list[tuple[int, int]]:
    """Random tables: passed of so many."""
    random = np.random.default_rng(11)
    trials = random.integers(1, 400, TABLES)
    return [(int(random.integers(0, most + 1)), int(most)) for most in trials]


def test_wilson_is_that_of_scipy(tables):
    for passed, trials in tables:
        found = wilson(passed, trials)
        oracle = stats.binomtest(passed, trials).proportion_ci(0.95, method="wilson")
        assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=1e-9)
        assert found.estimate == passed / trials


def test_lower_bound_is_that_of_clopper_and_pearson(tables):
    for passed, trials in tables:
        oracle = stats.binomtest(passed, trials, alternative="greater").proportion_ci(0.95, method="exact")
        assert at_least(passed, trials) == pytest.approx(oracle.low, abs=1e-9)


def test_tests_of_pairs_are_those_of_scipy(tables):
    for lost, changed in tables:
        assert worse(lost, changed - lost) == pytest.approx(
            stats.binomtest(lost, changed, alternative="greater").pvalue
        )
        assert different(lost, changed - lost) == pytest.approx(stats.binomtest(lost, changed).pvalue)


def test_tests_of_few_pairs_are_counted_out():
    """Every way in which a handful of changed pairs can fall, one by one."""
    for changed in range(1, 9):
        falls = Counter(sum(way) for way in product((0, 1), repeat=changed))
        for lost in range(changed + 1):
            so_many = sum(count for fell, count in falls.items() if fell >= lost)
            assert worse(lost, changed - lost) == pytest.approx(so_many / 2**changed)


def test_no_pair_changed_says_nothing():
    assert worse(0, 0) == different(0, 0) == 1.0
    assert worse(0, 5) == 1.0


def test_mean_coverage_of_wilsons_interval_is_as_stated():
    """Summed exactly over every number of passes, for each true rate."""
    for trials in (20, 50, 100):
        rates = np.linspace(0.05, 0.95, 181)
        bounds = [wilson(passed, trials) for passed in range(trials + 1)]
        low, high = (np.array([getattr(each, end) for each in bounds]) for end in ("low", "high"))
        covered = [
            float(np.sum(stats.binom.pmf(range(trials + 1), trials, rate)[(low <= rate) & (rate <= high)]))
            for rate in rates
        ]
        assert 0.94 <= np.mean(covered) <= 0.96


def test_bound_of_the_drop_covers_as_stated():
    """Exact: over every table of so many pairs, the bound lies below the true drop about as often as was risked."""
    pairs, alpha = 60, 0.05
    bounds = {(lost, won): largest_drop(lost, won, pairs, alpha) for lost in range(31) for won in range(31)}
    for share_lost, share_won in ((0.05, 0.05), (0.1, 0.02), (0.2, 0.1), (0.03, 0.01)):
        missed = sum(
            float(
                stats.multinomial.pmf(
                    [lost, won, pairs - lost - won], pairs, [share_lost, share_won, 1 - share_lost - share_won]
                )
            )
            for (lost, won), bound in bounds.items()
            if bound < share_lost - share_won
        )
        assert missed <= alpha + 0.02


def test_bound_of_the_drop_without_any_change():
    """Sixty pairs without a change leave a drop of some 4 % possible: z² / (n + z²)."""
    z = stats.norm.ppf(0.95)
    assert largest_drop(0, 0, 60) == pytest.approx(z * z / (60 + z * z), abs=1e-5)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_is_that_of_its_definition(chances):
    found = holm(chances)
    ordered = sorted(range(len(chances)), key=chances.__getitem__)
    for rank, at in enumerate(ordered):
        steps = [min(1.0, (len(chances) - earlier) * chances[ordered[earlier]]) for earlier in range(rank + 1)]
        assert found[at] == max(steps)


@given(st.integers(1, 7), st.data())
def test_chances_of_tries_are_counted_out(trials, data):
    passed = data.draw(st.integers(0, trials))
    k = data.draw(st.integers(1, trials))
    results = [True] * passed + [False] * (trials - passed)
    ways = [way for way in product(range(trials), repeat=k) if list(way) == sorted(set(way))]
    assert any_of(k, passed, trials) == pytest.approx(sum(any(results[at] for at in way) for way in ways) / len(ways))
    assert all_of(k, passed, trials) == pytest.approx(sum(all(results[at] for at in way) for way in ways) / len(ways))


def test_tries_must_fit():
    with pytest.raises(ValueError, match="between 1 and the 3 trials"):
        any_of(4, 1, 3)


@pytest.mark.parametrize(("pairs", "lost", "won"), [(12, 0.3, 0.1), (20, 0.8, 0.0), (20, 0.2, 0.0), (9, 0.05, 0.05)])
def test_power_is_counted_out(pairs, lost, won):
    """Over every table of so many pairs."""
    seen = sum(
        float(stats.multinomial.pmf([down, up, pairs - down - up], pairs, [lost, won, 1 - lost - won]))
        for down in range(pairs + 1)
        for up in range(pairs + 1 - down)
        if worse(down, up) <= 0.05
    )
    assert power(pairs, lost, won) == pytest.approx(seen, abs=1e-9)


def test_power_is_met_in_simulated_runs():
    random = np.random.default_rng(5)
    pairs, lost, won, runs = 80, 0.15, 0.05, 4_000
    tables = random.multinomial(pairs, [lost, won, 1 - lost - won], runs)
    seen = np.mean([worse(int(down), int(up)) <= 0.05 for down, up, _ in tables])
    assert seen == pytest.approx(power(pairs, lost, won), abs=0.03)


def test_no_more_alarms_than_stated_where_nothing_changed():
    random = np.random.default_rng(6)
    tables = random.multinomial(60, [0.1, 0.1, 0.8], 4_000)
    alarms = np.mean([worse(int(down), int(up)) <= 0.05 for down, up, _ in tables])
    assert alarms <= 0.05 + 0.005


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 300), st.floats(0, 0.2))
def test_smallest_drop_has_the_power_that_is_wanted_and_no_smaller_one(pairs, won):
    drop = smallest_drop(pairs, won)
    if drop is None:
        assert power(pairs, 1 - won, won) < 0.8
        return
    assert power(pairs, won + drop, won) >= 0.8
    assert power(pairs, won + drop - 0.001, won) < 0.8


@settings(max_examples=25, deadline=None)
@given(st.floats(0.03, 0.9))
def test_pairs_that_are_asked_for_suffice(drop):
    pairs = pairs_for(drop)
    assert power(pairs, drop, 0) >= 0.8
    assert pairs == 1 or power(pairs - 1, drop, 0) < 0.8


@pytest.mark.parametrize("drop", [0, -0.1, 1.1])
def test_drop_that_cannot_be(drop):
    with pytest.raises(ValueError, match="a drop lies above 0"):
        pairs_for(drop)


@pytest.mark.parametrize(("rate", "trials"), [(0.9, 29), (0.95, 59), (0.99, 299), (0.5, 5)])
def test_trials_that_show_a_rate(rate, trials):
    assert trials_for(rate) == trials
    assert at_least(trials, trials) >= rate > at_least(trials - 1, trials - 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        trials_for(1.0)


def test_bootstrap_of_few_clusters_is_that_of_all_draws():
    """Five clusters can be drawn in 3,125 ways: the quantiles of them all, within half a point."""
    random = np.random.default_rng(3)
    for _ in range(20):
        drops, counts = random.integers(-2, 6, 5), random.integers(5, 12, 5)
        ways = np.array(list(product(range(5), repeat=5)))
        every = drops[ways].sum(axis=1) / counts[ways].sum(axis=1)
        found = Resampling(5, seed=1, draws=40_000).ratio(drops.tolist(), counts.tolist())
        near = np.quantile(every, [0.023, 0.027]), np.quantile(every, [0.973, 0.977])
        assert near[0][0] - HALF_A_POINT <= found.low <= near[0][1] + HALF_A_POINT
        assert near[1][0] - HALF_A_POINT <= found.high <= near[1][1] + HALF_A_POINT
        assert found.estimate == pytest.approx(drops.sum() / counts.sum())


def test_bootstrap_is_that_of_scipy():
    random = np.random.default_rng(4)
    drops, counts = random.normal(0.3, 1, 60), random.integers(3, 9, 60).astype(float)
    oracle = stats.bootstrap(
        (drops, counts),
        lambda drop, count, axis: drop.sum(axis=axis) / count.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=20_000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    found = Resampling(60, seed=2, draws=20_000).ratio(drops.tolist(), counts.tolist())
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=HALF_A_POINT)


def test_bootstrap_covers_the_drop_as_stated():
    """Scenarios of different difficulty, repeats within them: the true drop lies within in about 95 of 100 runs."""
    random = np.random.default_rng(8)
    scenarios, repeats, drop, covered, runs = 120, 5, 0.05, 0, 400
    for run in range(runs):
        ease = random.uniform(0.3, 0.95, scenarios)
        before = random.random((scenarios, repeats)) < ease[:, None]
        after = random.random((scenarios, repeats)) < ease[:, None] - drop
        drops = (before.sum(axis=1) - after.sum(axis=1)).tolist()
        found = Resampling(scenarios, seed=run, draws=500).ratio(drops, [float(repeats)] * scenarios)
        covered += found.holds(drop)
    assert 0.92 <= covered / runs <= 0.98


def test_quantiles_of_clusters_move_with_their_factor():
    random = np.random.default_rng(9)
    clusters = [at for at in range(50) for _ in range(4)]
    base = random.lognormal(0, 0.3, 200)
    (median, tail) = Resampling(50, seed=1).quantiles(clusters, base.tolist(), (base * 1.3).tolist(), (0.5, 0.95))
    assert median.estimate == pytest.approx(1.3)
    assert (median.low, median.high) == pytest.approx((1.3, 1.3))
    assert tail.holds(1.3)
    noisy = base * random.lognormal(0, 0.2, 200)
    (median,) = Resampling(50, seed=1).quantiles(clusters, base.tolist(), noisy.tolist(), (0.5,))
    assert median.low < 1.0 < median.high


def test_same_seed_same_figures():
    first, second = (Resampling(30, seed=7).ratio(list(range(30)), [2.0] * 30) for _ in range(2))
    assert first == second
    assert first != Resampling(30, seed=8).ratio(list(range(30)), [2.0] * 30)
    assert math.isfinite(first.low)


def test_nothing_tried_leaves_everything_possible():
    assert wilson(0, 0) == Interval(0.0, 0.0, 1.0)
    assert at_least(0, 0) == at_least(0, 7) == 0.0
    assert largest_drop(0, 0, 0) == 1.0
    assert power(0, 0.5, 0.1) == power(10, 0, 0.1) == 0.0
