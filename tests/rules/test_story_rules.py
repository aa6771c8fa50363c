"""Rules over whole conversations, shown by conversations written by hand."""

import json
import random
from collections import defaultdict
from dataclasses import replace

import corpus
import pytest
from builders.tellings import DEFECTS, PASSES, ask, other, refuse, showing, telling

from harness.conversation import Conversation
from harness.reply import Reply
from harness.rules import RULES, judge
from harness.rules.telling import StoryRule

FAULTY = {"B11"}
"""Rows in which the service also tells of a fault of its own (500)."""


@pytest.mark.parametrize(("id_", "conversation", "code", "level"), DEFECTS, ids=[row[0] for row in DEFECTS])
def test_a_defect_of_a_conversation_is_found_under_its_code_alone(id_, conversation, code, level):
    findings = judge(conversation).findings

    also = {"avail.server_error"} if id_ in FAULTY else set()
    assert {(finding.rule, finding.level.value) for finding in findings if finding.rule not in also} == {(code, level)}


@pytest.mark.parametrize("name", PASSES)
def test_what_is_right_is_passed(name):
    assert judge(PASSES[name]).findings == ()


@pytest.mark.parametrize(("id_", "conversation", "code", "level"), DEFECTS, ids=[row[0] for row in DEFECTS])
def test_what_shows_a_rule_counts_as_a_chance_of_it(id_, conversation, code, level):
    assert judge(conversation).applied[code] >= 1


def test_recorded_conversations_of_several_turns_are_passed():
    """N34, turn by turn: recordings of one test of its project are one conversation."""
    together = defaultdict(list)
    for record in corpus.records():
        if record["provider"] in ("openai", "azure"):
            together[record["source"]["name"], record["source"]["path"]].append(record)
    told = {rule.name for rule in RULES if isinstance(rule, StoryRule)}
    applied = set()
    for records in together.values():
        records.sort(key=lambda record: record["source"]["index"])
        replies = [Reply(corpus.exchange(record), number) for number, record in enumerate(records)]
        judgement = judge(Conversation.recorded(replies))
        applied |= told & judgement.applied.keys()
        assert [one for one in judgement.findings if one.rule in told and one.level != "note"] == [], records[0]["id"]
    assert len(together) > 100
    assert len(applied) > 15


def test_files_of_fifty_megabytes_are_refused():
    """Defect B74."""
    large = other("POST", "/files", {"id": "file-abcdef12"}, b"%PDF-" + bytes(50_000_000))
    part = {"type": "input_file", "file_id": "file-abcdef12"}
    accepted, refused = telling(large, ask(1, showing(part))), telling(large, refuse(showing(part), None, "too large"))

    assert [one.rule for one in judge(accepted).findings] == ["sem.limit_not_enforced"]
    assert judge(refused).findings == ()


ODD = (None, True, -1, 1e300, "", "x", [], [[]], {}, {"type": []}, [{"type": {}}], [{"type": "reasoning", "id": []}])


def spoilt(conversation, chance):
    """The conversation with one value somewhere in a request or answer made odd."""
    turns = []
    spot = chance.randrange(len(conversation.replies))
    for taken in conversation.turns:
        replies = tuple(odd(each, chance) if each.index == spot else each for each in taken.replies)
        turns.append(replace(taken, replies=replies, final=replies[-1]))
    return replace(conversation, turns=tuple(turns))


def odd(reply, chance):
    exchange = reply.exchange
    if chance.random() < 0.5 and exchange.request.body.startswith(b"{"):
        request = replace(exchange.request, body=changed(exchange.request.body, chance))
        return Reply(replace(exchange, request=request), reply.index)
    body = changed(exchange.body, chance) if exchange.body.startswith(b"{") else exchange.body
    return Reply(replace(exchange, body=body), reply.index)


def changed(body, chance):
    value = json.loads(body)
    node = value
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = chance.choice(keys) if keys else None
        if key is None:
            return json.dumps(value).encode()
        if not isinstance(node[key], dict | list) or not node[key] or chance.random() < 0.3:
            node[key] = chance.choice(ODD)
            return json.dumps(value).encode()
        node = node[key]


def test_no_conversation_of_any_shape_makes_a_rule_stumble():
    chance = random.Random(20_261_122)
    conversations = [row[1] for row in DEFECTS if row[0] != "B71 many"] + [*PASSES.values()]
    conversations.remove(PASSES["a hundred pictures"])
    for conversation in conversations:
        for _ in range(6):
            judge(spoilt(conversation, chance))
