"""What a rule is: something always true of every exchange or conversation.

A rule looks; it never sends, sleeps or writes, and a reply of any shape cannot make it stumble: what is missing
is the finding of another rule.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from harness.conversation import Conversation
from harness.findings import CODES, Finding, Level
from harness.reply import Reply


class Rule(ABC):
    """One rule. The class's docstring is the page that `harness explain NAME` prints; its first line is the title.

    Level and source stand under its name in `harness.findings.CODES`.
    """

    name: ClassVar[str]

    @abstractmethod
    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        """Whatever breaks the rule, in wire order; nothing where it holds."""

    @abstractmethod
    def applied(self, conversation: Conversation) -> int:
        """How often there was something that could have broken the rule: 0 means that it proves nothing here."""

    @property
    def level(self) -> Level:
        return CODES[self.name].level

    @property
    def source(self) -> str:
        return CODES[self.name].source

    @property
    def title(self) -> str:
        return (self.__doc__ or "").strip().partition("\n")[0]

    @property
    def page(self) -> str:
        """The whole explanation, as plain text."""
        return inspect.cleandoc(self.__doc__ or "")


class ReadingRule(Rule):
    """A rule whose findings are made while a reply is read (framing, JSON, order): the class holds its page.

    `touches` are the beginnings of the event types without which the rule has nothing to look at; empty means
    that every streamed reply counts.
    """

    touches: ClassVar[tuple[str, ...]] = ()

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        wholes = (whole for taken in conversation.turns for whole in taken.joined)
        for reply in (*conversation.replies, *wholes):
            for finding in reply.findings:
                if finding.rule == self.name:
                    yield finding

    def applied(self, conversation: Conversation) -> int:
        return sum(1 for reply in conversation.replies if self.concerns(reply))

    def concerns(self, reply: Reply) -> bool:
        """Whether the reply holds something that could break this rule."""
        if not reply.streamed:
            return False
        return not self.touches or any(type_.startswith(self.touches) for type_ in reply.seen)
