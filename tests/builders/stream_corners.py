"""Wrong streams beyond the catalogue's rows: how a fault shows where others lie near, and what must not be said then.

What is found in each stands in `golden/rules/streams.txt`. `None` among events is a frame that could not be read.
"""

from dataclasses import dataclass
from typing import Any

from builders import corners_course, corners_inside, corners_items


@dataclass(frozen=True)
class Corner:
    """A stream, what is to be seen in it, and how it is judged."""

    about: str
    events: list[Any]
    more: dict[str, Any]


CORNERS: list[Corner] = []


def corner(about: str, events: list[Any], keep: bool = False, **more: Any) -> None:
    """Adds a stream; its events are numbered anew unless `keep`."""
    numbered = [event if keep or event is None else {**event, "sequence_number": n} for n, event in enumerate(events)]
    CORNERS.append(Corner(about, numbered, more))


for make in (*corners_course.ALL, *corners_items.ALL, *corners_inside.ALL):
    make(corner)
