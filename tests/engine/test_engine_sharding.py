"""A plan in parts: each case once, the same whatever order files were found in, and about as long as each other."""

import random

import pytest
from builders import verdicts
from hypothesis import given
from hypothesis import strategies as st

from harness.engine.planning.sharding import Shard
from harness.running.balancing import durations

CASES = [f"specs/{at % 7}.yaml::s{at}[mock-{mode}-chained]" for at in range(60) for mode in ("plain", "stream")]


def parts(cases, many, known=None):
    return [Shard(number, many).of(cases, str, known) for number in range(1, many + 1)]


@given(st.lists(st.sampled_from(CASES), unique=True), st.integers(1, 9))
def test_every_case_is_in_one_shard_alone(cases, many):
    found = parts(cases, many)
    assert sorted(case for part in found for case in part) == sorted(cases)
    assert all(part == [case for case in cases if case in part] for part in found)


@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(shuffling: random.Random):
    shuffled = list(CASES)
    shuffling.shuffle(shuffled)
    assert [set(part) for part in parts(shuffled, 5)] == [set(part) for part in parts(CASES, 5)]


def test_cases_of_one_scenario_stay_together():
    for part in parts(CASES, 7):
        scenarios = {case.partition("[")[0] for case in part}
        assert set(part) == {case for case in CASES if case.partition("[")[0] in scenarios}


def test_shards_are_about_as_long_as_each_other():
    known = {case: float(1 + at % 13) for at, case in enumerate(CASES)}
    loads = [sum(known[case] for case in part) for part in parts(CASES, 4, known)]
    assert max(loads) <= 1.05 * min(loads)
    sizes = [len(part) for part in parts(CASES, 4)]
    assert max(sizes) - min(sizes) <= 2


def test_one_long_case_has_a_shard_of_its_own():
    long = CASES[10]
    known = dict.fromkeys(CASES, 1.0) | {long: 500.0}
    (alone,) = [part for part in parts(CASES, 3, known) if long in part]
    assert {case.partition("[")[0] for case in alone} == {long.partition("[")[0]}


def test_durations_of_a_run_are_those_of_all_its_repeats():
    run = verdicts.run({"one": "pp"})
    assert durations(run) == {verdicts.case_id("one"): pytest.approx(1.7)}


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "1/0", "a/b", "1/3/5", "-1/3", "1 / 3"])
def test_what_is_no_shard(text):
    with pytest.raises(ValueError, match="is no shard: write 2/7"):
        Shard.read(text)


def test_shard_is_read_and_named():
    assert Shard.read("2/7") == Shard(2, 7)
    assert Shard(2, 7).name == "2of7"
