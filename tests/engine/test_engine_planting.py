"""Facts that the harness plants: drawn from the run's seed, told and asked for, known to the rules of other cases."""

import json
from textwrap import dedent

import pytest
from builders.cases import cases, conducted, said
from builders.scenarios import scenario, told
from hypothesis import given
from hypothesis import strategies as st

from harness.engine.planning.planting import VALUE, Planting, plot, seed_of
from harness.scenario.model import ASKING

PLANTS = """
    turns:
      - {user: Reply with OK., expect: {status: completed}}
      - {user: And again., expect: {status: completed}}
    expect: {carry_over: {plants: 3}}
"""


def texts(body):
    """What the user says in a request."""
    return [item["content"] for item in body["input"]]


@given(st.integers(min_value=0, max_value=2**32))
def test_the_same_seed_draws_the_same_facts_for_a_case(seed):
    (case,) = cases(dedent(PLANTS))
    facts = plot(case, seed).values

    assert facts == plot(case, seed).values
    values = [value for told_in in facts.values() for value in told_in]
    assert len(set(values)) == 4
    assert [len(each) for each in facts.values()] == [3, 1]


def test_another_seed_draws_others_and_a_run_has_one_seed():
    (case,) = cases(dedent(PLANTS))

    assert plot(case, 1).values != plot(case, 2).values
    assert seed_of("20261122-170000-abcd") == seed_of("20261122-170000-abcd") != seed_of("20261122-170000-abce")


def test_facts_are_told_before_the_words_of_the_author_and_asked_for_after_the_last_turn():
    done, target = conducted(PLANTS, "OK", "OK", "I forgot.")
    first, second, last = target.bodies

    (case,) = cases("modes: {state: [chained], delivery: [plain]}\n" + dedent(PLANTS), target)
    values = plot(case, 0).values
    assert texts(first)[-1] == "Reply with OK."
    assert all(value in texts(first)[0] for value in values["turn-1"])
    assert all(value in texts(second)[0] for value in values["turn-2"])
    assert not any(value in json.dumps(last) for each in values.values() for value in each)
    assert last["previous_response_id"] == "resp_2"
    assert done.conversation.turns[-1].id == ASKING
    assert done.applied_expectations[f"{ASKING}/carry_over/plants"] == 1


def test_what_comes_back_is_passed_and_one_sign_alone_is_a_note():
    (case,) = cases("modes: {state: [chained], delivery: [plain]}\n" + dedent(PLANTS))
    values = [value for each in plot(case, 0).values.values() for value in each]
    good, _ = conducted(PLANTS, "OK", "OK", [said(" ".join(values))])
    weak, _ = conducted(
        PLANTS, "OK", "OK", {"output": [said("I forgot.")], "usage": {"input_tokens": 500, "output_tokens": 5}}
    )

    assert {finding.rule for finding in good.findings} == set()
    assert {finding.rule for finding in weak.findings if finding.level == "note"} == {"sem.recall_weak"}


def test_cases_know_what_was_planted_and_given_in_others():
    planting = Planting(3)
    one, other = cases("cases: [{n: 1}, {n: 2}]\n" + dedent(PLANTS))
    first, second = planting.begin(one), planting.begin(other)
    values = {value for each in first.values.values() for value in each}

    own = {value for each in second.values.values() for value in each}
    heard = conducted(PLANTS, "OK", [said(f"({', '.join(values | own)})")], "OK")[0].conversation.turns
    silent = conducted(PLANTS, "OK", "12345-BC", "OK")[0].conversation.turns

    assert planting.knowledge(other, second, heard).foreign == dict.fromkeys(values, one.id)
    assert planting.knowledge(one, first, heard).foreign == dict.fromkeys(own, other.id)
    assert planting.knowledge(other, second, silent).foreign == {}


@given(st.integers(0, 2**32))
def test_every_value_that_is_planted_can_be_looked_up(seed: int):
    """What is looked for in answers has the shape of every value, wherever it stands."""
    (case,) = cases("modes: {state: [chained], delivery: [plain]}\n" + dedent(PLANTS))
    for value in (value for each in plot(case, seed).values.values() for value in each):
        assert VALUE.findall(repr([{"text": f"a{value}b\n"}])) == [value]


def test_a_case_that_plants_nothing_sends_what_was_written():
    done, target = conducted("turns: [{user: Hi., expect: {status: completed}}]", "OK")

    assert [texts(body) for body in target.bodies] == [["Hi."]]
    assert [turn.id for turn in done.conversation.turns] == ["turn-1"]


@pytest.mark.parametrize("plants", ["0", "10", "two", "true"])
def test_how_many_facts_may_be_planted(plants):
    (mistake,) = told(f"expect: {{carry_over: {{plants: {plants}}}}}\nturns: [{{user: Hi.}}]")

    assert mistake.startswith("`plants` needs a whole number from 1 to 9")


def test_compaction_demands_are_read():
    found = scenario(
        "turns: [{user: Hi., expect: {compaction: {happened: true, saved_tokens: {above: 10}, keeps: [a, b]}}}]"
    )
    (mistake,) = told("turns: [{user: Hi., expect: {compaction: {keeps: 7}}}]")

    assert [each.key for each in found.turns[0].expect] == [
        "compaction/happened",
        "compaction/saved_tokens",
        "compaction/keeps",
    ]
    assert mistake.startswith("`keeps` needs a list of texts")


def test_one_id_given_to_two_cases_is_known():
    """Rules look for it: an endpoint that gives an id twice mixes conversations up."""
    planting = Planting(3)
    one, other = cases("cases: [{n: 1}, {n: 2}]\n" + dedent(PLANTS))
    taken = conducted("turns: [{user: Hi., expect: {status: completed}}]", "OK")[0].conversation.turns

    assert planting.knowledge(one, planting.begin(one), taken).given == {}
    assert planting.knowledge(one, planting.begin(one), taken).given == {}
    assert planting.knowledge(other, planting.begin(other), taken).given == {"resp_1": one.id}
