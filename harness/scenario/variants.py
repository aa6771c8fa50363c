"""A scenario whose attachments are sent in several ways → one scenario for each."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from harness.scenario.model import Scenario, Turn

MOST: Final = 32
"""Ways in which all attachments of a scenario together may be sent."""


def count(turns: Sequence[Turn]) -> int:
    """In how many ways the attachments of these turns are sent."""
    number = 1
    for turn in turns:
        for attachment in turn.attach:
            number *= len(attachment.via)
    return number


def variants(scenario: Scenario) -> list[tuple[str, Scenario]]:
    """Each way with its label, in the author's order; one without a label where there is but one.

    In what comes out every attachment is sent in one way. The label names the ways of those that have several.
    """
    ways = [[(way,) for way in each.via] for turn in scenario.turns for each in turn.attach]
    if not ways:
        return [("", scenario)]
    several = [len(each) > 1 for each in ways]
    found = []
    for chosen in product(*ways):
        label = "+".join(way for (way,), named in zip(chosen, several, strict=True) if named)
        left = iter(chosen)
        turns = tuple(
            replace(turn, attach=tuple(replace(each, via=next(left)) for each in turn.attach))
            for turn in scenario.turns
        )
        found.append((label, replace(scenario, turns=turns)))
    return found


def fetched(scenario: Scenario) -> list[str]:
    """The names of the attachments that the service fetches from an address."""
    return [each.name for turn in scenario.turns for each in turn.attach if each.via == ("url",)]
