"""The docs say what is so: tables are made from the code's own, links lead somewhere, examples load."""

import re
from pathlib import Path

import pytest
from builders.house import house
from proofs.language_page import PAGE, filled

from harness.cli import COMMANDS
from harness.scenario.load import read
from harness.scenario.written import WrittenModes, WrittenScenario, WrittenTurn
from harness.source.typed import keys_of

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


def test_the_page_of_scenarios_names_those_that_are_there():
    """Each with its title, below the folder where it lies; `make specs-table` measures the rest."""
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| \[`([^`]+)`\]\(\.\./(\S+)\) \| (.*?) \| \d", page, re.MULTILINE)

    assert named == [(each.id, each.file, each.title.replace("|", "\\|")) for each in house()]


def test_every_key_has_a_row_on_the_language_page():
    """And every part of it that is written with keys of its own."""
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))

    for model in (WrittenScenario, WrittenModes, WrittenTurn):
        assert set(keys_of(model)) <= rows


def test_readme_names_every_command_that_exists():
    """And none that does not."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`harness (\w+)", readme))

    assert named == set(COMMANDS)
