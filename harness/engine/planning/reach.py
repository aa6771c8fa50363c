"""Whether a target reaches the tool servers of a scenario. Pure."""

from urllib.parse import urlsplit

from harness.engine.targets.facts import Facts
from harness.scenario.model import Scenario
from harness.wire.hosts import is_loopback


def served_here(facts: Facts) -> bool:
    """Whether the target reaches servers on this machine: the embedded endpoint does, and what else is on loopback."""
    return facts.kind == "embedded" or is_loopback(urlsplit(facts.endpoint).hostname or "")


def unserved(scenario: Scenario, facts: Facts) -> str | None:
    """Why a scenario with tool servers cannot run on a target; None where it can."""
    if not scenario.mcp or served_here(facts):
        return None
    unmapped = [label for label in scenario.mcp if label not in facts.mcp]
    if unmapped:
        return f"{facts.name} cannot reach tool servers on this machine: map {', '.join(unmapped)} under `mcp`"
    counted = [each for turn in scenario.turns for each in scenario.expectations_of(turn) if each.subject == "mcp_hits"]
    return f"calls cannot be counted at the servers that {facts.name} names under `mcp`" if counted else None
