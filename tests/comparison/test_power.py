"""What so many pairs or trials can show, against enumeration and simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.comparison.statistics import (
    ALPHA,
    POWER,
    at_least,
    pairs_for,
    power,
    smallest_drop,
    trials_for,
    worse,
)


@pytest.mark.parametrize("alpha", [1e-8, 0.001, 0.05, 0.6])
@pytest.mark.parametrize(
    ("pairs", "lost", "won"),
    [(1, 0.5, 0.2), (30, 0.9, 0.05), (12, 0.3, 0.1), (20, 0.8, 0.0), (20, 0.2, 0.0), (9, 0.05, 0.05)],
)
def test_power_is_counted_out(pairs, lost, won, alpha):
    """Over every table of so many pairs."""
    seen = sum(
        float(stats.multinomial.pmf([down, up, pairs - down - up], pairs, [lost, won, 1 - lost - won]))
        for down in range(pairs + 1)
        for up in range(pairs + 1 - down)
        if worse(down, up) <= alpha
    )
    assert power(pairs, lost, won, alpha) == pytest.approx(seen, abs=1e-9)


def test_power_is_that_of_a_risk_of_one_in_twenty():
    assert power(30, 0.3, 0.1) == power(30, 0.3, 0.1, 0.05) != power(30, 0.3, 0.1, 0.04)
    assert smallest_drop(30) == smallest_drop(30, 0.0, 0.05, 0.8)
    assert ALPHA == 0.05
    assert POWER == 0.8


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
@given(st.integers(5, 300), st.floats(0, 0.2), st.floats(0.01, 0.2), st.floats(0.5, 0.95))
def test_smallest_drop_is_that_of_its_risk_and_power(pairs, won, alpha, wanted):
    drop = smallest_drop(pairs, won, alpha, wanted)
    if drop is None:
        assert power(pairs, 1 - won, won, alpha) < wanted
        return
    assert power(pairs, won + drop, won, alpha) >= wanted
    assert power(pairs, won + drop - 0.0001, won, alpha) < wanted


def test_power_that_is_just_reached_is_reached():
    """Of the whole room that there is, and of its half, at which the search looks first."""
    most = power(30, 0.9, 0.1)
    assert smallest_drop(30, 0.1, wanted=most) is not None
    assert smallest_drop(30, 0.1, wanted=math.nextafter(most, 2)) is None
    assert smallest_drop(30, 0.1, wanted=power(30, 0.1 + 0.4, 0.1)) <= 0.4
    assert pairs_for(0.2, wanted=power(16, 0.2, 0)) <= 16
    assert pairs_for(0.2, wanted=power(24, 0.2, 0)) <= 24


def test_no_drop_is_seen_where_there_is_no_room_to_fall():
    assert smallest_drop(10_000, 0.5) is smallest_drop(10_000, 0.6) is None
    assert smallest_drop(10_000, 0.45) is not None


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


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 0.5), st.floats(0, 0.25), st.floats(0.01, 0.2), st.floats(0.5, 0.95))
def test_pairs_that_are_asked_for_are_those_of_their_risk_and_power(drop, won, alpha, wanted):
    pairs = pairs_for(drop, won, alpha, wanted)
    assert power(pairs, won + drop, won, alpha) >= wanted
    assert pairs == 1 or power(pairs - 1, won + drop, won, alpha) < wanted


@pytest.mark.parametrize(
    ("drop", "won", "most"), [(0, 0, "1.00"), (-0.1, 0, "1.00"), (1.1, 0, "1.00"), (0.51, 0.25, "0.50")]
)
def test_drop_that_cannot_be(drop, won, most):
    with pytest.raises(ValueError) as raised:
        pairs_for(drop, won)
    assert str(raised.value) == f"a drop lies above 0 and up to {most}, not at {drop}"


def test_drop_that_can_just_be():
    assert power(pairs_for(0.5, 0.25), 0.75, 0.25) >= 0.8
    assert pairs_for(1.0) == pairs_for(1.0, 0.0, 0.05, 0.8) == 5
    assert pairs_for(1.0, alpha=0.6) == 1


@pytest.mark.parametrize(("rate", "trials"), [(0.9, 29), (0.95, 59), (0.99, 299), (0.5, 5)])
def test_trials_that_show_a_rate(rate, trials):
    assert trials_for(rate) == trials
    assert at_least(trials, trials) >= rate > at_least(trials - 1, trials - 1)


@pytest.mark.parametrize("rate", [0, 1, 1.0, -0.5, 2])
def test_rate_that_no_trials_show(rate):
    with pytest.raises(ValueError) as raised:
        trials_for(rate)
    assert str(raised.value) == f"a rate that can be shown lies between 0 and 1, not at {rate}"


@given(st.floats(0.01, 0.99), st.floats(0.5, 0.999))
def test_trials_are_the_fewest_that_show_a_rate(rate, confidence):
    trials = trials_for(rate, confidence)
    assert at_least(trials, trials, confidence) >= rate - 1e-9
    assert trials == 1 or at_least(trials - 1, trials - 1, confidence) < rate
