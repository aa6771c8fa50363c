"""Rules that look at a whole conversation: several exchanges together."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, NamedTuple

from harness.conversation import Conversation
from harness.findings import Finding, OnWire
from harness.reply import Reply
from harness.rules.base import Rule
from harness.rules.story import Story


class Amiss(NamedTuple):
    """What is wrong in a conversation: in which reply it shows, where in its response, the sentence, both values."""

    reply: Reply
    pointer: str
    message: str
    expected: Any = None
    actual: Any = None
    event: int | None = None


class StoryRule(Rule):
    """A rule about several exchanges. It names its chances one by one: each could have shown it broken."""

    @abstractmethod
    def chances(self, story: Story) -> Iterator[Amiss | None]:
        """For each thing that could have broken the rule what is amiss, or None where it held."""

    def found(self, amiss: Amiss) -> Finding:
        """What is amiss as a finding, at the level that the reply's profile gives it."""
        reply = amiss.reply
        wire = OnWire(reply.index, amiss.event, reply.offset_of(amiss.event), amiss.pointer)
        level = reply.profile.level(self.name)
        return Finding(self.name, level, amiss.message, wire, amiss.expected, amiss.actual)

    def applied(self, conversation: Conversation) -> int:
        return sum(1 for _ in self.chances(Story(conversation)))

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        for amiss in self.chances(Story(conversation)):
            if amiss is not None:
                yield self.found(amiss)
