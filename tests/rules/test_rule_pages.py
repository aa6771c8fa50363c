"""Every rule has a code, a title, a page and a source; both tables agree."""

import re
from pathlib import Path

from harness.findings import CODES
from harness.rules import RULES

FAMILIES = ("order", "text", "tool", "reply", "sem", "state", "mcp")


def test_every_code_has_one_rule():
    names = [rule.name for rule in RULES]

    assert sorted(names) == sorted(CODES)


def test_a_rule_has_the_level_and_source_of_its_code():
    for rule in RULES:
        assert (rule.level, rule.source) == (CODES[rule.name].level, CODES[rule.name].source)
        assert rule.page.startswith(f"{rule.title}\n") or rule.page == rule.title


def test_every_page_begins_with_a_sentence_and_says_what_shows_the_rule():
    for rule in RULES:
        assert re.fullmatch(r"[A-Z][^.]{9,}.*[.]|response\..*[.]|output_index.*[.]", rule.title), rule.name
        if rule.name.split(".")[0] in FAMILIES:
            assert "Shown by" in rule.page, rule.name


def test_the_defects_that_a_page_names_are_in_the_tables_of_defects():
    """A page that names defect A57 is right only if a test seeds it."""
    tables = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("*.py"))
    for rule in RULES:
        if rule.name.split(".")[0] in FAMILIES:
            shown = rule.page.rpartition("Shown by")[2]
            for row in re.findall(r"\b[ABN]\d{2,3}\b|\b[A-Z]{3}-\d+\b", shown):
                assert row in tables, (rule.name, row)
