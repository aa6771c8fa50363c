"""Defects of state, limits and refusals: each seen over the socket when it is on, and not when it is off."""

import pytest
from builders import chain_signs, state_signs
from builders.endpoint import visiting

SIGNS = {**chain_signs.SIGNS, **state_signs.SIGNS}


@pytest.mark.parametrize("row", SIGNS)
def test_sign_is_there_with_the_defect_alone(row):
    assert visiting(SIGNS[row], defects=[row])
    assert not visiting(SIGNS[row])


SLOW = ("B16", "B28")
"""Signs that take their time, and rows whose answers do."""


def test_no_defect_shows_the_sign_of_another():
    """But for those that cannot be told apart by one sign: who forgets a turn forgets all before it."""
    entwined = {("B03", "B01"), ("B30", "B29"), ("B31", "B30"), ("B16", "B18")}
    for signs in (chain_signs.SIGNS, state_signs.SIGNS):
        quick = {row: sign for row, sign in signs.items() if row not in SLOW}
        for row in quick:
            for other, sign in quick.items():
                if other == row or {(row, other), (other, row)} & entwined:
                    continue
                try:
                    shown = visiting(sign, defects=[row])
                except (KeyError, IndexError, ValueError):
                    continue  # the defect broke what the sign is read from
                assert not shown, f"{row} shows the sign of {other}"
