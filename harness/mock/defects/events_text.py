"""Defects of texts and tool arguments: deltas, done events, snapshots that do not agree."""

from typing import Final

from harness.mock.defects import streams
from harness.mock.defects.base import Defect, OfEvents
from harness.mock.defects.streams import editing
from harness.mock.writing import Event


def drop_delta(events: list[Event]) -> None:
    at = streams.middle(streams.deltas(events))
    if at is not None:
        del events[at]


def swap_deltas(events: list[Event]) -> None:
    """Numbers travel with the events."""
    found = streams.unlike_neighbours(events, streams.deltas(events))
    if found is not None:
        one, other = found
        events[one], events[other] = events[other], events[one]


def swap_delta_texts(events: list[Event]) -> None:
    found = streams.unlike_neighbours(events, streams.deltas(events))
    if found is not None:
        one, other = (events[at] for at in found)
        one["delta"], other["delta"] = other["delta"], one["delta"]


def other_done_text(event: Event) -> None:
    event["text"] = streams.other(event["text"])


def other_final_text(events: list[Event]) -> None:
    at = streams.terminal(events)
    if at is not None:
        streams.change_text(events[at].get("response"))


TABLE: Final[tuple[Defect, ...]] = (
    OfEvents(
        id="A54",
        slug="text-delta-dropped",
        title="one delta is left out, numbers are kept",
        findings=("order.seq_gap", "text.done_mismatch"),
        change=drop_delta,
    ),
    OfEvents(
        id="A57",
        slug="text-delta-swapped",
        title="two deltas are swapped, their numbers travel with them",
        findings=("order.seq_back",),
        change=swap_deltas,
    ),
    OfEvents(
        id="A62",
        slug="text-done-differs",
        title="text.done differs from the joined deltas",
        findings=("text.done_mismatch",),
        change=editing(streams.TEXT_DONE, other_done_text),
    ),
    OfEvents(
        id="A65",
        slug="final-text-differs",
        title="only the text in the last snapshot differs",
        findings=("text.final_mismatch",),
        change=other_final_text,
    ),
)
