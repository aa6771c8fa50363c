"""For each rule against threats a weakness is planted; here, that each can be. `make weaknesses` plants them."""

from pathlib import Path

import pytest
import reference
from builders.shown import lacking
from builders.threats import RULES
from builders.weaknesses import PLANTED_ELSEWHERE, WEAKNESSES, Weakness
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


def test_every_rule_has_one():
    rows = {row for each in WEAKNESSES for row in each.rows.split()}

    assert RULES.keys() - rows - PLANTED_ELSEWHERE.keys() == set()
    assert rows <= reference.rows("R") | reference.rows("E")


def test_what_stands_elsewhere_or_twice_is_no_weakness():
    with pytest.raises(ValueError, match="2 times"):
        planted(Weakness("R1", "a.py", "b", "c", "test_a.py"), "bb")
