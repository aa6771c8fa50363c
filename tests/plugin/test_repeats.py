"""Repeats of a case under pytest: one item, a line for each, an early stop, flaky as a mark of its own."""

import json
import re

import pytest
import scipy.special  # noqa: F401  compiled modules are loaded once per process, and pytester forgets what it loaded

import harness.running.run  # noqa: F401  imported once here, not by each pytest that the tests start
from harness.record.run import Run
from harness.summary.figures import Summary
from harness.summary.repeated import lines, repeated

SCENARIO = """
scenario: Recall
id: recall
{keys}
turns:
  - user: My parcel number is 4417. Reply with OK.
  - user: What is my parcel number?
    expect: {{text: {{contains: "4417"}}}}
"""


def recorded(pytester: pytest.Pytester, keys: str, *arguments: str, name: str = "run") -> tuple[pytest.RunResult, Run]:
    """A run of one scenario with these keys; `name` is the run's, and so its seed."""
    (pytester.path / "specs").mkdir(exist_ok=True)
    (pytester.path / "specs" / "recall.yaml").write_text(SCENARIO.format(keys=keys), encoding="utf-8")
    result = pytester.runpytest_inprocess("--rootdir=.", "specs", "--run-id", name, *arguments)
    folder = pytester.path / "reports" / name
    return result, Run.read(folder) if folder.exists() else None  # type: ignore[return-value]


def test_repeats_are_one_item_and_a_line_each(pytester: pytest.Pytester):
    """All pass: one item passed, five lines under one id, and the head says what was demanded."""
    result, run = recorded(pytester, "repeat: 5")

    result.assert_outcomes(passed=1)
    assert [(line.repeat, line.verdict) for line in run.cases] == [(n, "passed") for n in range(5)]
    assert len({line.case for line in run.cases}) == 1
    (scenario,) = run.head.scenarios
    assert (scenario.repeat, scenario.at_least) == (5, None)
    assert run.missing == ()


def test_a_stop_when_the_answer_stands(pytester: pytest.Pytester):
    """All must pass and the first does not: four are spared, in the record and in the terminal."""
    result, run = recorded(pytester, "repeat: 5\nmock: {defect: A102}")

    result.assert_outcomes(failed=1)
    assert result.ret == 1
    assert [(line.repeat, line.spared) for line in run.cases] == [(0, 4)]
    result.stdout.fnmatch_lines(
        ["0 of 1 repeats passed, 5 must; the other 4 could not have changed that", "saved: 4 repeats (about 8 req*"]
    )


def test_a_rate_becomes_a_number_in_the_record(pytester: pytest.Pytester):
    _, run = recorded(pytester, "repeat: 40\npass: {rate: 0.8, confidence: 0.9}")

    (scenario,) = run.head.scenarios
    assert (scenario.repeat, scenario.at_least) == (40, 36)
    assert len(run.cases) == 36
    assert sum(line.spared or 0 for line in run.cases) == 4


FLAKY = "repeat: 20\npass: {at_least: 10}\nmock: {flaky: {defect: A102, rate: 0.3}}"


def test_flaky_is_a_mark_of_its_own(pytester: pytest.Pytester):
    """A case that passes although some repeats fail is neither red nor plainly green."""
    result, run = recorded(pytester, FLAKY, "-rA")

    assert result.ret == 0
    assert re.search(r"\b1 flaky\b", result.stdout.lines[-1])
    result.stdout.fnmatch_lines(["FLAKY specs/recall.yaml::recall*: 10 of * repeats passed, 10 must*"])
    assert run.verdicts == {run.cases[0].case: "passed"}
    assert run.flaky == {run.cases[0].case}


def test_the_same_run_id_meets_the_same_chances(pytester: pytest.Pytester):
    """What happens by chance is drawn from the run's seed, for each repeat anew."""
    arguments = ("--repeat", "20")
    _, first = recorded(pytester, FLAKY, *arguments, "--reports", "reports", name="first")
    _, again = recorded(pytester, FLAKY, *arguments, "--concurrency", "1", name="again")
    (pytester.path / "reports" / "first").rename(pytester.path / "elsewhere")
    _, same = recorded(pytester, FLAKY, *arguments, "--concurrency", "1", name="first")

    verdicts = [[line.verdict for line in run.cases] for run in (first, again, same)]
    assert verdicts[0] == verdicts[2] != verdicts[1]
    assert 1 < verdicts[0].count("failed") < 15


def test_repeat_on_the_command_line_measures(pytester: pytest.Pytester):
    """All of them run, also where the answer stands after the first; the share that must pass stays."""
    result, run = recorded(pytester, "repeat: 4\npass: {at_least: 3}\nmock: {defect: A102}", "--repeat", "8")

    result.assert_outcomes(failed=1)
    assert len(run.cases) == 8
    assert (run.head.scenarios[0].repeat, run.head.scenarios[0].at_least) == (8, 6)


def test_too_few_are_refused_before_anything_is_sent(pytester: pytest.Pytester):
    result, run = recorded(pytester, "repeat: 40\npass: {rate: 0.9}", "--repeat", "10")

    assert result.ret == 4
    result.stdout.fnmatch_lines(["*--repeat 10: no fewer than 29 runs show a rate of 0.9*"])
    assert run is None


@pytest.mark.parametrize("wrong", ["0", "-1", "1001"])
def test_a_number_of_runs_has_bounds(pytester: pytest.Pytester, wrong: str):
    result, _ = recorded(pytester, "", "--repeat", wrong)

    assert result.ret == 4


def test_each_repeat_plants_facts_of_its_own(pytester: pytest.Pytester):
    """A fact of one repeat in the answer of another would be seen."""
    _, run = recorded(pytester, "repeat: 3\nexpect: {carry_over: {plants: 2}}")

    told = [json.dumps(line.turns[0].asked) for line in run.cases]
    assert {line.verdict for line in run.cases} == {"passed"}
    assert len(set(told)) == 3


def test_generated_parameters_are_not_repeated_as_well(pytester: pytest.Pytester):
    _, run = recorded(pytester, "given: {word: {sampled_from: [a, b]}}", "--repeat", "5")

    assert [line.repeat for line in run.cases] == [0]


def test_rates_are_told_where_all_repeats_ran(pytester: pytest.Pytester):
    """Wilson's interval, pass@k and pass^k as figures and in a line; none where the test stopped early."""
    _, run = recorded(pytester, FLAKY, "--repeat", "20", name="first")
    (case,) = repeated(run)
    assert case.rate is not None
    assert case.rate.estimate == case.passed / 20
    assert case.rate.low < case.rate.estimate < case.rate.high
    plain = Summary(run).plain()["repeats"]
    assert plain["pass@k"]["1"] == pytest.approx(plain["pass^k"]["1"]) == pytest.approx(case.passed / 20)
    assert plain["pass@k"]["5"] > plain["pass@k"]["1"] > plain["pass^k"]["5"]
    assert any(line.startswith("repeats: 1 case ran 20 repeats") and "pass@5" in line for line in lines(run))

    _, stopped = recorded(pytester, FLAKY, name="stopped")
    (case,) = repeated(stopped)
    assert case.spared > 0
    assert case.rate is None
    assert Summary(stopped).plain()["repeats"]["pass@k"] == {}


def test_workers_run_the_repeats_of_a_case_together(pytester: pytest.Pytester):
    """Under pytest-xdist too a case is one item, and its repeats are those of the run without."""
    _, alone = recorded(pytester, FLAKY + "\nmodes: {delivery: [plain, stream]}", name="alone")
    (pytester.path / "reports" / "alone").rename(pytester.path / "before")
    _, shared = recorded(pytester, FLAKY + "\nmodes: {delivery: [plain, stream]}", "-n", "2", name="alone")

    said = [[(line.case, line.repeat, line.verdict, line.spared) for line in run.cases] for run in (alone, shared)]
    assert said[0] == said[1]
