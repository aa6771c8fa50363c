"""Conversations beyond the rows of the catalogue: where a rule looks, and where it must not.

What is found in each, and how often each rule had something to look at, stands in `golden/rules/conversations.txt`.
"""

from harness.conversation import Conversation

CORNERS: list[tuple[str, Conversation]] = []
