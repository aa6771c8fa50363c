"""Rules of the official client: what it says to its user, beside what was on the wire.

They never speak of the endpoint: where the wire itself is wrong, other rules have said so, and these look away.
"""

from collections.abc import Iterator
from typing import Any, Final

from harness.conversation import Conversation, Told, TurnTaken
from harness.findings import Finding, Level, OnWire
from harness.reply import Reply
from harness.rules.base import Rule


def _sound(conversation: Conversation) -> Iterator[tuple[TurnTaken, Told, Reply]]:
    """What an official client said of replies with which nothing is wrong."""
    for taken in conversation.turns:
        for told in taken.told:
            reply = next((each for each in taken.replies if each.index == told.exchange), None)
            if reply is None or reply.response is None or reply.error is not None:
                continue
            if not any(found.level is Level.ERROR for found in reply.findings):
                yield taken, told, reply


class Raised(Rule):
    """The official client takes what is correct on the wire.

    It reads every stream as programs do: typed events in a loop, and again with its stream helper. An exception where
    the wire is in order is a note about the client; a keep-alive after `id:` lines, a block of `retry:` or of `event:`
    alone make openai 3.54.0 raise. The endpoint is not to blame.

    Shown by rows A121 and N08 to N10.
    """

    name = "client.raised"

    def applied(self, conversation: Conversation) -> int:
        return sum(1 for _ in _sound(conversation))

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        for _, told, reply in _sound(conversation):
            if told.raised is not None:
                message = f"the client raised at {told.way}, although the wire is in order"
                yield Finding(self.name, self.level, message, OnWire(reply.index), "no exception", told.raised)


class Differs(Rule):
    """The official client tells its user what was on the wire: text, items and usage.

    Compared is what the program got: the visible text, the deltas that it showed while they came, the output items as
    plain JSON, and the token counts. Half a surrogate pair that the next delta completes is no difference.

    Shown by row A122.
    """

    name = "client.differs"

    def applied(self, conversation: Conversation) -> int:
        return sum(1 for _, told, _ in _sound(conversation) if told.raised is None)

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        for _, told, reply in _sound(conversation):
            if told.raised is not None:
                continue
            for what, pointer, wire, said in _compared(told, reply):
                if wire != said:
                    message = f"the client's {what} at {told.way} differ from the wire"
                    level = reply.profile.level(self.name)
                    yield Finding(self.name, level, message, OnWire(reply.index, pointer=pointer), wire, said)


def _compared(told: Told, reply: Reply) -> Iterator[tuple[str, str, Any, Any]]:
    """What was looked at, where it stands, what the wire says and what the client says."""
    if told.streamed is not None:
        deltas = (event for event in reply.events if event.get("type") == "response.output_text.delta")
        shown = "".join(delta for event in deltas if isinstance(delta := event.get("delta"), str))
        yield "deltas", "/output", _whole(shown), _whole(told.streamed)
    if told.items is None:
        return
    yield "text", "/output", _whole(reply.text), _whole(told.text or "")
    yield "items", "/output", reply.output, list(told.items)
    yield "usage", "/usage", reply.usage, told.usage


def _whole(text: str) -> str:
    """A text whose surrogate pairs are characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


CLIENT_RULES: Final[tuple[Rule, ...]] = (Raised(), Differs())
