"""Faults of availability that only the transport can commit: a peer that is gone before it says a word.

Rows C18 to C20; what was asked for has been done all the same, so whoever repeats it does it twice.
"""

from typing import Final

from harness.mock.defects.base import Defect
from harness.mock.defects.transport import BOTH, door

NO_ANSWER: Final = "avail.no_answer"

TABLE: Final[tuple[Defect, ...]] = (
    door(
        "C18a", "reset-unanswered", "RST when the whole request was read, no head", "reset unanswered", BOTH, NO_ANSWER
    ),
    door("C18b", "never-answered", "silence when the whole request was read", "unanswered", BOTH, "avail.first_byte"),
    door("C19", "idle-reset", "an idle connection that seems alive meets RST", "kept alive", BOTH, NO_ANSWER),
    door("C20", "head-late", "the head comes after 301 s", "late", BOTH, "avail.first_byte"),
)
