"""`harness compare` and `harness gate` as a person and a pipeline run them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from builders import runs, verdicts
from click.testing import CliRunner

from harness.cli import main
from harness.record.lines import TargetLine


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return lambda *arguments: CliRunner().invoke(main, list(map(str, arguments)))


def written(folder: Path, table: dict[str, str], target: TargetLine = runs.TARGET) -> Path:
    made = verdicts.run(table, [target], run=folder.name)
    return runs.write(folder, made.head, made.cases)


@pytest.fixture
def base(tmp_path):
    return written(tmp_path / "base", {f"s{at}": "pppp" for at in range(12)})


@pytest.fixture
def worse(tmp_path):
    return written(tmp_path / "worse", {f"s{at}": "ffff" if at < 2 else "pppp" for at in range(12)})


def test_comparing_never_judges(run, base, worse):
    done = run("compare", base, worse)
    assert done.exit_code == 0
    first, second, *_ = done.stdout.splitlines()
    assert first == "More was lost than won over all cases: 8 lost, 0 won."
    assert second == "base base, new worse"
    assert "Scenarios that changed:\n  specs/chaining/follow-up.yaml::s0: more lost than won" in done.stdout
    assert "the smallest drop that 4 pairs would show" not in done.stdout
    assert "4 pairs would not show a drop of any size" in done.stdout


def test_a_run_against_itself(run, base):
    assert run("compare", base, base).stdout.startswith("Nothing was lost: 48 pairs compared, 0 won.\n")
    assert run("gate", base, "--baseline", base).exit_code == 0


def test_comparison_for_programs(run, base, worse, tmp_path):
    assert run("compare", base, worse, "--format", "json", "-o", tmp_path / "c.json").exit_code == 0
    found = json.loads((tmp_path / "c.json").read_text())
    assert (found["pairs"], len(found["lost"]), len(found["won"])) == (48, 8, 0)
    assert found["groups"][0]["said"] == "worse"
    assert found["groups"][0]["interval"]["low"] >= 0


def test_same_records_same_bytes(run, base, worse):
    first, second = (run("compare", base, worse, "--format", "json").stdout for _ in range(2))
    assert first == second


def test_targets_that_must_be_mapped(run, base, tmp_path):
    others = [replace(runs.TARGET, name=name, region="eastus2", model="gpt-5") for name in ("a", "b")]
    made = verdicts.run({"s0": "pppp"}, others, run="other")
    runs.write(tmp_path / "other", made.head, made.cases)
    done = run("compare", base, tmp_path / "other")
    assert done.exit_code == 4
    assert "say it with --map OLD=NEW" in done.stderr
    assert run("compare", base, tmp_path / "other", "--map", f"{runs.TARGET.name}=b").exit_code == 0
    assert run("compare", base, tmp_path / "other", "--map", "b").exit_code == 4


def test_records_that_cannot_be_read(run, base, tmp_path):
    for arguments in (("compare", base, tmp_path / "none"), ("gate", tmp_path / "none")):
        done = run(*arguments)
        assert done.exit_code == 4
        assert "none" in done.stderr


def test_gate_without_a_policy(run, base, worse):
    assert run("gate", base).exit_code == 0
    done = run("gate", worse)
    assert done.exit_code == 1
    assert done.stdout.startswith("The gate is shut for 1 reason: 2 cases failed (")


def test_gate_takes_the_policy_that_lies_here(run, worse, tmp_path):
    (tmp_path / "gate.yaml").write_text("pass_rate: {at_least: 0.8}\nmust_pass: [s5]\n")
    assert run("gate", worse).exit_code == 0
    (tmp_path / "gate.yaml").write_text("pass_rate: {at_least: 0.8}\nmust_pass: [s1]\n")
    done = run("gate", worse)
    assert done.exit_code == 1
    assert "[gate.yaml:2:13]" in done.stdout


def test_policy_that_is_refused(run, base, tmp_path):
    (tmp_path / "gate.yaml").write_text("must_pas: [s5]\n")
    done = run("gate", base, "--junit", tmp_path / "j.xml")
    assert done.exit_code == 4
    assert "did you mean `must_pass`?" in done.stderr
    assert not (tmp_path / "j.xml").exists()


def test_every_form_is_written(run, base, worse, tmp_path):
    names = {"junit": "<testsuites", "markdown": "## The gate is shut", "sarif": '"2.1.0"', "json": '"exit": 1'}
    options = [part for name in names for part in (f"--{name}", tmp_path / name)]
    assert run("gate", worse, "--baseline", base, *options).exit_code == 1
    for name, sign in names.items():
        assert sign in (tmp_path / name).read_text()
    assert not list(tmp_path.glob(".*"))


def test_form_that_cannot_be_written(run, base, tmp_path):
    done = run("gate", base, "--junit", tmp_path / "no" / "folder.xml")
    assert done.exit_code == 3
    assert "was not written" in done.stderr


def test_github_is_told_and_given_its_page(run, worse, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "page.md"))
    done = run("gate", worse, "--ci", "github")
    assert "::error file=specs/chaining/follow-up.yaml,line=" in done.stdout
    assert (tmp_path / "page.md").read_text().startswith("## The gate is shut")


def test_azure_is_told(run, worse):
    done = run("gate", worse, "--ci", "azure")
    assert "##vso[task.logissue type=error;" in done.stdout
    assert "##vso[task.complete result=Failed;]" in done.stdout


def test_altered_record_shuts_the_gate(run, base):
    record = base / "record.jsonl"
    record.write_bytes(record.read_bytes().replace(b'"verdict":"passed"', b'"verdict":"failed"', 1))
    done = run("gate", base)
    assert done.exit_code == 3
    assert "the record is not as it was written" in done.stdout
