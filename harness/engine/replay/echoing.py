"""Whether a service gave a credential of the run back."""

from collections.abc import Callable, Iterator

from harness.conversation import Conversation
from harness.findings import CODES, Finding, OnWire
from harness.wire.exchange import Exchange

Finds = Callable[[bytes], bool]
"""Whether a secret stands in some bytes."""
RULE = "secret.echo"


def echoes(conversation: Conversation, finds: Finds) -> Iterator[Finding]:
    """A finding for each exchange in which a secret came back; what came is not part of it."""
    for turn in conversation.turns:
        for reply in turn.replies:
            for exchange in (*reply.exchange.earlier, reply.exchange):
                if (where := _where(exchange, finds)) is not None:
                    message = f"a credential of this run came back in {where}; it was blanked in the record"
                    yield Finding(RULE, CODES[RULE].level, message, OnWire(reply.index), turn=turn.id)


def _where(exchange: Exchange, finds: Finds) -> str | None:
    if finds(exchange.body):
        return "the body"
    for name, value in exchange.head.headers if exchange.head else ():
        if finds(value.encode("latin-1", "replace")) or finds(name.encode("latin-1", "replace")):
            return "the header lines"
    return None
