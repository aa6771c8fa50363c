"""docs/rules.md says what the code says."""

import importlib.util
from pathlib import Path

WRITER = Path(__file__).parents[1] / "proofs" / "rules_page.py"


def test_the_page_of_rules_is_up_to_date():
    """`make pages` writes it; the recorded columns are compared where the corpus is there."""
    spec = importlib.util.spec_from_file_location("rules_page", WRITER)
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)

    assert writer.page() == writer.PAGE.read_text(encoding="utf-8")
