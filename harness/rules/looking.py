"""Rules that look at one reply at a time, streamed or plain."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, NamedTuple

from harness.conversation import Conversation
from harness.findings import Finding, OnWire
from harness.reply import Reply
from harness.rules.base import Rule


class Wrong(NamedTuple):
    """What is wrong in a reply: where in its response, the sentence, both values."""

    pointer: str
    message: str
    expected: Any = None
    actual: Any = None


class ReplyRule(Rule):
    """A rule that judges each reply by itself; its findings have the level that the reply's profile gives them."""

    def applied(self, conversation: Conversation) -> int:
        return sum(1 for reply in conversation.replies if self.concerns(reply))

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        for reply in conversation.replies:
            if self.concerns(reply):
                yield from self.found(reply)

    def found(self, reply: Reply) -> Iterator[Finding]:
        """The findings in a reply that concerns the rule."""
        for wrong in self.look(reply):
            wire = OnWire(reply.index, pointer=wrong.pointer)
            level = reply.profile.level(self.name)
            yield Finding(self.name, level, wrong.message, wire, wrong.expected, wrong.actual)

    @abstractmethod
    def concerns(self, reply: Reply) -> bool:
        """Whether the reply holds something that could break this rule."""

    @abstractmethod
    def look(self, reply: Reply) -> Iterator[Wrong]:
        """Whatever breaks the rule in a reply that concerns it."""
