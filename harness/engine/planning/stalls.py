"""The tool servers of a case: the harness's own on loopback, or those that the operator names for a live target."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from harness.engine.planning.reach import served_here
from harness.engine.planning.tool_servers import ANYTHING, ServedTool, Stall, Told, serving
from harness.engine.targets.facts import Facts
from harness.engine.targets.target import Grounds
from harness.scenario.model import Scenario
from harness.scenario.returns import names_of_arguments
from harness.scenario.served import Served, address_name
from harness.scenario.variables import substitute

Hits = Mapping[str, Mapping[str, int]]
"""How often each tool was called, by the labels of servers and the names of tools."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The servers of a case: their addresses as variables, and the stall where the harness serves them itself."""

    addresses: Mapping[str, str]
    stall: Stall | None = None

    def hits(self) -> Hits:
        """How often each tool was called so far; nothing where others serve them."""
        return {} if self.stall is None else self.stall.hits


def since(before: Hits, after: Hits) -> Hits:
    """The calls that came between two counts."""
    return {
        label: {name: count - before.get(label, {}).get(name, 0) for name, count in tools.items()}
        for label, tools in after.items()
    }


@asynccontextmanager
async def stall_for(
    scenario: Scenario, facts: Facts, bindings: Mapping[str, Any], grounds: Grounds
) -> AsyncIterator[Serving]:
    """What a case has under `mcp:`, as long as it runs."""
    if not scenario.mcp or not served_here(facts):
        yield Serving({address_name(label): url for label, url in facts.mcp.items()})
        return
    servers = await grounds.shared(serving)
    tools = {
        label: {name: as_served(tool, bindings) for name, tool in tools.items()}
        for label, tools in scenario.mcp.items()
    }
    with servers.open(tools) as stall:
        yield Serving({address_name(label): stall.url(label) for label in tools}, stall)


def as_served(tool: Served, bindings: Mapping[str, Any]) -> ServedTool:
    """A tool of the scenario, ready to be called."""

    def answer(arguments: Mapping[str, Any]) -> Told | None:
        outcome = tool.returns.outcome(arguments, bindings)
        if outcome is None:
            return None
        known = {**bindings, **names_of_arguments(arguments)}
        value = substitute(outcome.error if outcome.failed else outcome.value, known)
        return Told(value, outcome.failed, outcome.delay)

    return ServedTool(answer, tool.description, {**ANYTHING, **tool.parameters}, tool.read_only)
