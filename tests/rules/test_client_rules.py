"""What the official client told, beside the wire: each difference by itself, and silence where there is none."""

import pytest
from builders.mode_signs import AS_IT_WAS, CONTROLS, DEFECTS, answered, through
from builders.replies import plain, streamed
from builders.streams import Telling, message

from harness.conversation import Conversation, Told
from harness.rules import judge

FOUND = {"A121": "client.raised", "A122": "client.differs", "B79": "modes.differ"}


@pytest.mark.parametrize(("row", "conversation"), DEFECTS)
def test_each_sign_is_found_under_its_code_alone(row: str, conversation: Conversation):
    assert [finding.rule for finding in judge(conversation).findings] == [FOUND[row]]


@pytest.mark.parametrize("conversation", CONTROLS)
def test_what_is_as_it_was_is_passed_in_silence(conversation: Conversation):
    judgement = judge(conversation)

    assert judgement.findings == ()
    assert judgement.applied.keys() & set(FOUND.values())


def test_a_pair_that_came_in_halves_is_no_difference():
    """N22: the client hands on half a pair with each delta, as the wire does; joined they are one letter."""
    reply = streamed(message(Telling().begin(), "\ud83d", "\ude00").end())
    told = Told("responses.create, iterated", 0, "\U0001f600", "\ud83d\ude00", tuple(reply.output), reply.usage)

    assert [found.rule for found in judge(through(reply, told)).findings if found.rule.startswith("client.")] == []


def test_a_wrong_wire_is_not_the_clients_fault():
    """A response without its status is found once, whatever the client makes of it."""
    reply = plain(status=...)
    conversation = through(reply, Told("responses.create", raised="ValueError: what?"))

    assert {finding.rule for finding in judge(conversation).findings} == {"reply.shape"}


def test_what_is_told_of_an_exchange_that_is_not_there_is_left():
    """A record in which an exchange could not be kept is judged all the same."""
    told = Told("responses.create", 7, "other")
    assert judge(through(answered(), told)).findings == ()
    assert AS_IT_WAS.exchange == 0
