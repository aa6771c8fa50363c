"""`judge:`: what is asked, what a grade means, and that what could not be graded never passes."""

import json

import pytest
from builders.cases import Paper, cases, conducted, facts, loud, verdict_of
from builders.scenarios import told

from harness.findings import Verdict
from harness.source.place import Refused
from harness.wire.exchange import How

SCENARIO = "scenario: A\nturns:\n- user: Which parcel?\n  expect: {judge: {criteria: mentions 4417, at_least: 8}}\n"


def graded(grade: object, reason: object = "because") -> str:
    return json.dumps({"reason": reason, "grade": grade})


def test_a_grade_that_is_enough():
    done, target = conducted(SCENARIO, "It is 4417.", graded(8))

    assert (verdict_of(done), done.error) == (Verdict.PASSED, None)
    body = target.bodies[1]
    assert body["store"] is False
    fence = body["instructions"].split("\n")[1]
    prompt = body["input"][0]["content"].split("\n")
    assert prompt[:3] == ["Criteria:", "- mentions 4417", ""]
    assert prompt[-3:] == [fence, "It is 4417.", fence]
    assert "Which parcel?" in prompt


def test_a_grade_that_is_not():
    """One finding, with the grade, the reason and the line that demands more."""
    done, _ = conducted(SCENARIO, "It is 5.", graded(3, "the number is missing"))

    (finding,) = [each for each in done.findings if each.rule == "expect.judge"]
    assert verdict_of(done) is Verdict.FAILED
    assert (finding.expected, finding.actual) == ({"at_least": 8}, {"grade": 3, "reason": "the number is missing"})
    assert finding.message.startswith("judge: graded 3 of 10, not 8: the number is missing")
    assert finding.place is not None
    assert finding.place.line == 5


def test_rubric_grade_and_exchange_are_kept():
    """Beside the conversation, which they are no part of."""
    done, _ = conducted(SCENARIO, "It is 4417.", graded(9))

    (taken,) = done.graded
    assert (taken.id, taken.replies[0].index) == ("turn-1/judge", 1)
    assert done.asked["turn-1/judge"] == {"criteria": ["mentions 4417"], "target": "stand-in"}
    assert json.loads(taken.final.text) == {"reason": "because", "grade": 9}
    assert [each.id for each in done.conversation.turns] == ["turn-1"]
    assert done.applied_expectations == {"turn-1/judge": 1}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (How.CONNECT, Verdict.INCONCLUSIVE),
        ((500, {"message": "broken"}), Verdict.INCONCLUSIVE),
        ((429, {"message": "slow down", "code": "rate_limit"}), Verdict.INCONCLUSIVE),
        ((401, {"message": "no"}), Verdict.INCONCLUSIVE),
        ((400, {"message": "no such format"}), Verdict.ERRORED),
        ("no JSON", Verdict.ERRORED),
        (graded(11), Verdict.ERRORED),
        (graded(True), Verdict.ERRORED),
        (graded("10"), Verdict.ERRORED),
        (graded(10, 7), Verdict.ERRORED),
        ([], Verdict.ERRORED),
    ],
)
def test_what_could_not_be_graded_never_passes(answer: object, verdict: Verdict):
    """Not observed: inconclusive. Observed, and no grade: errored."""
    done, _ = conducted(SCENARIO, "It is 4417.", answer)

    assert verdict_of(done) is verdict
    assert "expect.judge" not in loud(done)


def test_no_answer_is_not_graded():
    """There is nothing to grade: a finding, and nothing is sent."""
    done, target = conducted(SCENARIO, [])

    assert "expect.judge" in loud(done)
    assert len(target.requests) == 1


def test_what_is_wrong_with_the_grading_is_no_error_of_the_case():
    done, _ = conducted(SCENARIO, "It is 4417.", {"usage": None, "id": 7, "model": None})

    assert all(each.level != "error" for each in done.findings if each.turn == "turn-1/judge")


JUDGED_ELSEWHERE = "turns: [{user: a, expect: {judge: {criteria: mentions a, target: grader}}}]"


def test_another_target_grades():
    target, grader = Paper(facts("mine")), Paper(facts("grader"))
    from builders.scenarios import scenario

    from harness.catalogue import Catalogue
    from harness.engine.planning.plan import plan

    planned = plan(scenario("targets: [mine]\n" + JUDGED_ELSEWHERE), [target, grader], Catalogue.load())
    assert planned.cases[0].graders == {"grader": grader}


def test_a_target_that_is_not_there_is_told():
    with pytest.raises(Refused, match="no target is called `grader`") as refusal:
        cases(JUDGED_ELSEWHERE, Paper(facts("grade")))
    assert refusal.value.diagnostics[0].hint == "did you mean `grade`?"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("mentions a", "`judge` needs a mapping"),
        ("{at_least: 3}", "`judge` needs `criteria`"),
        ("{criteria: ''}", "each of the `criteria` is one line"),
        ('{criteria: ["a\\n- b"]}', "each of the `criteria` is one line"),
        ("{criteria: [7]}", "`criteria` needs a text"),
        ("{criteria: a, at_leats: 3}", "unknown key `at_leats` in `judge`"),
        ("{criteria: a, at_least: 11}", "a grade is a whole number from 1 to 10"),
        ("{criteria: a, at_least: 0}", "a grade is a whole number from 1 to 10"),
        ("{criteria: a, target: 7}", "`target` is the name of a target"),
    ],
)
def test_what_is_no_judge(written: str, message: str):
    assert any(each.startswith(message) for each in told(f"turns: [{{user: a, expect: {{judge: {written}}}}}]"))


def test_criteria_may_hold_variables():
    done, target = conducted(
        "scenario: A\ncases: [{number: 4417}]\nturns:\n"
        '- user: Which?\n  expect: {judge: {criteria: "mentions ${number}", at_least: 8}}\n',
        "It is 4417.",
        graded(9),
    )
    assert verdict_of(done) is Verdict.PASSED
    assert "- mentions 4417" in target.bodies[1]["input"][0]["content"]
