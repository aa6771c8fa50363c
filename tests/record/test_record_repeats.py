"""What repeats say together, and when nothing can change that: the curtailed test gives the answer of the whole."""

from hypothesis import given
from hypothesis import strategies as st

from harness.findings import Verdict
from harness.record.repeats import needed, together

PASSED, FAILED, ERRORED, UNSEEN = Verdict.PASSED, Verdict.FAILED, Verdict.ERRORED, Verdict.INCONCLUSIVE


@st.composite
def trials(draw: st.DrawFn, *verdicts: Verdict) -> tuple[list[Verdict], int]:
    """What all repeats of a test would say, and how many must pass."""
    said = draw(st.lists(st.sampled_from(verdicts), min_size=1, max_size=25))
    return said, draw(st.integers(1, len(said)))


def in_waves(said: list[Verdict], at_least: int) -> list[Verdict]:
    """What was run of them, in waves."""
    run: list[Verdict] = []
    while wave := needed(run, len(said), at_least):
        run += said[len(run) : len(run) + wave]
    return run


def one_by_one(said: list[Verdict], at_least: int) -> list[Verdict]:
    run: list[Verdict] = []
    while needed(run, len(said), at_least):
        run.append(said[len(run)])
    return run


@given(trials(PASSED, FAILED))
def test_the_answer_is_that_of_the_whole_test(case: tuple[list[Verdict], int]):
    """Whatever was not run could not have changed it: so the error rate is that of the whole test, exactly."""
    said, at_least = case

    assert together(in_waves(said, at_least), len(said), at_least) is together(said, len(said), at_least)
    assert together(said, len(said), at_least) is (PASSED if said.count(PASSED) >= at_least else FAILED)


@given(trials(PASSED, FAILED, UNSEEN))
def test_waves_run_nothing_that_one_after_another_would_have_saved(case: tuple[list[Verdict], int]):
    assert in_waves(*case) == one_by_one(*case)


@given(trials(PASSED, FAILED, ERRORED, UNSEEN))
def test_a_pass_or_a_failure_stands_with_other_verdicts_too(case: tuple[list[Verdict], int]):
    """What could not be observed never makes a failure of a pass, or the other way round."""
    said, at_least = case
    whole, early = together(said, len(said), at_least), together(in_waves(said, at_least), len(said), at_least)

    assert early is whole or {early, whole} <= {ERRORED, UNSEEN}


def test_the_first_wave_is_as_large_as_the_answer_needs_at_least():
    assert needed([], 20, 18) == 3  # three failures would settle it
    assert needed([], 20, 20) == 1
    assert needed([], 20, 5) == 5
    assert needed([PASSED] * 4, 20, 5) == 1
    assert needed([PASSED] * 5, 20, 5) == 0
    assert needed([ERRORED], 1, 1) == 0
    assert needed([PASSED, UNSEEN], 2, 2) == 0  # nothing is left, and neither answer was reached


def test_between_the_two_something_was_amiss():
    assert together([PASSED, UNSEEN], 2, 2) is UNSEEN
    assert together([PASSED, ERRORED, UNSEEN], 3, 3) is ERRORED
    assert together([Verdict.SKIPPED], 10, 8) is Verdict.SKIPPED
