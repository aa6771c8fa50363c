"""Numbers events, keeps the place of the open item, pads deltas. Knows no order of events."""

import random
from collections.abc import Iterable, Mapping
from typing import Any, Final

Event = dict[str, Any]

PAD: Final = "".join(
    random.Random(0).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", k=4096)  # noqa: S311
)
WIDTH: Final = 16
"""A delta and its padding together fill a multiple of this many characters."""


def padding(delta: str, number: int) -> str:
    """The `obfuscation` beside a delta: noise that hides how long it is."""
    start = number * 37 % 4000
    return PAD[start : start + WIDTH - len(delta) % WIDTH]


class Writer:
    """Collects the events of one stream, numbered from 0."""

    def __init__(self, obfuscate: bool) -> None:
        self.events: list[Event] = []
        self.obfuscate = obfuscate
        self.index = -1
        self.item_id: str | None = None

    def open(self, item: Mapping[str, Any]) -> None:
        """From here on events belong to this item, the next in order."""
        self.index += 1
        self.item_id = item.get("id")

    def put(self, kind: str, **fields: Any) -> None:
        """One event with the next number."""
        self.events.append({"type": kind, "sequence_number": len(self.events), **fields})

    def place(self, **within: int) -> dict[str, Any]:
        """The fields that say where in the output an event belongs."""
        return {"item_id": self.item_id, "output_index": self.index, **within}

    def deltas(self, kind: str, place: Mapping[str, Any], texts: Iterable[str], **more: Any) -> None:
        """One event for each piece of a text."""
        events, obfuscate = self.events, self.obfuscate
        for text in texts:
            number = len(events)
            event = {"type": kind, "sequence_number": number, **place, "delta": text, **more}
            if obfuscate:
                event["obfuscation"] = padding(text, number)
            events.append(event)
