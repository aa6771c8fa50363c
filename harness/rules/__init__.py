"""What is always true of every exchange and conversation. `RULES` holds them all, in report order."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness.conversation import Conversation
from harness.findings import Finding
from harness.rules.avail import AVAIL_RULES
from harness.rules.base import ReadingRule, Rule
from harness.rules.client import CLIENT_RULES
from harness.rules.identity import IDENTITY_RULES
from harness.rules.looking import ReplyRule
from harness.rules.mcp import MCP_RULES
from harness.rules.modes import MODE_RULES
from harness.rules.order import ORDER_RULES
from harness.rules.reply import REPLY_RULES
from harness.rules.secret import SECRET_RULES
from harness.rules.sem import SEM_RULES
from harness.rules.state import STATE_RULES
from harness.rules.story import Story
from harness.rules.support import SUPPORT_RULES
from harness.rules.telling import StoryRule
from harness.rules.text import TEXT_RULES
from harness.rules.tool import TOOL_RULES
from harness.rules.wire import WIRE_RULES

__all__ = ["RULES", "Judgement", "ReadingRule", "Rule", "judge"]

RULES: Final[tuple[Rule, ...]] = (
    *WIRE_RULES,
    *ORDER_RULES,
    *TEXT_RULES,
    *TOOL_RULES,
    *MCP_RULES,
    *REPLY_RULES,
    *SEM_RULES,
    *STATE_RULES,
    *MODE_RULES,
    *CLIENT_RULES,
    *IDENTITY_RULES,
    *SUPPORT_RULES,
    *SECRET_RULES,
    *AVAIL_RULES,
)

_READING: Final = tuple(rule for rule in RULES if isinstance(rule, ReadingRule))
_BY_TYPES: Final = tuple(rule for rule in _READING if type(rule).concerns is ReadingRule.concerns)
_BY_REPLY: Final = tuple(rule for rule in _READING if type(rule).concerns is not ReadingRule.concerns)
_ALONE: Final = tuple(rule for rule in RULES if isinstance(rule, ReplyRule))
_TOLD: Final = tuple(rule for rule in RULES if isinstance(rule, StoryRule))
_TOGETHER: Final = tuple(rule for rule in RULES if not isinstance(rule, ReadingRule | ReplyRule | StoryRule))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a conversation: findings in wire order, and how often each rule had something to judge."""

    findings: tuple[Finding, ...]
    applied: Mapping[str, int]


def judge(conversation: Conversation) -> Judgement:
    """Holds a conversation to every rule. Pure: an old record is judged as a new one is."""
    findings: list[Finding] = []
    applied: dict[str, int] = {}
    for reply in conversation.replies:
        findings += reply.findings
        if reply.streamed:
            for name in _concerned(frozenset(reply.seen)):
                applied[name] = applied.get(name, 0) + 1
        for reading in _BY_REPLY:
            if reading.concerns(reply):
                applied[reading.name] = applied.get(reading.name, 0) + 1
        for alone in _ALONE:
            if alone.concerns(reply):
                applied[alone.name] = applied.get(alone.name, 0) + 1
                findings += alone.found(reply)
    for taken in conversation.turns:
        for whole in taken.joined:
            findings += whole.findings
    story = Story(conversation)
    for told in _TOLD:
        if chances := list(told.chances(story)):
            applied[told.name] = len(chances)
            findings += [told.found(amiss) for amiss in chances if amiss is not None]
    for rule in _TOGETHER:
        if count := rule.applied(conversation):
            applied[rule.name] = count
            findings += rule.judge(conversation)
    if len(findings) > 1:
        findings.sort(key=lambda found: (found.wire.exchange, found.wire.event is None, found.wire.event or 0))
    return Judgement(tuple(findings), applied)


@functools.lru_cache(maxsize=4096)
def _concerned(types: frozenset[str]) -> tuple[str, ...]:
    """The reading rules that a stream of these event types gives something to look at."""
    return tuple(
        rule.name for rule in _BY_TYPES if not rule.touches or any(type_.startswith(rule.touches) for type_ in types)
    )
