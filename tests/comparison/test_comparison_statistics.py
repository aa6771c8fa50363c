"""Every interval and test against enumeration, or against scipy's own."""

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from harness.comparison.statistics import (
    Interval,
    all_of,
    any_of,
    at_least,
    different,
    holm,
    largest_drop,
    power,
    wilson,
    worse,
)

TABLES = 1_000


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


def score(lost: int, won: int, pairs: int, drop: float) -> float:
    """Tango's statistic by its definition: the likeliest shares under a supposed drop are looked for, not computed."""

    def unlikely(worse: float) -> float:
        better = worse - drop
        shares = (worse, better, 1 - worse - better)
        return -sum(count * math.log(max(share, 1e-300)) for count, share in zip(table, shares, strict=True) if count)

    table = (lost, won, pairs - lost - won)
    least, most = max(0.0, drop), (1 + drop) / 2
    found = optimize.minimize_scalar(unlikely, bounds=(least, most), method="bounded", options={"xatol": 1e-12})
    likeliest = min((least, most, found.x), key=unlikely)
    return (lost - won - pairs * drop) / math.sqrt(pairs * (2 * likeliest - drop - drop * drop))


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.3])
@pytest.mark.parametrize(
    ("lost", "won", "pairs"),
    [
        (0, 0, 1),
        (1, 0, 1),
        (0, 1, 1),
        (3, 1, 20),
        (1, 3, 20),
        (0, 7, 20),
        (7, 0, 20),
        (5, 5, 10),
        (9, 1, 10),
        (40, 25, 500),
    ],
)
def test_bound_of_the_drop_is_where_the_score_says(lost, won, pairs, alpha):
    """There the pairs lie just as far from the supposed drop as the risk allows; a certain loss leaves no more."""
    bound = largest_drop(lost, won, pairs, alpha)
    if lost == pairs:
        assert bound == 1.0
    else:
        assert score(lost, won, pairs, bound) == pytest.approx(stats.norm.ppf(alpha), abs=2e-4)


def test_bound_of_the_drop_is_that_of_a_risk_of_one_in_twenty():
    assert largest_drop(3, 1, 20) == largest_drop(3, 1, 20, 0.05) != largest_drop(3, 1, 20, 0.04)


@given(st.integers(0, 40), st.integers(1, 40), st.floats(0.5, 0.999))
def test_intervals_are_those_of_scipy_at_any_confidence(passed, more, confidence):
    trials = passed + more - 1 or 1
    tested = stats.binomtest(passed, trials)
    oracle = tested.proportion_ci(confidence, method="wilson")
    found = wilson(passed, trials, confidence)
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=1e-9)
    assert found.low <= found.estimate <= found.high
    exact = stats.binomtest(passed, trials, alternative="greater").proportion_ci(confidence, method="exact")
    assert at_least(passed, trials, confidence) == pytest.approx(exact.low, abs=1e-9)


def test_an_interval_holds_its_bounds():
    interval = Interval(0.5, 0.25, 0.75)
    assert [interval.holds(value) for value in (0.2, 0.25, 0.5, 0.75, 0.8)] == [False, True, True, True, False]


@pytest.mark.parametrize(("k", "trials"), [(0, 3), (4, 3), (-1, 3)])
def test_tries_that_do_not_fit(k, trials):
    for chance in (any_of, all_of):
        with pytest.raises(ValueError) as raised:
            chance(k, 1, trials)
        assert str(raised.value) == f"k must lie between 1 and the {trials} trials, not {k}"


def test_nothing_tried_leaves_everything_possible():
    assert wilson(0, 0) == Interval(0.0, 0.0, 1.0)
    assert at_least(0, 0) == at_least(0, 7) == 0.0
    assert largest_drop(0, 0, 0) == 1.0
    assert power(0, 0.5, 0.1) == power(10, 0, 0.1) == power(10, 0, 0) == 0.0
