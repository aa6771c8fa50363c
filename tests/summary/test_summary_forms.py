"""Every form tells the same figures, can be read by what reads it, and obeys nothing that stands in a record."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import xmlschema
from builders import runs, verdicts

from harness.comparison.comparison import compare
from harness.comparison.gated import Gated, Reason
from harness.findings import Verdict
from harness.gate.decide import decide
from harness.gate.policy import Policy, Read
from harness.record.outcome import OUTCOMES
from harness.record.run import Run
from harness.summary.figures import Summary
from harness.summary.junit import junit
from harness.summary.markdown import MOST_BYTES, markdown
from harness.summary.pipelines import azure, github
from harness.summary.sarif import sarif
from harness.summary.text import comparison, gate

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))

HOSTILE = [
    "::error::gone",
    "##[error]gone",
    "##vso[task.complete result=Succeeded;]",
    "\n::stop-commands::x\n",
    "`code` | cell | <img src=x onerror=alert(1)>",
    "`<img src=x onerror=alert(1)> | https://example.invalid",
    "[link](https://example.invalid) ![p](https://example.invalid/p.png)",
    "]]>&amp;<b>&lt;",
    "\x00\x1b[2J\ufffe\u202e",
    "=cmd()|' /C calc'!A0",
    "%0A::warning::x",
]


def every_outcome() -> Summary:
    head, cases = runs.every_verdict()
    run = Run(head, cases)
    return Summary(run, None, decide(run, Read(Policy(), None)))


def counted_cases(summary: Summary) -> dict[str, int]:
    """The figures, counted anew from the record."""
    found = dict.fromkeys(OUTCOMES, 0)
    for case in summary.run.head.planned:
        said = summary.run.verdicts.get(case)
        found[said.value if said is not None else "not run"] += 1
    return found


def test_every_form_tells_the_same_figures():
    summary = every_outcome()
    expected = counted_cases(summary)
    assert sum(1 for number in expected.values() if number) >= 5
    assert summary.counts == expected
    assert summary.plain()["counts"] == expected
    assert json.loads(sarif(summary))["runs"][0]["properties"]["counts"] == expected

    root = Xml.fromstring(junit(summary))
    assert int(root.attrib["tests"]) == sum(expected.values())
    assert int(root.attrib["failures"]) == expected["failed"]
    assert int(root.attrib["errors"]) == expected["errored"] + expected["inconclusive"] + expected["not run"]
    assert int(root.attrib["skipped"]) == expected["skipped"]
    told = [case for suite in root for case in suite.iter("testcase")]
    assert len(told) == sum(expected.values())
    assert len(root.findall(".//failure")) == expected["failed"]

    rows = dict(re.findall(r"^\| ([a-z ]+) \| ([\d,]+) \|$", markdown(summary), re.MULTILINE))
    assert {name: int(rows[name]) for name in OUTCOMES} == expected


def test_regions_and_models_add_up():
    summary = every_outcome()
    for groups in (summary.plain()["regions"], summary.plain()["models"]):
        finished = sum(sum(counts.values()) for counts in groups.values())
        assert finished == sum(1 for told in summary.cases if told.shown is not None)


def test_junit_is_valid_against_what_services_agree_on():
    SCHEMA.validate(junit(every_outcome()).decode())


def test_junit_names_rule_and_line_of_a_failure():
    root = Xml.fromstring(junit(every_outcome()))
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.attrib["message"].startswith("order.seq_gap: ")
    assert f"--> {runs.FILE}:18:13" in (failure.text or "")


def hostile(payload: str) -> Summary:
    """A run in which everything that can hold a text holds the payload."""
    run = verdicts.run({"one": "f", "two": "e", "three": "s"})
    cases = tuple(
        replace(
            line,
            reason=payload,
            title=payload,
            findings=tuple(replace(each, message=payload, actual=payload) for each in line.findings),
        )
        for line in run.cases
    )
    scenarios = tuple(replace(each, title=payload, about=payload) for each in run.head.scenarios)
    run = replace(run, cases=cases, head=replace(run.head, scenarios=scenarios))
    return Summary(run, compare(run, run), decide(run, Read(Policy(), None)))


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_command_of_a_record_reaches_a_pipeline(payload):
    summary = hostile(payload)
    for lines, ours in ((list(github(summary)), "::"), (list(azure(summary)), "##vso[task.")):
        assert lines
        for line in lines:
            assert "\n" not in line
            assert "\r" not in line
            assert line.startswith(ours)
            told = line.split("::", 2)[2] if ours == "::" else line.partition("]")[2]
            assert "::" not in told or ours != "::"
            assert "##[" not in told
            assert "##vso[" not in told


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_markup_of_a_record_reaches_a_summary_page(payload):
    outside = re.sub(r"`[^`\n]*`", "", markdown(hostile(payload)))
    for sign in ("<", "](", "![", "http", "::", "##["):
        assert sign not in outside
    assert all(ord(letter) >= 32 or letter == "\n" for letter in outside)


@pytest.mark.parametrize("payload", HOSTILE)
def test_xml_and_json_are_read_whatever_a_record_holds(payload):
    summary = hostile(payload)
    SCHEMA.validate(junit(summary).decode())
    assert json.loads(sarif(summary))["runs"][0]["results"]


@pytest.mark.parametrize("payload", HOSTILE)
def test_terminal_shows_no_hidden_character(payload):
    summary = hostile(payload)
    assert summary.gated is not None
    assert summary.comparison is not None
    for line in (*gate(summary.gated), *comparison(summary.comparison)):
        assert line.isprintable() or not line
        assert not line.lstrip().startswith(("::", "##"))


def test_summary_page_is_cut_at_its_bound():
    run = verdicts.run({f"s{at}": "f" for at in range(200)})
    reasons = [Reason("must-pass", f"{at} {'å' * 290}", 1) for at in range(1_000)]
    page = markdown(Summary(run, None, Gated("run", None, None, 200, tuple(reasons))))
    assert MOST_BYTES - 700 < len(page.encode()) <= MOST_BYTES
    assert page.endswith("å…`\n\n_Cut: the report has the rest._\n")


def test_long_tables_are_cut_and_say_so():
    run = verdicts.run({f"s{at}": "f" for at in range(200)})
    cases = tuple(replace(line, region=f"region-{at:03}") for at, line in enumerate(run.cases))
    page = markdown(Summary(replace(run, cases=cases)))
    assert "region-049" in page
    assert "region-050" not in page
    assert page.count("… and 150 more.") == 2


def test_sarif_points_at_the_line_of_the_yaml():
    (log,) = json.loads(sarif(every_outcome()))["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in log["results"]]
    assert {"startLine": 18, "startColumn": 13} in [place["region"] for place in places]
    known = {rule["id"] for rule in log["tool"]["driver"]["rules"]}
    assert known == {result["ruleId"] for result in log["results"]}
    assert log["invocations"][0] == {"executionSuccessful": False, "exitCode": 3}


def test_a_case_speaks_by_the_repeat_that_decided():
    (told,) = Summary(verdicts.run({"one": "pfp"})).cases
    assert told.outcome == Verdict.FAILED.value
    assert len(told.lines) == 3
    assert [finding.rule for finding in told.weighty] == ["order.seq_gap"]


def test_azure_result_follows_the_exit_status():
    results = {}
    for letter in "pfi":
        *_, last = azure(Summary(verdicts.run({"one": letter})))
        results[letter] = re.search(r"result=(\w+)", last)[1]
    assert results == {"p": "Succeeded", "f": "Failed", "i": "SucceededWithIssues"}
