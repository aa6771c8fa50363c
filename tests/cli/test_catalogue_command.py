"""`harness catalogue`: its tables letter by letter, as JSON, and what it says of a name that it does not know.

After a deliberate change `python tests/cli/test_catalogue_command.py` writes the golden tables anew, for review.
"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.catalogue import Catalogue
from harness.cli import main

FOLDER = Path(__file__).parents[1] / "golden" / "catalogue"
GOLDEN = {
    "everything": [],
    "region": ["--region", "East US 2"],
    "model": ["--model", "gpt-4o"],
    "model_in_region": ["--model", "gpt-5.4-nano", "--region", "swedencentral"],
    "model_not_there": ["--model", "gpt-image-1", "--region", "uksouth"],
    "feature": ["--feature", "parallel_functions"],
    "feature_in_region": ["--feature", "vision", "--region", "switzerlandwest"],
    "feature_of_model": ["--feature", "structured_outputs", "--model", "gpt-4o"],
}


def shown(*options: str) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(main, ["catalogue", *options])


@pytest.mark.parametrize("name", GOLDEN)
def test_the_tables(name: str):
    result = shown(*GOLDEN[name])

    assert result.exit_code == 0
    assert result.output == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_every_golden_table_is_shown():
    assert {file.stem for file in FOLDER.glob("*.txt")} == set(GOLDEN)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_same_as_json(name: str):
    """The tables of the text, in order, with the same number of rows and every column named in each row."""
    tables = json.loads(shown(*GOLDEN[name], "--format", "json").output)
    text = shown(*GOLDEN[name]).output

    assert [line for line in text.splitlines() if line and not line.startswith(" ")] == list(tables)
    for rows in tables.values():
        assert all(row.keys() == rows[0].keys() for row in rows)


def test_json_holds_the_facts_whole():
    tables = json.loads(shown("--model", "o3", "--region", "eastus2", "--format", "json").output)

    rows = {row["feature"]: row for row in tables["documented"]}
    assert rows.keys() == Catalogue.load().features
    assert rows["parallel_functions"]["documented"] == "no"
    assert rows["parallel_functions"]["as_of"] == "2026-07-29"
    assert rows["parallel_functions"]["source"] == "models page and reasoning page"
    assert rows["parallel_functions"]["remark"].startswith("the pages disagree")
    assert tables["versions"][0]["retires"] == "2026-10-21"
    assert tables["versions"][0]["efforts"] == ["low", "medium", "high"]
    assert "regional_provisioned" in tables["deployments"][0]["types"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "gpt5-mini"], "there is no model 'gpt5-mini'\n  = did you mean `gpt-5-mini`?"),
        (["--region", "Swedn Central"], "there is no region 'Swedn Central'\n  = did you mean `swedencentral`?"),
        (["--feature", "visoin"], "there is no feature 'visoin'\n  = did you mean `vision`?"),
        (["--feature", "cheese"], "there is no feature 'cheese'\n  = `harness catalogue` lists them all"),
        (["--model", "o3", "--region", "mars"], "there is no region 'mars'\n  = `harness catalogue` lists them all"),
        (["--model", ""], "there is no model ''\n  = `harness catalogue` lists them all"),
    ],
)
def test_an_unknown_name(options: list[str], said: str):
    """Exit 4, what was meant, and no table."""
    result = shown(*options)

    assert (result.exit_code, result.stdout, result.stderr) == (4, "", f"error: {said}\n")


def test_an_unknown_name_is_shown_with_nothing_raw():
    result = shown("--model", "\x1b[2Jo3\u202e")

    assert result.exit_code == 4
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_a_narrow_terminal_breaks_no_name():
    """Lines grow rather than cut ids in two."""
    narrow = CliRunner(env={"COLUMNS": "20"}).invoke(main, ["catalogue", "--model", "gpt-4.1"]).output

    assert set(Catalogue.load().regions) & set(narrow.split()) >= {"germanywestcentral", "southafricanorth"}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each, asked in GOLDEN.items():
        (FOLDER / f"{each}.txt").write_text(shown(*asked).output, encoding="utf-8")
