"""`mcp:` as it is read: servers, tools, what they return, and the variables that hold their addresses."""

import pytest
from builders.scenarios import scenario, told

from harness.scenario.load import bound

SERVED = """\
scenario: Dice
cases: [{low: 4}]
mcp:
  dice:
    tools:
      roll:
        description: rolls
        parameters: {type: object}
        read_only: true
        returns: [{when: {n: 6}, value: "${low} of ${arguments.n}"}, {error: no}]
tools:
  - {type: mcp, server_label: dice, server_url: "${mcp.dice.url}"}
turns:
  - {user: roll, expect: {mcp_hits: {roll: 1, dice.roll: 1}}}
"""


def test_servers_and_their_tools():
    roll = scenario(SERVED).mcp["dice"]["roll"]

    assert (roll.description, roll.parameters, roll.read_only) == ("rolls", {"type": "object"}, True)
    assert [(each.when, each.value, each.failed) for each in roll.returns.outcomes] == [
        ({"n": 6}, "${low} of ${arguments.n}", False),
        ({}, None, True),
    ]


def test_rows_are_put_into_what_is_returned():
    roll = bound(scenario(SERVED), {"low": 4}).mcp["dice"]["roll"]

    assert roll.returns.outcomes[0].value == "4 of ${arguments.n}"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("mcp: {dice: {}}", "`tools` is missing in a server under `mcp`"),
        ("mcp: {dice: {tools: {}}}", "`tools` must hold at least 1, not 0"),
        ("mcp: {dice: {tools: {roll: {}}}}", "`returns` is missing in a served tool"),
        ("mcp: {dice: {tools: {roll: {returns: 1, when: 2}}}}", "unknown key `when` in a served tool"),
        ("mcp: {3d: {tools: {roll: {returns: 1}}}}", "`3d` is no name for a server"),
        ("mcp: {dice: {tools: {ro ll: {returns: 1}}}}", "`ro ll` is no name for a tool"),
        ("mcp: {dice: {tools: {roll: {returns: [{when: {n: 1}}]}}}}", "this entry says nothing to return"),
        ("mcp: {dice: {tools: {roll: {returns: '${nobody}'}}}}", "unknown variable `nobody`"),
        ("request: {instructions: '${mcp.dice.url}'}", "unknown variable `mcp.dice.url`"),
        ("cases: [{mcp: 1}]", "the name `mcp` is the harness's own"),
    ],
)
def test_mistakes(wrong: str, message: str):
    assert message in " ".join(told(wrong))
