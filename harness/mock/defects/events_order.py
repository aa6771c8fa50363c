"""Defects of the order, the identity and the completeness of events."""

from typing import Final

from harness.mock.defects import streams
from harness.mock.defects.base import Defect, OfEvents
from harness.mock.defects.streams import renumbered
from harness.mock.writing import Event


def second_terminal(events: list[Event]) -> None:
    at = streams.terminal(events)
    if at is not None:
        events.insert(at + 1, dict(events[at]))


def delta_after_terminal(events: list[Event]) -> None:
    found = streams.deltas(events)
    if found:
        events.append(dict(events[found[-1]]))


TABLE: Final[tuple[Defect, ...]] = (
    OfEvents(
        id="A80",
        slug="completed-twice",
        title="the last event comes twice",
        findings=("order.two_terminals",),
        change=renumbered(second_terminal),
    ),
    OfEvents(
        id="A83",
        slug="delta-after-completed",
        title="a delta comes after the last event",
        findings=("order.after_terminal",),
        change=renumbered(delta_after_terminal),
    ),
)
