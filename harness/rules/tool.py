"""Rules of tool calls: arguments and call ids."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Final

from harness.conversation import Conversation
from harness.findings import Finding
from harness.protocol.grammar import OWN_CALL_ID
from harness.protocol.items import arguments_not_json, doubled_call_ids
from harness.protocol.spans import word
from harness.reply import Reply
from harness.rules.base import ReadingRule, Rule
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.tool_choices import CHOICE_RULES
from harness.rules.tool_results import RESULT_RULES


class ArgsMismatch(ReadingRule):
    """The argument deltas of a function call add up to its arguments, in the done event and in the closed item.

    The tool is called with one of them.

    Shown by defect A88.
    """

    name = "tool.args_mismatch"
    touches = ("response.function_call_arguments",)


class _OfPlainReplies(ReplyRule):
    """A rule by which streams are judged while they are read, and plain replies here, item by item."""

    def concerns(self, reply: Reply) -> bool:
        return any(word(item, "type") in OWN_CALL_ID for item in reply.output)

    def look(self, reply: Reply) -> Iterator[Wrong]:
        if not reply.streamed:
            yield from self.plain(reply)

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        for reply in conversation.replies:
            if reply.streamed:
                yield from (finding for finding in reply.findings if finding.rule == self.name)
            else:
                yield from self.found(reply)

    @abstractmethod
    def plain(self, reply: Reply) -> Iterator[Wrong]:
        """Whatever breaks the rule in a plain reply."""


class ArgsNotJson(_OfPlainReplies):
    """The arguments of a completed function call are JSON.

    They are parsed before the tool is called; a call that was cut off says so by its status `incomplete`.

    Shown by defect A90.
    """

    name = "tool.args_not_json"

    def plain(self, reply: Reply) -> Iterator[Wrong]:
        for index, arguments in arguments_not_json(reply.output):
            message = "the arguments of a completed call are not JSON"
            yield Wrong(f"/output/{index}/arguments", message, actual=arguments)


class DuplicateCallId(_OfPlainReplies):
    """A call_id names one function call of a response.

    The tool's answer goes back under it. With two calls of one id, one is answered with the other's result. A shell
    call and its output share theirs; they are not meant.

    Shown by defect A92.
    """

    name = "tool.duplicate_call_id"

    def plain(self, reply: Reply) -> Iterator[Wrong]:
        for index, call_id in doubled_call_ids(reply.output):
            yield Wrong(f"/output/{index}/call_id", "another call has this call_id already", actual=call_id)


TOOL_RULES: Final[tuple[Rule, ...]] = (ArgsMismatch(), ArgsNotJson(), DuplicateCallId(), *CHOICE_RULES, *RESULT_RULES)
