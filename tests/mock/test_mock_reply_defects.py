"""Defects of what is said: each shows its sign over the socket when it is on, no other does, none when all is well."""

import pytest
from builders.endpoint import Visitor, visiting
from builders.reply_signs import SIGNS


@pytest.mark.parametrize("row", [None, *SIGNS])
def test_sign_is_there_with_its_own_defect_alone(row: str | None):
    async def visit(visitor: Visitor) -> list[str]:
        return [name for name, sign in SIGNS.items() if await sign(visitor)]

    try:
        shown = visiting(visit, defects=[row] if row else [])
    except (KeyError, TypeError):  # the defect broke what another sign is read from
        shown = [row] if visiting(SIGNS[row or ""], defects=[row]) else []

    assert shown == ([row] if row else [])
