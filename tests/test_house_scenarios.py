"""The scenarios of specs/: green on the correct endpoint in every way to reach it, red on a wrong one."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from builders import house

from harness.mock.defects import DEFECTS
from harness.record.lines import CaseLine
from harness.record.run import Run
from harness.rules import RULES

ROOT = Path(__file__).parents[1]
KEY = "house-scenarios-key"


def run_specs(reports: Path, *arguments: str) -> tuple[int, Run, str]:
    """Runs specs/ in a process of its own: exit code, record, output."""
    command = [sys.executable, "-m", "harness", "run", "specs", "-q", "--reports", str(reports), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "HOUSE_KEY": KEY})
    (directory,) = reports.iterdir()
    return done.returncode, Run.read(directory), done.stdout


@contextmanager
def endpoint(*arguments: str) -> Iterator[str]:
    """The embedded endpoint in another process, ended at the end; its base address."""
    command = [sys.executable, "-m", "harness", "mock", "--port", "0", "--key-env", "HOUSE_KEY", *arguments]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "HOUSE_KEY": KEY})
    assert server.stdout is not None
    try:
        address = next(found.group() for line in server.stdout if (found := re.search(r"http://[\d.]+:\d+/\S*", line)))
        yield address
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Run, str]:
    """One run of specs/ on the embedded endpoint."""
    return run_specs(tmp_path_factory.mktemp("embedded") / "reports")


def test_every_case_passes_without_a_finding(embedded: tuple[int, Run, str]):
    """No false alarm: exit 0, and neither error nor warning."""
    status, run, output = embedded

    assert status == 0, output
    assert len(run.cases) > 20
    assert {line.verdict for line in run.cases} == {"passed"}
    assert [finding for line in run.cases for finding in line.findings if finding.level != "note"] == []


def test_a_replay_finds_what_was_found(embedded: tuple[int, Run, str], tmp_path: Path):
    """Played with no endpoint there at all: the same verdicts, findings, figures and answers in every case."""
    recorded = embedded[1]
    status, played, output = run_specs(tmp_path / "reports", "--replay", str(recorded.folder))

    assert status == 0, output
    assert played.head.replayed == recorded.head.run
    assert {line.kind for line in played.head.targets} == {"replay"}
    assert [told(line) for line in played.cases] == [told(line) for line in recorded.cases]


def told(line: CaseLine) -> CaseLine:
    """A case without when it ran, how long that took here, and where its exchanges stand."""
    turns = tuple(replace(turn, exchanges=()) for turn in line.turns)
    return replace(line, started="", seconds=0.0, turns=turns)


def test_every_expectation_was_looked_at(embedded: tuple[int, Run, str]):
    """An expectation that applied 0 times proves nothing."""
    applied = [(line.case, key) for line in embedded[1].cases for key, n in line.applied_expectations.items() if n == 0]

    assert applied == []


ONLY_WITH = {
    "sem.model_version": "a target whose version is promised",
    "avail.version_untold": "a target whose version is promised",
    "support.undocumented": "--probe",
    "secret.echo": "a credential of the run",
}
"""Rules that have nothing to judge on the default targets, and what they need."""


def test_every_rule_had_something_to_judge(embedded: tuple[int, Run, str]):
    """A rule that applied 0 times over all scenarios proves nothing."""
    applied: Counter[str] = Counter()
    for line in embedded[1].cases:
        applied.update(line.applied_rules)

    assert sorted(rule.name for rule in RULES if not applied[rule.name]) == sorted(ONLY_WITH)


def test_the_same_verdicts_by_address_and_key(embedded: tuple[int, Run, str], tmp_path: Path):
    """Against a server in another process every scenario that its model can run has the same verdict."""
    with endpoint() as base:
        status, run, output = run_specs(
            tmp_path / "reports",
            *("--endpoint", base, "--deployment", "gpt-5-mini", "--api-key-env", "HOUSE_KEY"),
            *("--target-model", "gpt-5-mini", "--target-region", "swedencentral"),
        )

    assert status == 0, output
    mine = {(line.scenario, line.delivery, line.state, line.row): line.verdict for line in run.cases}
    theirs = {(line.scenario, line.delivery, line.state, line.row): line.verdict for line in embedded[1].cases}
    skipped = {key for key, verdict in mine.items() if verdict == "skipped"}
    assert {key: verdict for key, verdict in mine.items() if key not in skipped} == {
        key: verdict for key, verdict in theirs.items() if key not in skipped
    }
    assert len(mine) - len(skipped) > 20
    reasons = [line.reason for line in run.cases if line.verdict == "skipped"]
    assert all(re.search("documented as absent|is for the targets|cannot fetch", reason or "") for reason in reasons)


TEN = {
    "A54": "order.seq_gap",
    "A57": "order.seq_back",
    "A62": "text.done_mismatch",
    "A65": "text.final_mismatch",
    "A80": "order.two_terminals",
    "A83": "order.after_terminal",
    "A88": "tool.args_mismatch",
    "A102": "sem.usage_sum",
    "A119": "reply.shape",
    "B02": "state.echo_mismatch",
    "B62": "state.echo_mismatch",
}
"""Defects, at least one for each family of rules, and what the fault catalogue says is found."""


@pytest.mark.parametrize(("defect", "rule"), TEN.items())
def test_each_defect_turns_the_run_red(defect: str, rule: str, tmp_path: Path):
    """Switched on, the endpoint is wrong in one way: exit 1, and the rule that names it speaks."""
    status, run, output = run_specs(tmp_path / "reports", "--defect", defect)

    assert status == 1, output
    found = {f.rule for line in run.cases for f in line.findings if f.level == "error"}
    assert rule in found


FOUND_BY = {
    "facts-carried": "B01 B03 B05",
    "follow-up-keeps-context": "B02a B02b B35",
    "unknown-parent-refused": "B04",
    "instructions-replaced": "B06",
    "unstored-is-gone": "B07",
    "read-later": "B08",
    "stored-is-created": "B09 B33a",
    "stored-and-deleted": "B10",
    "deleted-parent": "B11 B12",
    "cancelled": "B13a B13b",
    "terminal-stays": "B14",
    "background-needs-store": "B15",
    "background-call": "B16 B17 B18 B79",
    "resumed": "B19 B20 B22",
    "stream-taken-up": "B21",
    "items-paged": "B23 B24 B25",
    "compacted-from-items": "B26 B27 B31 B36",
    "compaction-keeps": "B28 B29",
    "compaction-altered": "B30",
    "encrypted-reasoning": "B32 B37",
    "reasoning-stored": "B33b B54",
    "altered-reasoning": "B34",
    "stream-two-calls": "B41 B42",
    "tool-choice": "B43",
    "one-call-at-a-time": "B44",
    "outputs-own": "B45",
    "outputs-paired": "B46",
    "mcp-approval": "B47 B49 B50 B51",
    "mcp-denial": "B48",
    "one-answer": "B52a B52b B53 B70",
    "cut-is-marked": "B55 B56 B57",
    "structured-person": "B58a B58b B58c",
    "structured-refusal": "B59",
    "picture-drawn": "B60a B60b B60c",
    "picture-in-parts": "B61",
    "effort-costs": "B62 B62d",
    "settings-come-back": "B62b B62c",
    "picture-kinds": "B63",
    "code-table": "B63b B65",
    "code-files": "B64",
    "prompt-filtered": "B66",
    "chain-branches": "B67",
    "ranges": "B68",
    "context-too-long": "B69",
    "too-many-pictures": "B71",
    "picture-of-a-wrong-kind": "B72",
    "detail-costs": "B73",
    "purpose-not-supported": "B74b",
    "container-expires": "B75",
    "container-types": "B76",
    "kept-for-its-time": "B77",
    "containers-apart": "B78",
}
"""Scenario → the rows of group B that are found by it under their codes. B74a takes a file of 50 MB."""
BY_HAND = {"B38", "B39", "B40", "B74a"}


@pytest.mark.parametrize(("row", "id_"), [(row, id_) for id_, rows in FOUND_BY.items() for row in rows.split()])
def test_a_row_of_meaning_and_state_is_found(row: str, id_: str):
    """The scenario that shows it, in this process: every code of the row is found, whatever else is."""

    async def conducted() -> house.Outcome:
        on = house.grounds()
        try:
            return await house.run(house.named(id_), on, row, times=2 if row in ("B05", "B65", "B67") else 1)
        finally:
            await on.close()

    assert set(DEFECTS[row].findings) <= asyncio.run(conducted()).rules


def test_every_row_of_meaning_and_state_has_its_scenario():
    rows = {row for listed in FOUND_BY.values() for row in listed.split()}

    assert rows == {row for row in DEFECTS if row.startswith("B")} - BY_HAND


def test_every_scenario_has_an_id_of_its_own():
    """Over all files, so that a page or a table can name it."""
    ids = Counter(each.id for each in house.house())

    assert [id_ for id_, count in ids.items() if count > 1] == []


def test_the_record_is_complete(embedded: tuple[int, Run, str]):
    """All planned cases are there, with their exchanges readable at the place that is told."""
    run = embedded[1]

    assert run.missing == ()
    assert run.problems == ()
    for line in run.cases[:5]:
        for turn in line.turns:
            for where in turn.exchanges:
                assert run.exchange(where).case == line.case


def test_modes_that_cannot_be_are_listed(tmp_path: Path):
    """What was multiplied out and left out is told in terminal and record, with the reason."""
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "left-out.yaml").write_text(
        "scenario: Left out\nmodes: {state: [chained, stateless]}\nturns:\n"
        "  - {id: a, user: Reply with OK., expect: {status: completed}}\n  - {retrieve: a}\n"
    )
    command = [sys.executable, "-m", "harness", "run"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout
    assert "modes left out:" in done.stdout
    (record,) = tmp_path.glob("reports/*/record.jsonl")
    head = json.loads(record.read_text().splitlines()[0])["body"]
    assert [each["what"] for each in head["left_out"]] == ["plain-stateless-wire"]
