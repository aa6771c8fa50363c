"""Characters that only act are spelled in a page."""

import sys
from unicodedata import category

from harness.report.text import visible


def test_every_character_that_only_acts_is_spelled():
    """Controls but tab and line feed, formats, halves of pairs and separators, as Unicode sorts them."""
    acting = [
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in "\t\n"
    ]

    assert len(acting) > 2_200
    assert [letter for letter in acting if visible(letter) == letter] == []
