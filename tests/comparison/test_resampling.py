"""Clusters drawn anew, against all draws, against scipy's own, and against rows that are repeated."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.comparison.figures import quantile
from harness.comparison.resampling import Resampling

HALF_A_POINT = 0.005


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


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=12), st.sampled_from([0.0, 0.01, 0.3, 0.5, 0.9, 0.95, 1.0]))
def test_a_quantile_is_that_of_its_definition(values, share):
    """The smallest of them below or at which so large a share lies."""
    enough = [value for value in values if sum(each <= value for each in values) >= share * len(values) - 1e-9]
    assert quantile(values, share) == min(enough)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.floats(1, 9), st.floats(1, 9)), min_size=1, max_size=12),
    st.sampled_from([0.25, 0.5, 0.95, 1.0]),
)
def test_the_factor_of_a_quantile_is_that_of_both_quantiles(rows, share):
    """Whatever clusters are drawn anew for the interval."""
    clusters, base, new = (list(column) for column in zip(*rows, strict=True))
    (found,) = Resampling(5, seed=1, draws=20).quantiles(clusters, base, new, (share,))
    assert found.estimate == pytest.approx(quantile(new, share) / quantile(base, share))


def test_every_cluster_is_drawn_as_often_as_any_other():
    """So many draws of so many clusters, with replacement."""
    weights = Resampling(20, seed=3, draws=400).weights
    assert weights.shape == (400, 20)
    assert set(weights.sum(axis=1)) == {20.0}
    assert np.abs(weights.mean(axis=0) - 1).max() < 0.25
    assert weights.max() > 2
    assert Resampling(20).weights.shape == (1_000, 20)
    assert np.array_equal(Resampling(20).weights, Resampling(20, seed=0).weights)


def test_bounds_of_an_interval_are_its_quantiles():
    """Half of the risk on either side, of what was drawn, whatever the confidence."""
    tops, bottoms = [float(at * at) for at in range(12)], [float(at + 1) for at in range(12)]
    for confidence in (0.5, 0.8, 0.95):
        drawn = Resampling(12, seed=4, draws=500, confidence=confidence)
        ratios = (drawn.weights @ np.array(tops)) / (drawn.weights @ np.array(bottoms))
        found = drawn.ratio(tops, bottoms)
        edges = np.quantile(ratios, ((1 - confidence) / 2, (1 + confidence) / 2))
        assert (found.low, found.high) == pytest.approx(tuple(edges), rel=1e-5)
        assert found.estimate == pytest.approx(sum(tops) / sum(bottoms))
    assert Resampling(12, seed=4).ratio(tops, bottoms) == Resampling(12, 4, 1_000, 0.95).ratio(tops, bottoms)


def test_intervals_of_quantiles_are_those_of_repeated_rows():
    """A cluster that was drawn twice counts as if all of its rows stood there twice."""
    random = np.random.default_rng(12)
    clusters = [int(at) for at in random.integers(0, 6, 40)]
    base, new = random.lognormal(0, 0.5, 40).tolist(), random.lognormal(0.2, 0.5, 40).tolist()
    drawn = Resampling(6, seed=2, draws=60)
    factors = []
    for weights in drawn.weights:
        rows = [row for row in zip(clusters, base, new, strict=True) for _ in range(int(weights[row[0]]))]
        factors.append(quantile([row[2] for row in rows], 0.5) / quantile([row[1] for row in rows], 0.5))
    (found,) = drawn.quantiles(clusters, base, new, (0.5,))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(factors, (0.025, 0.975))))
