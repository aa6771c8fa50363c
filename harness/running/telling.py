"""What the terminal is told in a few words of a run: where it was, and where its files are."""

from collections.abc import Sequence
from pathlib import Path

from harness.engine.targets.facts import Facts


def where_of(facts: Sequence[Facts]) -> str:
    """On what a run was, in a few words."""
    known = {"embedded": "the embedded endpoint", "replay": "what was recorded"}
    endpoints = {known.get(fact.kind, fact.endpoint): None for fact in facts}
    if len(endpoints) == 1:
        return next(iter(endpoints))
    regions = len({fact.region for fact in facts if fact.region})
    return f"{len(facts)} targets at {len(endpoints)} endpoints in {regions} region{'s' * (regions != 1)}"


def shown_path(path: Path) -> str:
    """A path as short as it can be said from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
