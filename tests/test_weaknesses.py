"""For each rule against threats and each kind of hostile input a weakness is planted; here, that each can be.

`make weaknesses` plants them.
"""

from pathlib import Path

import pytest
import reference
from builders.shown import Shown, lacking
from builders.threats import INPUTS, RULES
from builders.weaknesses import NOT_PLANTED, WEAKNESSES, Weakness
from proofs.weaknesses import planted

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda each: f"{each.rows} {each.file}")
def test_what_is_taken_away_stands_there_once(weakness: Weakness):
    """And its test exists; so that a change of either is noticed before the long run."""
    text = (ROOT / "harness" / weakness.file).read_text(encoding="utf-8")
    file, _, name = weakness.test.partition("::")

    assert planted(weakness, text) != text
    assert lacking({weakness.rows: ((file, name),)} if name else {}) == []
    assert (ROOT / "tests" / file).is_file()


@pytest.mark.parametrize(("shown", "group"), [(INPUTS, "E"), (RULES, "R")], ids=["inputs", "rules"])
def test_every_row_has_one_or_a_reason(shown: Shown, group: str):
    """Each kind of hostile input and each rule, of ours and of the pages that they come from."""
    planted_for = {row for each in WEAKNESSES for row in each.rows.split() if row.startswith(group)}
    excused = {row for row in NOT_PLANTED if row.startswith(group)}

    assert planted_for | excused == shown.keys()
    assert planted_for & excused == set()
    assert all(NOT_PLANTED.values())
    assert shown.keys() == reference.rows(group)


def test_what_stands_elsewhere_or_twice_is_no_weakness():
    with pytest.raises(ValueError, match="2 times"):
        planted(Weakness("R1", "a.py", "b", "c", "test_a.py"), "bb")
