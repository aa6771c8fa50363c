"""Names, shards and the gate of a run, as a pipeline uses them."""

import pytest
import scipy.special  # noqa: F401  its parts cannot be loaded twice in one process

# Imported once here, not by each pytest that the tests start: what each of them loads anew is other classes.
from harness.record.joining import join
from harness.record.run import Run

SCENARIO = """
scenario: Recall {name}
id: recall-{name}
tags: [{tag}]
modes: {{delivery: [plain, stream]}}
turns:
  - user: My {name} number is 4417. Reply with OK.
  - user: What is my {name} number?
    expect: {{text: {{contains: "{wanted}"}}}}
"""


@pytest.fixture
def project(pytester):
    """Nine good scenarios of two cases each, and one that fails."""
    specs = pytester.path / "specs"
    specs.mkdir()
    for number in range(10):
        told = SCENARIO.format(name=f"parcel{number}", tag="good" if number else "bad", wanted=4417 if number else 9999)
        (specs / f"s{number}.yaml").write_text(told)
    return pytester


def outcome(run: Run) -> dict[str, str]:
    return {case: verdict.value for case, verdict in run.verdicts.items()}


def test_shards_joined_are_the_whole_run(project):
    """In every figure but what was measured: cases, verdicts, findings, what applied how often, tokens."""
    project.runpytest("specs", "--run-id", "whole", "--reports", "one")
    for number in range(1, 8):
        project.runpytest("specs", "--run-id", "whole", "--shard", f"{number}/7", "--reports", f"part{number}")
    whole = Run.read(project.path / "one" / "whole")
    joined = join([project.path / f"part{number}" / "whole" for number in range(1, 8)], project.path / "joined")
    assert not joined.missing
    assert not joined.run.problems
    assert outcome(joined.run) == outcome(whole)
    assert len(whole.cases) == 20
    for mine, theirs in zip(
        sorted(joined.run.cases, key=lambda line: line.case),
        sorted(whole.cases, key=lambda line: line.case),
        strict=True,
    ):
        assert mine.usage == theirs.usage
        assert mine.applied_rules == theirs.applied_rules
        assert [finding.rule for finding in mine.findings] == [finding.rule for finding in theirs.findings]
        assert [turn.said for turn in mine.turns] != []
    assert joined.run.head.seed == whole.head.seed


def test_shards_are_balanced_by_an_earlier_run(project):
    project.runpytest("specs", "--run-id", "before")
    done = project.runpytest("specs", "--run-id", "now", "--shard", "1/2", "--balance", "reports/before")
    assert done.parseoutcomes()["deselected"] >= 4


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--shard", "1/2"], "--shard needs --run-id"),
        (["--shard", "3/2", "--run-id", "a"], "--shard '3/2' is no shard: write 2/7"),
        (["--run-id", "../a"], "letters, digits"),
        (["--balance", "reports/none"], "--balance goes with --shard"),
        (["--baseline", "reports/none"], "go with --gate"),
        (["--gate", "--baseline", "reports/none"], "--baseline: none: no record there"),
        (["--gate", "--policy", "none.yaml"], "it cannot be read: No such file"),
        (["--gate", "--map", "ab"], "write OLD=NEW"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(project, arguments, told):
    done = project.runpytest("specs", *arguments)
    assert done.ret == 4
    assert told in done.stderr.str() + done.stdout.str()
    assert not (project.path / "reports").exists()


def test_a_run_of_the_same_name_is_not_written_over(project):
    project.runpytest("specs/s1.yaml", "--run-id", "once")
    before = (project.path / "reports" / "once" / "record.jsonl").read_bytes()
    assert project.runpytest("specs/s1.yaml", "--run-id", "once").ret == 4
    assert (project.path / "reports" / "once" / "record.jsonl").read_bytes() == before


def test_gate_in_one_step(project):
    """Two of twenty cases fail: shut by default, open where nine of ten are enough."""
    shut = project.runpytest("specs", "--gate")
    assert shut.ret == 1
    shut.stdout.fnmatch_lines(["The gate is shut for 1 reason: 2 cases failed (*"])
    (project.path / "gate.yaml").write_text("pass_rate: {at_least: 0.9}\n")
    opened = project.runpytest("specs", "--gate", "--run-id", "base")
    assert opened.ret == 0
    opened.assert_outcomes(passed=18, failed=2)
    opened.stdout.fnmatch_lines(["The gate is open: 20 cases show what the policy demands."])
    assert "The gate is open" in (project.path / "reports" / "base" / "report.html").read_text()
    again = project.runpytest("specs", "--gate", "--baseline", "reports/base")
    assert again.ret == 0
    worse = project.runpytest("specs", "--gate", "--baseline", "reports/base", "--defect", "B02")
    assert worse.ret == 1
    worse.stdout.fnmatch_lines(
        ["*became worse*"] if "became worse" in worse.stdout.str() else ["*more was lost than won*"]
    )


def test_gate_does_not_hide_a_failing_test_of_ours(project):
    project.makepyfile(test_own="def test_own(): assert False")
    (project.path / "gate.yaml").write_text("pass_rate: {at_least: 0.9}\n")
    assert project.runpytest("specs", "test_own.py", "--gate").ret == 1
