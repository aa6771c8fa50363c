"""Conversations beyond the rows of the catalogue: where a rule looks, and where it must not.

What is found in each, and how often each rule had something to look at, stands in `golden/rules/conversations.txt`.
"""

from builders import (
    corners_choices,
    corners_files,
    corners_kept,
    corners_sealed,
    corners_settings,
    corners_told,
    corners_tools,
)

from harness.conversation import Conversation

CORNERS: list[tuple[str, Conversation]] = []


def corner(about: str, conversation: Conversation) -> None:
    """Adds a conversation."""
    CORNERS.append((about, conversation))


for make in (
    *corners_told.ALL,
    *corners_settings.ALL,
    *corners_kept.ALL,
    *corners_tools.ALL,
    *corners_choices.ALL,
    *corners_sealed.ALL,
    *corners_files.ALL,
):
    make(corner)
