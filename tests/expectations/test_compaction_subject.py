"""The subject `compaction`: whether it happened, what it saved, what the answer still knows."""

from dataclasses import replace

import pytest
from builders.tellings import ask, compact, compaction, message, telling, usage, user

from harness.expectations.carried import compaction as looked
from harness.pointer import MISSING

FIRST = ask(1, "My parcel is 4417.", tell={"usage": usage(500, 300, thought=100)})
SECOND = ask(2, [compaction(), user("Which?")], message("It is 4417."), tell={"usage": usage(250)})


def turns(*given):
    return telling(*given).turns


def test_tokens_are_saved_beside_what_the_turn_would_have_had():
    first, *_, last = turns(FIRST, compact(compaction()), SECOND)

    assert looked(last, [first], "saved_tokens") == 500 + 300 - 100 - 250


def test_a_turn_that_compacts_says_so():
    first, between, last = turns(FIRST, compact(compaction()), SECOND)

    assert [looked(turn, (), "happened") for turn in (first, between, last)] == [False, True, False]
    assert looked(between, [first], "saved_tokens") is MISSING


def test_what_is_kept_is_looked_for_in_the_answer():
    *earlier, last = turns(FIRST, compact(compaction()), SECOND)

    assert looked(last, earlier, "keeps") == "It is 4417."
    assert looked(last, earlier, None) == {"happened": False, "saved_tokens": 450, "keeps": "It is 4417."}


@pytest.mark.parametrize("missing", ["input_tokens", "output_tokens"])
def test_without_counts_nothing_is_said_of_what_was_saved(missing):
    bare = {name: value for name, value in usage(500, 300).items() if name != missing}
    first, last = turns(ask(1, tell={"usage": bare}), SECOND)

    assert looked(last, [first], "saved_tokens") is MISSING
    assert looked(last, [], "saved_tokens") is MISSING


def test_without_an_answer_there_is_nothing_to_look_at():
    first, last = turns(FIRST, SECOND)

    for part in (None, "happened", "saved_tokens", "keeps"):
        assert looked(replace(last, final=None), [first], part) is MISSING
