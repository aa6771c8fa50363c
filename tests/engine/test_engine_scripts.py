"""A script that cannot be followed is told at its own line, before anything runs."""

from builders.scenarios import scenario, scenarios

from harness.catalogue import Catalogue
from harness.engine.planning.plan import plan
from harness.engine.planning.scripts import script, wrong_scripts
from harness.engine.targets.embedded import embedded_family

TARGET = embedded_family()[0]

WRONG = """\
scenario: Scripts that cannot be followed
mock: {replay: hello}
turns:
  - user: a
    mock: {defect: A999}
    expect: {status: completed}
  - user: b
    mock:
      reply: fine
      delay: soon
  - user: c
    mock: {quota: {requests: 3}}
"""


def test_each_mistake_at_its_own_key():
    """The scenario's block and those of its turns, each with file, line, column and the line itself."""
    found = wrong_scripts([(scenario(WRONG), TARGET)])

    assert [(each.place.line, each.place.column, each.message) for each in found] == [
        (2, 8, "unknown key `replay` in mock; did you mean `reply`?"),
        (5, 12, "mock: unknown defect `A999`; did you mean `A99`?"),
        (10, 7, "mock: `delay` must be a duration such as 200ms or 2s"),
        (12, 12, "mock: `quota` is for a whole scenario, not for one turn"),
    ]
    assert str(found[1]).splitlines()[3:] == ["5 |     mock: {defect: A999}", "  |            ^^^^^^"]


def test_a_mistake_inside_a_list_of_turns():
    text = "mock:\n  turns:\n    - {reply: a}\n    - {repl: b}\nturns: [{user: a, expect: {status: completed}}]\n"

    (found,) = wrong_scripts([(scenario(text), TARGET)])

    assert (found.place.line, found.place.column) == (5, 8)


def test_told_once_however_many_rows_and_documents_follow():
    text = """\
scenario: One
turns: [{user: a, expect: {status: completed}}]
---
scenario: Two
cases: [{n: 1}, {n: 2}]
turns:
  - {user: "${n}", mock: {blocked: never}, expect: {status: completed}}
"""
    planned = [plan(each, [TARGET], Catalogue.load()).cases for each in scenarios(text)]

    (found,) = wrong_scripts((case.scenario, case.target) for cases in planned for case in cases)

    assert (found.place.line, found.place.column) == (7, 27)


def test_a_script_has_directions_for_every_turn():
    """Also for those that create nothing, so that a turn's number is that of its directions."""
    text = """
    mock: {pace: 1ms}
    turns:
      - {id: one, user: a, mock: {reply: b}}
      - {retrieve: one}
      - {user: c, mock: {reply: d}, expect: {status: completed}}
    """
    (case,) = plan(scenario(text), [TARGET], Catalogue.load()).cases

    assert script(case) == {"pace": "1ms", "turns": [{"reply": "b"}, {}, {"reply": "d"}]}
