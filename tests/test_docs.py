"""The docs say what is so: tables are made from the code's own, links lead somewhere, examples load."""

import re
from pathlib import Path

import pytest
from proofs.language_page import PAGE, filled

from harness.cli import COMMANDS
from harness.scenario.load import read

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").glob("*.md")]


def test_the_language_page_is_up_to_date():
    """`make pages` writes it anew."""
    page = PAGE.read_text(encoding="utf-8")

    assert filled(page) == page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    """Every relative link names a file of the project."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_scenarios_on_pages_load(page: Path):
    """A scenario that a reader copies is right."""
    for example in re.findall(r"```yaml\n(scenario:.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        scenarios, mistakes = read(example.encode(), f"specs/{page.stem}.yaml")
        assert [str(mistake) for mistake in mistakes] == []
        assert scenarios


def test_readme_names_every_command_that_exists():
    """And none that does not."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`harness (\w+)", readme))

    assert named == set(COMMANDS)
