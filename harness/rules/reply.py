"""Rules of the reply: its shape. Found while it is read, in plain answers and in the last event of a stream."""

from typing import Final

from harness.reply import Reply
from harness.rules.base import ReadingRule, Rule


class Shape(ReadingRule):
    """A response and its items have the fields that they are documented with, of the documented types and statuses.

    Required is what the official client and Azure's specification both count on; fields younger than June 2025 are
    never asked for, and unknown fields and item types pass. A response is not completed before it was created.

    Shown by defects A119 and A120.
    """

    name = "reply.shape"

    def concerns(self, reply: Reply) -> bool:
        return reply.response is not None


class IdPrefix(ReadingRule):
    """The id of an item begins as its type asks: msg_, fc_, rs_ and so on.

    Ids are opaque by contract, so this is a warning: it tells which implementation answers, and catches ids that were
    exchanged between items.

    Shown by row ITM-14 of the grammar.
    """

    name = "reply.id_prefix"
    touches = ("response.output_item.added",)


REPLY_RULES: Final[tuple[Rule, ...]] = (Shape(), IdPrefix())
