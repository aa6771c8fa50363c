"""Scripts for the embedded endpoint: that of a case, and what is wrong with it, at its own line."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from harness.engine.planning.plan import Case, drawn_from
from harness.scenario.model import Scenario
from harness.source.document import Path
from harness.source.place import Diagnostic, Place

if TYPE_CHECKING:  # connections, which planning does without
    from harness.engine.targets.target import Target


def script(case: Case, seed: int = 0) -> Mapping[str, Any] | None:
    """The scenario's script for the embedded endpoint, with that of its turns under `turns`.

    What happens there by chance is drawn from the run's seed, for each repeat of a case anew.
    """
    scenario, made = case.scenario, case.scenario.mock
    if made is not None and isinstance(made.get("flaky"), Mapping):
        made = {**made, "flaky": {"draw": drawn_from(case, seed), **made["flaky"]}}
    if not any(turn.mock for turn in scenario.turns):
        return made
    turns = [turn.mock or {} for turn in scenario.turns]
    return {**(made or {}), "turns": turns}


def wrong_scripts(runs: "Iterable[tuple[Scenario, Target]]") -> tuple[Diagnostic, ...]:
    """What targets cannot follow in the `mock:` blocks of scenarios with their values put in.

    Each mistake is told once, in file order.
    """
    found: dict[tuple[Place, str], Diagnostic] = {}
    for scenario, target in runs:
        for path, block, at in _blocks(scenario):
            wrong = target.mistake(block)
            if wrong is not None:
                message, within = wrong
                place = _place(scenario, (*path, *within[at:]))
                line = scenario.line_at(place) or ""
                found.setdefault((place, message), Diagnostic(place, message, None, line))
    return tuple(sorted(found.values()))


def _blocks(scenario: Scenario) -> Iterator[tuple[Path, Mapping[str, Any], int]]:
    """Every block with its path, as a script of its own, and how much of a path into that is not its own."""
    if scenario.mock is not None:
        yield ("mock",), scenario.mock, 0
    for number, turn in enumerate(scenario.turns):
        if turn.mock is not None:
            yield ("turns", number, "mock"), {"turns": [turn.mock]}, 2


def _place(scenario: Scenario, path: Path) -> Place:
    """Where something of a block stands, as near as is known."""
    while path and path not in scenario.mock_places:
        path = path[:-1]
    return scenario.mock_places.get(path, scenario.place)
