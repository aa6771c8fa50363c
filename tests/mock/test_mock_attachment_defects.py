"""Defects of attachments: each seen over the socket when it is on, and not when it is off."""

import pytest
from builders.attachment_signs import SIGNS
from builders.endpoint import visiting


@pytest.mark.parametrize("row", SIGNS)
def test_sign_is_there_with_the_defect_alone(row: str):
    assert visiting(SIGNS[row], defects=[row])
    assert not visiting(SIGNS[row])


@pytest.mark.parametrize("row", SIGNS)
def test_no_defect_shows_the_sign_of_another(row: str):
    for other, sign in SIGNS.items():
        if other not in (row, "B71", "B74a"):  # those two take long
            assert not visiting(sign, defects=[row]), f"{row} shows the sign of {other}"
