"""The rule of modes: the same exchange comes to the same, whichever way it is delivered and its state carried."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from harness.conversation import Conversation
from harness.findings import Finding, Level, OnWire
from harness.outline import Outline, TurnOutline
from harness.rules.base import Rule

SLACK: Final = 100
"""Tokens by which the first turn's input may differ: what a mode adds to the same request."""


class _Difference(NamedTuple):
    what: str
    pointer: str
    ours: Any
    theirs: Any
    level: Level


class SameInAllModes(Rule):
    """A scenario comes to the same in all its modes, however it is delivered and its state carried.

    Compared with the first of the scenario's modes that ran: how each turn ended, which kinds of items were said,
    which tools were called with which arguments, the fields of an answer for which a schema was demanded, which planted
    facts came back, and what the first request cost as input. Never wording, counts of items, reasoning or compaction
    items, nor the cost of later turns. What the model may choose for itself (to call a tool that it is offered, or
    not) is a warning, and so is a fact that did not come back, which alone proves no loss; anything else is an error.
    Cases that fail by themselves are told already and not compared.

    Shown by defect B79.
    """

    name = "modes.differ"

    def applied(self, conversation: Conversation) -> int:
        return len(conversation.others)

    def judge(self, conversation: Conversation) -> Iterator[Finding]:
        ours = conversation.outline
        for case, theirs in conversation.others.items():
            for turn, other in zip(ours.turns, theirs.turns, strict=False):
                taken = next(taken for taken in conversation.turns if taken.id == turn.id)
                index = taken.final.index if taken.final else 0
                for found in _differences(turn, other, ours, theirs):
                    level = min(self.level, found.level, key=_weight)
                    message = f"{found.what} differs from that of {case}"
                    wire = OnWire(index, pointer=found.pointer)
                    yield Finding(self.name, level, message, wire, found.theirs, found.ours, turn.id)


def _weight(level: Level) -> int:
    return (Level.NOTE, Level.WARNING, Level.ERROR).index(level)


def _differences(ours: TurnOutline, theirs: TurnOutline, us: Outline, them: Outline) -> Iterator[_Difference]:
    if ours.status != theirs.status:
        yield _Difference("the status of the turn", "/status", ours.status, theirs.status, Level.ERROR)
        return  # what else differs follows from it
    free = Level.WARNING if ours.chosen and theirs.chosen else Level.ERROR
    if ours.kinds != theirs.kinds:
        kinds = sorted(ours.kinds), sorted(theirs.kinds)
        yield _Difference("the kinds of items", "/output", *kinds, free)
    if ours.calls != theirs.calls:
        calls = [list(each) for each in sorted(ours.calls)], [list(each) for each in sorted(theirs.calls)]
        yield _Difference("the tools called, with the names of their arguments,", "/output", *calls, free)
    if ours.fields is not None and theirs.fields is not None and ours.fields != theirs.fields:
        fields = sorted(ours.fields), sorted(theirs.fields)
        yield _Difference("the fields of the answer", "/output", *fields, Level.ERROR)
    if ours.recalled != theirs.recalled and len(ours.recalled) == len(theirs.recalled):
        recalled = list(ours.recalled), list(theirs.recalled)
        yield _Difference("which of the planted facts came back", "/output", *recalled, Level.WARNING)
    first = us.turns[0] is ours and them.turns[0] is theirs
    if first and ours.input_tokens is not None and theirs.input_tokens is not None:
        spread = abs(ours.input_tokens - theirs.input_tokens)
        if spread > SLACK + max(ours.input_tokens, theirs.input_tokens) // 4:
            counts = ours.input_tokens, theirs.input_tokens
            yield _Difference("what the first request cost as input", "/usage/input_tokens", *counts, Level.ERROR)


MODE_RULES: Final[tuple[Rule, ...]] = (SameInAllModes(),)
