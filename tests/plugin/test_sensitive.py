"""A scenario that is marked `sensitive` leaves no text anywhere: lengths and hashes stand in its place."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from harness.findings import Verdict
from harness.record.lines import CaseLine
from harness.record.run import Run
from harness.record.withholding import WHY

SCENARIO = """
scenario: A case about a person
id: person
{mark}
modes: {{delivery: [plain, stream], client: [wire, openai]}}
headers: {{x-ms-client-request-id: heron-header}}
request: {{instructions: heron-instruction, metadata: {{who: heron-metadata}}}}
tools:
  - type: function
    name: look
    description: heron-description
    parameters: {{type: object, properties: {{place: {{type: string}}}}}}
    returns: heron-returned
cases: [{{word: heron-cell}}]
turns:
  - user: My file is heron-prompt. Reply with ${{word}}.
    expect: {{text: {{contains: heron-expected}}, json: {{equals: {{a: heron-member}}}}}}
    mock: {{reply: "heron-answer ${{word}}"}}
    capture: {{mine: $.id}}
  - user: heron-second
    request: {{temperature: 99, user: heron-user}}
    expect: {{error: {{message: {{contains: heron-error}}}}}}
  - input: [{{role: user, content: [{{type: input_text, text: heron-item}}]}}]
    expect: {{path: {{"$.output[0].type": heron-path}}}}
---
scenario: A case with drawn values
id: drawn
{mark}
given: {{word: {{sampled_from: [heron-drawn, heron-other]}}}}
turns:
  - user: Reply with ${{word}}.
    expect: {{text: {{not: {{contains: heron}}}}}}
"""
TEXT = re.compile(rb"heron-?[a-z]*")


def wrote(pytester: pytest.Pytester, mark: str, *more: str) -> tuple[set[str], Run]:
    """What a run with every kind of file told of the scenario's texts, and its record."""
    folder = pytester.path / "specs"
    folder.mkdir()
    (folder / "person.yaml").write_text(SCENARIO.format(mark=mark))
    reports = pytester.path / "reports"
    reports.mkdir()
    options = ("-vv", "--showlocals", "--junitxml=reports/junit.xml", "--debug-log=reports/debug.jsonl", *more)
    result = pytester.runpytest_inprocess("--rootdir=.", "specs", "--run-id=one", *options)
    told = "\n".join((*result.outlines, *result.errlines)).encode()
    seen = told + b"".join(contents([reports, pytester.path / ".harness", pytester.path / ".pytest_cache"]))
    return {text.decode() for text in TEXT.findall(seen)}, Run.read(reports / "one")


def lines(run: Run) -> list[CaseLine]:
    return [line for attempts in run.attempts.values() for line in attempts]


def contents(folders: Iterable[Path]) -> list[bytes]:
    return [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def test_T24_a_sensitive_scenario_leaves_no_text(pytester: pytest.Pytester):
    told, run = wrote(pytester, "sensitive: true")

    assert told == set()
    assert {line.verdict for line in lines(run)} == {Verdict.FAILED}  # it was judged all the same
    assert {len(line.findings) > 1 for line in lines(run) if line.scenario == "person"} == {True}


def test_T24_the_search_sees_what_any_other_scenario_leaves(pytester: pytest.Pytester):
    told, _ = wrote(pytester, "sensitive: false")

    planted = {text.decode() for text in TEXT.findall(SCENARIO.encode())} - {"heron"}
    assert planted - told <= {"heron-returned", "heron-other"}  # no call was made, and one value was drawn


def test_what_is_kept_tells_lengths_hashes_codes_and_places(pytester: pytest.Pytester):
    _, run = wrote(pytester, "sensitive: true")
    line = lines(run)[0]
    first = line.findings[0]
    exchange = run.exchange(line.turns[0].exchanges[0])
    word = b"heron-cell"

    assert run.head.scenarios[0].sensitive
    assert line.values == {"word": {"$cut": "", "bytes": len(word), "sha256": hashlib.sha256(word).hexdigest()}}
    assert (first.rule.startswith("expect."), first.place is not None, first.source_line) == (True, True, None)
    assert first.message.endswith(f"({WHY})")
    assert exchange.status == 200
    assert exchange.body.text is exchange.body.base64 is exchange.body.sha256 is None
    assert exchange.body.length > 100
    assert len(exchange.body.withheld or "") == 64
    assert dict(exchange.headers)["content-type"].startswith("application/json")
    assert line.turns[0].usage.total_tokens


def test_its_report_is_made_and_says_so(pytester: pytest.Pytester):
    wrote(pytester, "sensitive: true")
    page = (pytester.path / "reports" / "one" / "report.html").read_text()

    assert WHY in page


def test_it_cannot_be_played_again_and_says_why(pytester: pytest.Pytester):
    wrote(pytester, "sensitive: true")

    result = pytester.runpytest_inprocess("--rootdir=.", "specs", "--run-id=two", "--replay=reports/one")
    run = Run.read(pytester.path / "reports" / "two")

    assert result.ret == 3
    assert {line.verdict for line in lines(run)} == {Verdict.ERRORED}


def test_a_run_of_it_is_taken_up_again(pytester: pytest.Pytester):
    """The hashes of its parameters show that they are the same."""
    wrote(pytester, "sensitive: true")
    record = pytester.path / "reports" / "one" / "record.jsonl"
    kept = record.read_bytes().splitlines(keepends=True)
    record.write_bytes(b"".join(kept[:-2]))

    result = pytester.runpytest_inprocess("--rootdir=.", "--resume=reports/one")

    assert result.ret == 1, result.stdout.str()
    assert len(lines(Run.read(pytester.path / "reports" / "one"))) == len(kept) - 1
    assert TEXT.findall(b"".join(contents([pytester.path / "reports"]))) == []


@pytest.mark.parametrize("written", ["sensitive: maybe", "sensitive: 1", "sensitiv: true"])
def test_a_mark_that_is_none_is_refused(pytester: pytest.Pytester, written: str):
    (pytester.path / "specs").mkdir()
    (pytester.path / "specs" / "person.yaml").write_text(SCENARIO.format(mark=written))

    result = pytester.runpytest_inprocess("--rootdir=.", "specs")

    assert result.ret == 4
    assert "sensitive" in result.stdout.str() + result.stderr.str()
