"""Defects of approvals: each seen over the socket and at the tool server when it is on, and not when it is off."""

from collections.abc import Iterator

import pytest
from builders.endpoint import visiting
from builders.mcp_signs import SIGNS
from builders.tool_stalls import dice, served

from harness.engine.planning.tool_servers import ToolServers
from harness.mock.defects.approvals import TABLE


@pytest.fixture(scope="module")
def servers() -> Iterator[ToolServers]:
    with served() as servers:
        yield servers


def shows(servers: ToolServers, row: str, *defects: str) -> bool:
    with servers.open(dice()) as stall:
        return bool(visiting(lambda visitor: SIGNS[row](visitor, stall), defects=defects))


def test_every_defect_has_its_sign():
    assert {*SIGNS} == {defect.id for defect in TABLE}


@pytest.mark.parametrize("row", SIGNS)
def test_sign_is_there_with_its_own_defect_alone(servers: ToolServers, row: str):
    assert shows(servers, row, row)
    assert not shows(servers, row)
    others = [other for other in SIGNS if other not in (row, "B47")]  # who never asks is given no answer
    assert not [other for other in others if shows(servers, row, other)]
