"""A rule asked by itself says what it says among all others, and looks as often."""

from functools import cache

import pytest
from builders import mode_signs, stream_defects, target_signs
from builders.replies import of, streamed
from builders.rule_corners import CORNERS
from builders.tellings import DEFECTS

from harness.conversation import Conversation
from harness.rules import RULES, Judgement, judge


@cache
def judged() -> tuple[tuple[Conversation, Judgement], ...]:
    """Conversations of every kind, judged by all rules."""
    told = [conversation for id_, conversation, *_ in (*DEFECTS, *CORNERS) if id_ != "B71 many"]
    told += [conversation for _, conversation in (*mode_signs.DEFECTS, *target_signs.DEFECTS)]
    told += [
        of(streamed(row.events))
        for row in stream_defects.ROWS
        if row.resumed_after is None and all(isinstance(event.get("type"), str) for event in row.events)
    ]
    return tuple((conversation, judge(conversation)) for conversation in told)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_asked_alone_says_and_counts_what_it_does_among_all(rule):
    for conversation, judgement in judged():
        among_all = [one for one in judgement.findings if one.rule == rule.name]

        assert sorted(rule.judge(conversation), key=lambda one: among_all.index(one)) == among_all
        assert rule.applied(conversation) == judgement.applied.get(rule.name, 0)
