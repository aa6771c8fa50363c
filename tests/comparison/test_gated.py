"""What a gate found, as data: which exit status speaks, and the verdict in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.comparison.gated import ORDER, Gated, Reason, weightiest


def gated(*exits: int, cases: int = 1_234) -> Gated:
    reasons = tuple(Reason("gate.any", f"Reason {at}.", exit) for at, exit in enumerate(exits))
    return Gated("run", None, None, cases, reasons)


@given(st.lists(st.sampled_from(ORDER)), st.lists(st.sampled_from(ORDER)))
def test_the_weightiest_of_all_is_that_of_the_weightiest(some: list[int], others: list[int]):
    """Law: how statuses are grouped changes nothing, and what nobody said is never answered."""
    whole = weightiest([*some, *others])
    assert whole == weightiest([weightiest(some), weightiest(others)])
    assert whole in {0, *some, *others}


@pytest.mark.parametrize(
    ("exits", "speaks"),
    [((), 0), ((0,), 0), ((5, 0), 5), ((5, 6), 6), ((6, 1, 5), 1), ((1, 2, 6), 2), ((2, 3), 3)],
)
def test_what_is_wrong_with_the_harness_speaks_before_what_is_wrong_with_the_service(exits, speaks):
    assert weightiest(exits) == weightiest(exits[::-1]) == speaks


@pytest.mark.parametrize(
    ("found", "open_", "exit", "sentence"),
    [
        (gated(), True, 0, "The gate is open: 1,234 cases show what the policy demands."),
        (gated(cases=1), True, 0, "The gate is open: 1 case shows what the policy demands."),
        (gated(1), False, 1, "The gate is shut for 1 reason: Reason 0."),
        (gated(6, 1), False, 1, "The gate is shut for 2 reasons: Reason 0."),
    ],
)
def test_the_verdict_of_a_gate(found: Gated, open_: bool, exit: int, sentence: str):
    assert (found.open, found.exit, found.sentence) == (open_, exit, sentence)
