"""Characters that only act are spelled in a page."""

import re
import sys
from pathlib import Path
from unicodedata import category

from harness.report import text
from harness.report.text import visible

SCRIPT = Path(text.__file__).with_name("script") / "text.js"


def test_every_character_that_only_acts_is_spelled():
    """Controls but tab and line feed, formats, halves of pairs and separators, as Unicode sorts them."""
    acting = [
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in "\t\n"
    ]

    assert len(acting) > 2_200
    assert [letter for letter in acting if visible(letter) == letter] == []


def test_the_script_of_the_page_spells_the_same_characters():
    """Its list is written in another language; every character is on both or on neither."""
    (written,) = re.findall(r"const UNSEEN = /(\[.*\])/gu;", SCRIPT.read_text(encoding="utf-8"))
    theirs = re.compile(re.sub(r"\\u\{([0-9a-f]+)\}", lambda each: f"\\U{each[1]:0>8}", written))

    everything = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [each for each in everything if bool(theirs.match(each)) != (visible(each) != each)] == []
