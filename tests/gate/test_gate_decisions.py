"""Every reason for which a gate shuts: alone, and in pairs."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from builders import runs, verdicts

from harness.comparison.comparison import compare
from harness.comparison.gated import ORDER, Gated
from harness.findings import Level
from harness.gate.decide import decide
from harness.gate.policy import Policy, Read
from harness.record.run import Run
from harness.record.unsound import Altered

TODAY = datetime.date(2026, 7, 1)
GOOD = {f"s{at}": "p" for at in range(20)}


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a run that was good, or what is demanded of it; the reason that follows, and its status."""

    code: str
    exit: int
    says: str
    spoil: Callable[[Run], Run] = lambda run: run
    policy: dict[str, Any] | None = None
    baseline: bool = False


def with_case(scenario: str, letter: str, **changes: Any) -> Callable[[Run], Run]:
    """The run with one case that came out differently."""

    def spoil(run: Run) -> Run:
        fresh = {line.case: line for line in verdicts.lines(scenario, letter, **changes)}
        others = tuple(line for line in run.cases if line.scenario != scenario)
        return replace(run, cases=(*others, *fresh.values()))

    return spoil


def embedded(run: Run) -> Run:
    return replace(run, head=replace(run.head, targets=(runs.TARGET,)))


def altered(run: Run) -> Run:
    return replace(run, problems=(Altered(Path("record.jsonl"), 3, "its checksum is wrong"),))


def drifted(run: Run) -> Run:
    first, *others = run.cases
    return replace(run, cases=(replace(first, findings=(*first.findings, DRIFT)), *others))


def shaky(run: Run) -> Run:
    """A case whose second attempt passed after an inconclusive one."""
    case = next(line for line in run.cases if line.scenario == "s10")
    first = replace(case, verdict=verdicts.LETTERS["i"])
    cases = tuple(line for line in run.cases if line is not case)
    return replace(run, cases=(*cases, first, replace(case, attempt=2)))


DRIFT = runs.finding("support.undocumented", level=Level.NOTE)
KNOWN = {"scenario": "s9", "rule": "*", "owner": "Core", "reason": "a ticket is open", "until": "2026-06-30"}

TROUBLES = [
    Trouble("record", 3, "not as it was written", altered),
    Trouble("errored", 3, "1 case could not be judged", with_case("s1", "e")),
    Trouble("not-run", 2, "planned and not finished", with_case("s2", "")),
    Trouble("pass-rate", 1, "1 case failed", with_case("s3", "f")),
    Trouble("must-pass", 1, "`s4` must pass: 1 case failed", with_case("s4", "f"), {"must_pass": ["s4"]}),
    Trouble("must-pass", 1, "no case of the run is meant", policy={"must_pass": ["absent"]}),
    Trouble("must-pass", 6, "1 case not observed", with_case("s5", "s"), {"must_pass": ["s5"]}),
    Trouble("latency", 1, "p95 is 0.24s, and 0.1s", policy={"latency": {"first_token": {"p95": "100ms"}}}),
    Trouble("tokens", 1, "and 10 are allowed", policy={"tokens": {"run": 10}}),
    Trouble("drift", 1, "not as documented", drifted),
    Trouble("flaky", 1, "attempts disagree", shaky, {"flaky": "refuse"}),
    Trouble("live", 1, "live evidence is demanded", embedded, {"live": True}),
    Trouble("known", 1, "was accepted until 2026-06-30 by Core", policy={"known": [KNOWN]}),
    Trouble("inconclusive", 6, "1 case inconclusive", with_case("s7", "i")),
    Trouble("skipped", 6, "skipped (specs", with_case("s8", "s"), {"skipped": "refuse"}),
]


def judged(*troubles: Trouble) -> Gated:
    run = verdicts.run(GOOD)
    policy: dict[str, Any] = {}
    for each in troubles:
        run = each.spoil(run)
        for key, value in (each.policy or {}).items():
            policy[key] = [*policy.get(key, []), *value] if isinstance(value, list) else value
    return decide(run, Read(Policy.model_validate(policy), None), today=TODAY)


def test_a_good_run_opens_the_gate():
    found = judged()
    assert found.open
    assert found.exit == 0
    assert found.sentence == "The gate is open: 20 cases show what the policy demands."
    assert [note.code for note in found.notes] == ["baseline"]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: f"{each.code}-{each.exit}")
def test_each_reason_alone(trouble):
    found = judged(trouble)
    codes = [reason.code for reason in found.reasons]
    # A failure of what must pass is one of the pass rate too; anything else is its own reason alone.
    assert codes == [trouble.code] or (trouble.code == "must-pass" and codes == ["must-pass", "pass-rate"])
    assert found.exit == trouble.exit
    assert trouble.says in found.sentence
    assert "shut for" in found.sentence


@pytest.mark.parametrize(
    ("first", "second"), list(combinations(TROUBLES, 2)), ids=lambda each: f"{each.code}-{each.exit}"
)
def test_reasons_in_pairs(first, second):
    found = judged(first, second)
    assert {first.code, second.code} <= {reason.code for reason in found.reasons}
    assert found.exit == min((first.exit, second.exit), key=ORDER.index)
    for each in (first, second):
        assert any(each.says in reason.sentence for reason in found.reasons)


def test_nothing_was_run():
    found = decide(verdicts.run({"one": "s"}), Read(Policy(), None), today=TODAY)
    assert (found.exit, [reason.code for reason in found.reasons]) == (5, ["nothing"])


def held(table: dict[str, str], policy: dict[str, Any], baseline: dict[str, str] | None = None) -> Gated:
    run = verdicts.run(table)
    comparison = compare(verdicts.run(baseline), run) if baseline is not None else None
    return decide(run, Read(Policy.model_validate(policy), "gate.yaml"), comparison, today=TODAY)


def test_a_rate_that_was_observed():
    table = {f"s{at}": "p" * 9 + "f" for at in range(10)}
    assert held(table, {"pass_rate": {"at_least": 0.9}}).open
    shut = held(table, {"pass_rate": {"at_least": 0.91}})
    assert shut.exit == 1
    assert "90 of 100 attempts passed (90.0%), and 91.0% are demanded" in shut.sentence


def test_a_rate_that_must_be_shown():
    policy = {"pass_rate": {"at_least": 0.9, "confidence": 0.95}}
    assert held({"s": "p" * 29}, policy).open
    shut = held({"s": "p" * 28}, policy)
    assert "28 of 28 attempts passed (100.0%), which shows a rate of 89.9% with 95% confidence" in shut.sentence


def test_a_failure_that_somebody_answers_for():
    known = {**KNOWN, "scenario": "s3", "rule": "order.*", "until": "2026-07-01"}
    table = {**GOOD, "s3": "f"}
    found = held(table, {"known": [known]})
    assert found.open
    assert "1 case failed as known" in found.notes[0].sentence
    assert "Core answers for it until 2026-07-01: a ticket is open" in found.notes[0].sentence


@pytest.mark.parametrize("change", [{"rule": "text.*"}, {"scenario": "s4"}, {"until": "2026-06-30"}])
def test_a_failure_that_nobody_answers_for(change):
    known = {**KNOWN, "scenario": "s3", "rule": "order.*", "until": "2026-07-01", **change}
    assert held({**GOOD, "s3": "f"}, {"known": [known]}).exit == 1


def test_what_must_pass_is_never_excused():
    known = {**KNOWN, "scenario": "s3", "until": "2026-07-01"}
    found = held({**GOOD, "s3": "f"}, {"known": [known], "must_pass": ["s3"]})
    assert {reason.code for reason in found.reasons} == {"must-pass", "pass-rate"}


def test_a_known_failure_that_is_gone_is_told():
    known = {**KNOWN, "scenario": "s3", "until": "2026-07-01"}
    assert "take it off the list" in held(GOOD, {"known": [known]}).notes[0].sentence


def test_tags_name_what_must_pass():
    """The first scenario of a table bears the tag."""
    assert held({**GOOD, "s0": "f"}, {"must_pass": ["tag:smoke"]}).reasons[0].code == "must-pass"
    assert held(GOOD, {"must_pass": ["tag:smoke"]}).open


def test_a_repeat_that_fails_within_its_bar_shuts_only_where_all_must_pass():
    run = verdicts.run({"s": "ppfp"})
    (scenario,) = run.head.scenarios
    run = replace(run, head=replace(run.head, scenarios=(replace(scenario, at_least=3),)))
    assert decide(run, Read(Policy(), None), today=TODAY).open
    must = Read(Policy(must_pass=["s"]), None)
    assert [reason.code for reason in decide(run, must, today=TODAY).reasons] == ["must-pass"]


def test_one_scenario_that_became_worse():
    table = {f"s{at}": "p" * 20 for at in range(100)}
    loose = {"pass_rate": {"at_least": 0.5}}
    shut = held({**table, "s41": "ffffp" * 4}, loose, table)
    assert [reason.code for reason in shut.reasons] == ["regression"]
    assert "s41 became worse: 20 of 20 passed before, 4 now" in shut.sentence
    assert held({**table, "s41": "fpppp" * 2 + "p" * 10}, loose, table).open


def test_all_scenarios_that_became_a_little_worse():
    base = {f"s{at}": "ppp" for at in range(40)}
    new = {name: "ppf" if at % 2 else "ppp" for at, name in enumerate(base)}
    shut = held(new, {"pass_rate": {"at_least": 0.5}}, base)
    assert [reason.code for reason in shut.reasons] == ["regression"]
    assert "20 lost, 0 won of 120 pairs" in shut.sentence


def test_a_margin_must_be_shown_to_hold():
    table = {f"s{at}": "p" for at in range(100)}
    assert held(table, {"regression": {"margin": 0.05}}, table).open
    shut = held(table, {"regression": {"margin": 0.02}}, table)
    assert [reason.code for reason in shut.reasons] == ["margin"]
    assert "may have fallen by up to 2.6%, and only 2.0% is accepted" in shut.sentence


def test_a_baseline_with_nothing_in_common():
    found = held({"one": "p"}, {}, {"two": "p"})
    assert (found.exit, found.reasons[0].code) == (6, "regression")


def test_a_replayed_run_is_no_live_evidence():
    run = verdicts.run(GOOD, [replace(runs.TARGET, kind="replay")])
    found = decide(run, Read(Policy(live=True), None), today=TODAY)
    assert "mock/swedencentral/gpt-5-mini (replay)" in found.sentence
    run = verdicts.run(GOOD, [replace(runs.TARGET, kind="live")])
    assert decide(run, Read(Policy(live=True), None), today=TODAY).open
