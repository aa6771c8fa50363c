"""No kind of hostile input and no rule against threats is forgotten: each has its tests, which exist, or a reason."""

import pytest
import reference
from builders.shown import lacking
from builders.threats import INPUTS, NOT_SHOWN, RULES


def test_every_test_that_is_named_exists():
    assert lacking({**INPUTS, **RULES}) == []


def test_a_name_that_is_none_is_seen():
    planted = {"E99": (("test_threats.py", "test_of_another_name"), ("no_file.py", "test_a"))}

    assert lacking(planted) == ["E99: test_threats.py::test_of_another_name", "E99: no_file.py::test_a"]


@pytest.mark.parametrize(("shown", "group", "count"), [(INPUTS, "E", 80), (RULES, "R", 25)], ids=["inputs", "rules"])
def test_every_row_is_shown_or_says_why_not(shown, group: str, count: int):
    rows = reference.rows(group)
    said = {row for row in NOT_SHOWN if row.startswith(group)}

    assert len(rows) == count
    assert shown.keys() | said == rows
    assert shown.keys() & said == set()
    assert all(NOT_SHOWN.values())
