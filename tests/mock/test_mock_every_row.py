"""No row of the catalogue of faults is forgotten: whatever groups B and C name can be had of this endpoint, and is seen
over a socket, without any rule.
"""

import pytest
import reference
from builders import attachment_signs, chain_signs, container_signs, mcp_signs, reply_signs, state_signs, unreachable

from harness.mock.defects import DEFECTS

SIGNS = (attachment_signs, chain_signs, container_signs, mcp_signs, reply_signs, state_signs)
NOBODY_ANSWERS = {"C01", "C02", "C03"}
"""Where no endpoint answers; see `builders.unreachable`."""
THE_CLIENTS_OWN = {"C26", "C27", "C28", "C29", "C30"}
"""What is provoked at the client, its clock and its proxies."""


def signs() -> list[str]:
    return [row for table in SIGNS for row in table.SIGNS]


def test_every_defect_of_meaning_has_a_sign_of_its_own():
    assert sorted(signs()) == sorted(row for row in DEFECTS if row.startswith("B"))


def test_every_row_of_meaning_in_the_catalogue_has_a_sign():
    rows = reference.rows("B")

    assert len(rows) == 78
    assert rows - {DEFECTS[row].row for row in signs()} == set()


def test_every_row_of_availability_in_the_catalogue_can_be_had():
    rows = reference.rows("C")

    assert len(rows) == 30
    assert rows - {defect.row for defect in DEFECTS.values()} == NOBODY_ANSWERS | THE_CLIENTS_OWN
    assert unreachable.FAULTS


@pytest.mark.parametrize("row", [row for row in DEFECTS if row[0] in "BC"])
def test_every_defect_names_its_findings(row: str):
    assert DEFECTS[row].findings
    assert DEFECTS[row].title
