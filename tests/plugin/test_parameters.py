"""Parameters at the door: `--set`, tables of rows, generated ones; and whose a scenario is."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

import harness.engine.targets.embedded  # imported once here, not by each pytest that the tests start
import harness.report.page  # noqa: F401

NAMED = """
scenario: Recall
id: recall
owner: parcels
links: ["https://example.com/wiki"]
tags: [smoke]
turns:
  - user: My parcel number is ${number}. Reply with OK.
  - user: What is my parcel number?
    expect: {text: {contains: "${number}"}}
"""
GIVEN = """
scenario: Recall any
id: recall-any
given:
  number: {from_regex: "[1-9][0-9]{0,3}"}
turns:
  - user: My parcel number is ${number}. Reply with OK.
  - user: What is my parcel number?
    expect: {text: {matches: "^Your parcel number is [0-9]{1,%d}[.]$"}}
"""


def run(pytester: pytest.Pytester, text: str, *arguments: str, **files: str) -> pytest.RunResult:
    folder = pytester.path / "specs"
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content, encoding="utf-8")
    return pytester.runpytest_inprocess("--rootdir=.", "specs", *arguments)


def cases(pytester: pytest.Pytester) -> list[dict[str, object]]:
    record = max(pytester.path.glob("reports/*/record.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    return [line["body"] for line in lines if line["kind"] == "case"]


def test_a_variable_from_the_command_line(pytester: pytest.Pytester):
    result = run(pytester, NAMED, "--set", 'number="4417"')

    assert result.ret == 0
    assert result.parseoutcomes() == {"passed": 1}


def test_a_variable_that_is_not_set_is_refused(pytester: pytest.Pytester):
    result = run(pytester, NAMED)

    assert result.ret == 4
    result.stdout.fnmatch_lines(["*unknown variable `number`*"])


@pytest.mark.parametrize(("name", "hint"), [("numbr", "; did you mean number?"), ("colour", "")])
def test_a_variable_that_no_scenario_has_is_refused(pytester: pytest.Pytester, name: str, hint: str):
    """A misspelt name would change nothing, unseen: exit 4, and nothing is sent."""
    result = run(pytester, NAMED, "--set", 'number="4417"', "--set", f"{name}=1")

    assert result.ret == 4
    told = result.stdout.str() + result.stderr.str()
    assert f"--set {name}: no scenario of this run has ${{{name}}}{hint}" in told
    assert not (pytester.path / "reports").exists()


def test_whose_a_scenario_is(pytester: pytest.Pytester):
    """Markers for `-m`, properties for JUnit, and the record's head."""
    arguments = ("--set", 'number="4417"', "--junitxml=junit.xml")
    assert run(pytester, NAMED, "-m", "owner(name='parcels') and links and smoke", *arguments).ret == 0
    tree = ElementTree.parse(pytester.path / "junit.xml")
    found = {(each.get("name"), each.get("value")) for each in tree.iter("property")}
    assert found == {("owner", "parcels"), ("link", "https://example.com/wiki")}
    (record,) = pytester.path.glob("reports/*/record.jsonl")
    (told,) = json.loads(record.read_text().splitlines()[0])["body"]["scenarios"]
    assert (told["owner"], told["links"]) == ("parcels", ["https://example.com/wiki"])

    assert run(pytester, NAMED, "-m", "owner(name='others')", *arguments).ret == 5


def test_a_table_of_rows_is_one_case_a_row(pytester: pytest.Pytester):
    table = "number\n4417\n12\n"
    result = run(pytester, "cases: rows.csv\n" + NAMED.lstrip(), "-v", rows__csv=table)

    assert result.ret == 0
    assert [each["values"] for each in cases(pytester)] == [{"number": "4417"}, {"number": "12"}]


def test_generated_parameters_are_one_case(pytester: pytest.Pytester):
    """One item, many conversations; the record says how many."""
    result = run(pytester, GIVEN % 4, "--examples", "7")

    assert result.ret == 0
    (case,) = cases(pytester)
    assert (case["verdict"], case["examples"]) == ("passed", 7)
    assert not (pytester.path / ".harness").exists()


def test_the_smallest_failing_values_are_shown_and_kept(pytester: pytest.Pytester):
    result = run(pytester, GIVEN % 2)

    assert result.ret == 1
    (case,) = cases(pytester)
    assert case["values"] == {"number": "100"}
    assert len(case["turns"]) == 2  # type: ignore[arg-type]
    result.stdout.fnmatch_lines(["generated parameters (* examples ran); this is the smallest*", '*| number = "100"'])
    (kept,) = Path(pytester.path / ".harness" / "given").iterdir()
    assert json.loads(kept.read_text())["values"] == {"number": "100"}

    again = run(pytester, GIVEN % 2)
    assert again.ret == 1
    again.stdout.fnmatch_lines(["generated parameters (one example ran)*"])


def test_so_many_examples_are_a_number(pytester: pytest.Pytester):
    """None at all would prove nothing."""
    assert run(pytester, GIVEN % 4, "--examples", "0").ret == 4
    assert run(pytester, GIVEN % 4, "--examples", "1001").ret == 4
