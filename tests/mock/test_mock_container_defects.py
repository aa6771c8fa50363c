"""Defects of containers: each shows its sign over the socket when it is on, no other does, none when all is well."""

import pytest
from builders.container_signs import SIGNS
from builders.endpoint import visiting


@pytest.mark.parametrize("row", SIGNS)
def test_sign_is_there_with_the_defect_alone(row: str):
    assert visiting(SIGNS[row], defects=[row])
    assert not visiting(SIGNS[row])


@pytest.mark.parametrize("row", SIGNS)
def test_no_other_sign_is_there(row: str):
    for other, sign in SIGNS.items():
        if other != row:
            assert not visiting(sign, defects=[row]), other
