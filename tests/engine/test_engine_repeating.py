"""How many runs, how many must pass, and which run next."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from harness.comparison.statistics import at_least, trials_for
from harness.engine.planning.bar import ONCE, Bar, TooFew, bar, passes_for
from harness.engine.planning.repeating import Course
from harness.findings import Verdict
from harness.record.lines import CaseLine
from harness.scenario.repeating import Repeats, fewest
from tests.builders import runs

rates, confidences = st.floats(0.05, 0.97), st.floats(0.5, 0.99)


@given(rates, confidences, st.integers(0, 60))
def test_a_rate_becomes_the_smallest_number_that_shows_it(rate: float, confidence: float, more: int):
    """One pass fewer does not show it; and a service below the rate passes no more often than is said."""
    times = fewest(rate, confidence) + more
    wanted = passes_for(rate, confidence, times)

    assert at_least(wanted, times, confidence) >= rate - 1e-9
    assert at_least(wanted - 1, times, confidence) < rate
    assert binom.sf(wanted - 1, times, rate) <= 1 - confidence + 1e-9


@given(rates, confidences)
def test_the_fewest_runs_are_those_of_the_statistics(rate: float, confidence: float):
    assert fewest(rate, confidence) == trials_for(rate, confidence)


def test_known_numbers():
    assert fewest(0.9, 0.95) == 29
    assert passes_for(0.9, 0.95, 29) == 29
    assert passes_for(0.9, 0.95, 100) == 96


@pytest.mark.parametrize(
    ("written", "wanted", "expected"),
    [
        (Repeats(), None, ONCE),
        (Repeats(5), None, Bar(5, 5)),
        (Repeats(10, 9), None, Bar(10, 9)),
        (Repeats(60, rate=0.9), None, Bar(60, 59)),
        (Repeats(), 20, Bar(20, 20, stops=False)),
        (Repeats(10, 9), 20, Bar(20, 18, stops=False)),
        (Repeats(10, 9), 5, Bar(5, 5, stops=False)),
        (Repeats(60, rate=0.9), 100, Bar(100, 96, stops=False)),
    ],
)
def test_what_is_written_and_what_is_wanted(written: Repeats, wanted: int | None, expected: Bar):
    """A number of runs from the command line measures: none is saved, shares and rates hold."""
    assert bar(written, wanted) == expected


def test_too_few_are_refused():
    with pytest.raises(TooFew) as refused:
        bar(Repeats(60, rate=0.9), 10)

    assert refused.value.needed == 29


def ran(bar: Bar, said: Sequence[Verdict]) -> Course:
    """A case whose repeats say so, the last of each wave first."""
    course = Course(bar)
    while wave := course.wave():
        assert not course.wave()
        for repeat in reversed(wave):
            course.ended(replace(runs.case(), repeat=repeat, verdict=said[repeat]))
    return course


def test_what_was_spared_stands_in_one_line():
    said = [Verdict.PASSED] * 20
    finished = ran(Bar(20, 15), said).finished()

    assert (finished.verdict, finished.repeats, finished.spared) == (Verdict.PASSED, 15, 5)
    assert [line.repeat for line in finished.lines] == list(range(15))
    assert sum(line.spared is not None for line in finished.lines) == 1
    assert not finished.flaky


def test_what_measures_runs_all():
    finished = ran(Bar(20, 20, stops=False), [Verdict.FAILED, *[Verdict.PASSED] * 19]).finished()

    assert (finished.verdict, finished.repeats, finished.spared) == (Verdict.FAILED, 20, 0)
    assert finished.flaky
    assert finished.line.repeat == 0
    assert finished.tally == "19 of 20 repeats passed, 20 must"


def test_an_attempt_before_the_last_belongs_to_its_repeat():
    course = Course(ONCE)
    assert course.wave() == range(1)
    first: CaseLine = replace(runs.case(), verdict=Verdict.INCONCLUSIVE)
    course.attempt(first)
    course.ended(replace(runs.case(), attempt=2, verdict=Verdict.PASSED))
    finished = course.finished()

    assert finished.verdict is Verdict.PASSED
    assert finished.flaky
    assert [line.attempt for line in finished.lines] == [1, 2]
