"""Tool servers of a case: where they are served, which targets cannot reach them, what is counted in which turn."""

import asyncio
from typing import Any

import pytest
from builders.scenarios import scenario
from mcp import Client

from harness.engine.planning.reach import unserved
from harness.engine.planning.stalls import since, stall_for
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.scenario.load import bound

HERE = Facts("mock", "embedded", "mock", "gpt-5-mini")
NEAR = Facts("near", "live", "http://127.0.0.1:4080/openai/v1/", "d")
AWAY = Facts("away", "live", "https://r.openai.azure.com/openai/v1/", "d")
MAPPED = Facts("away", "live", AWAY.endpoint, "d", mcp={"dice": "https://dice.example.com/mcp"})

TEXT = """\
cases: [{low: 4}]
mcp:
  dice:
    tools:
      roll:
        returns:
          - {when: {n: {at_least: 6}}, value: "${low} to ${arguments.n}"}
          - {when: {n: 1}, error: "not ${arguments.n}"}
"""
COUNTED = TEXT + "turns: [{user: a, expect: {mcp_hits: {roll: 1}}}]\n"


def serving(facts: Facts) -> Any:
    """The variables of a case on a target, what its tool answers to three calls, and the count."""

    async def run() -> Any:
        grounds = RunGrounds()
        try:
            async with stall_for(bound(scenario(TEXT), {"low": 4}), facts, {}, grounds) as found:
                if found.stall is None:
                    return found.addresses, [], found.hits()
                async with Client(found.addresses["mcp.dice.url"], cache=None) as client:
                    called = [await client.call_tool("roll", {"n": n}) for n in (6, 1, 2)]
                return found.addresses, [(one.content[0].text, one.is_error) for one in called], found.hits()
        finally:
            await grounds.close()

    return asyncio.run(run())


@pytest.mark.parametrize("facts", [HERE, NEAR])
def test_served_on_this_machine(facts: Facts):
    addresses, answers, hits = serving(facts)

    assert addresses["mcp.dice.url"].startswith("http://127.0.0.1:")
    assert answers == [
        ("4 to 6", False),
        ("not 1", True),
        ("The tool roll has no answer to these arguments.", True),
    ]
    assert hits == {"dice": {"roll": 3}}


def test_served_by_others():
    assert serving(MAPPED) == ({"mcp.dice.url": "https://dice.example.com/mcp"}, [], {})


@pytest.mark.parametrize(
    ("text", "facts", "reason"),
    [
        (TEXT, HERE, None),
        (TEXT, NEAR, None),
        (COUNTED, HERE, None),
        ("id: x", AWAY, None),
        (TEXT, AWAY, "away cannot reach tool servers on this machine: map dice under `mcp`"),
        (TEXT, MAPPED, None),
        (COUNTED, MAPPED, "calls cannot be counted at the servers that away names under `mcp`"),
    ],
)
def test_targets_that_cannot_reach_them(text: str, facts: Facts, reason: str | None):
    assert unserved(scenario(text), facts) == reason


def test_calls_of_one_turn():
    before = {"dice": {"roll": 1}}

    assert since(before, {"dice": {"roll": 3, "count": 1}, "sea": {"tide": 0}}) == {
        "dice": {"roll": 2, "count": 1},
        "sea": {"tide": 0},
    }
