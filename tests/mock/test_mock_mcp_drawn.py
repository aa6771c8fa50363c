"""What a tool of an MCP server answers is known with the tool and not without it: 200 drawn facts."""

from typing import Any

from builders.drawn import DRAWN, dice_for, value, word
from builders.endpoint import Visitor, text_of, visiting
from builders.tool_stalls import served, tool

from harness.engine.planning.tool_servers import ServedTool, Stall, Told

ASKED = {"type": "object", "properties": {"of": {"type": "string"}}, "required": ["of"]}


def drawn(number: int) -> tuple[str, str]:
    """A thing, and what there is to be known of it."""
    dice = dice_for("mcp", number)
    return word(dice), f"{value(dice)}-{number}"


FACTS = [drawn(number) for number in range(DRAWN)]


def registry() -> dict[str, dict[str, ServedTool]]:
    """A server that knows all of them, each under a number."""
    facts = {str(number): fact for number, (_, fact) in enumerate(FACTS)}
    look_up = ServedTool(lambda given: Told({"entry": facts[str(given["of"])]}), "Looks up a registry entry", ASKED)
    return {"registry": {"look_up": look_up}}


def test_facts_of_a_server_are_found_with_it_and_not_without_it():
    """Each asked with the tool, and without any in two ways."""

    async def visit(visitor: Visitor, stall: Stall) -> tuple[list, list]:
        tools: dict[str, Any] = {"tools": [tool(stall, "registry", require_approval="never")]}
        listed = (await visitor.create("Hi", **tools))["id"]  # the list stays in the chain, and is fetched once
        lost, guessed = [], []
        for number, (thing, fact) in enumerate(FACTS):
            prompt = f"Call look_up with of: {number}, which is the {thing}."
            found = text_of(await visitor.create(prompt, previous_response_id=listed, **tools))
            without = text_of(await visitor.create(prompt)) + text_of(await visitor.create(f"What is the {thing}?"))
            if fact not in found:
                lost.append((prompt, fact, found))
            if fact in without:
                guessed.append((prompt, without))
        return lost, guessed

    with served() as servers, servers.open(registry()) as stall:
        assert visiting(lambda visitor: visit(visitor, stall)) == ([], [])
        assert stall.hits == {"registry": {"look_up": DRAWN}}
