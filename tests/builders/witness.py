"""Which defects would change anything of what the right endpoint does for a scenario.

What would change nothing need not be tried: the exchanges would be the same. A defect of state can only matter where
its switch is looked at, one of what goes out where it would change an answer, its events or its envelope.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from harness.mock import rooms
from harness.mock.answers import Answer
from harness.mock.defects import DEFECTS, spoiling
from harness.mock.defects.base import JSON, Defect, Door, OfAnswer, OfBody, OfEvents, OfFrames, OfResponse, Way
from harness.mock.ways import Ways
from harness.mock.writing import Event

Noted = set[str]


class Watched(Ways):
    """The right ways, which tell which of them are looked at."""

    looked_at: Noted = set()  # noqa: RUF012 (one for all, as the switches are)

    def __getattribute__(self, name: str) -> object:
        if not name.startswith("_") and name != "looked_at":
            Watched.looked_at.add(name)
        return super().__getattribute__(name)


@contextmanager
def witnessing() -> Iterator[Noted]:
    """Fills the set with the ids of the defects that would have changed something until the end of the block."""
    noted: Noted = set()
    Watched.looked_at = set()
    real_response, real_events = spoiling.of_response, spoiling.of_events
    real_body, real_answer = spoiling.of_body, spoiling.of_answer

    def of_response(response: JSON, defects: Iterable[Defect]) -> None:
        noted.update(_changing(response, OfResponse, noted))
        real_response(response, defects)

    def of_events(events: Sequence[Event], defects: Iterable[Defect]) -> list[Event]:
        noted.update(_changing(list(events), OfEvents, noted))
        noted.update(id_ for id_, defect in DEFECTS.items() if isinstance(defect, OfFrames))
        return real_events(events, defects)

    def of_body(response: JSON, defects: Iterable[Defect]) -> JSON:
        noted.update(_changing(response, OfBody, noted))
        return real_body(response, defects)

    def of_answer(answer: Answer, defects: Iterable[Defect]) -> None:
        noted.update(
            id_ for id_, defect in DEFECTS.items() if isinstance(defect, OfAnswer | Door) and defect.touches(answer)
        )
        real_answer(answer, defects)

    with (
        patch.object(rooms, "AS_PROMISED", Watched()),
        patch.multiple(spoiling, of_response=of_response, of_events=of_events, of_body=of_body, of_answer=of_answer),
    ):
        yield noted
    noted.update(
        id_ for id_, defect in DEFECTS.items() if isinstance(defect, Way) and Watched.looked_at & defect.changes.keys()
    )


def _changing(value: Any, layer: type[OfResponse] | type[OfEvents] | type[OfBody], noted: Noted) -> list[str]:
    """The defects of a layer that change the value, without those that did so before."""
    found = []
    for id_, defect in DEFECTS.items():
        if isinstance(defect, layer) and id_ not in noted:
            spoilt = copy.deepcopy(value)
            defect.change(spoilt)
            if spoilt != value:
                found.append(id_)
    return found
