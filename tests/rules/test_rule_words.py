"""What the rules say of replies and conversations, letter by letter, and which of them had something to look at.

After a deliberate change `python tests/rules/test_rule_words.py` (with `tests` on the path) writes the golden texts
anew, for review.
"""

from functools import partial

import pytest
from builders import answer_defects, mode_signs, reply_defects, said, target_signs, tellings
from builders.replies import of, plain, streamed
from builders.rule_corners import CORNERS

from harness.conversation import Conversation
from harness.rules import RULES, ReadingRule, judge

OWN = {rule.name for rule in RULES if not isinstance(rule, ReadingRule) or "concerns" in type(rule).__dict__}
"""Rules that are no mere page of what the judge of streams finds."""


def told(conversation: Conversation) -> list[str]:
    """The findings in a conversation, and how often each rule looked."""
    judgement = judge(conversation)
    looked = ", ".join(f"{name} {times}" for name, times in judgement.applied.items() if name in OWN)
    return [*map(said.line, judgement.findings), f"looked at: {looked or 'nothing'}"]


REPLIES = said.named(
    (f"{id_} {reply.__name__}", partial(told, of(one)))
    for id_, events, asked, *_ in (*reply_defects.DEFECTS, *answer_defects.DEFECTS, *answer_defects.PASSES)
    for reply, one in (
        (streamed, streamed(events, asked)),
        (plain, plain(asked, **events[-1]["response"])),
    )
)
CONVERSATIONS = said.named(
    (name, partial(told, conversation))
    for name, conversation, *_ in (
        *tellings.DEFECTS,
        *tellings.PASSES.items(),
        *mode_signs.DEFECTS,
        *((f"as promised {n}", one) for n, one in enumerate((*mode_signs.CONTROLS, *target_signs.CONTROLS))),
        *target_signs.DEFECTS,
        *CORNERS,
    )
)
TEXTS = {"replies": REPLIES, "conversations": CONVERSATIONS}
GOLDEN = {name: said.read(name) for name in TEXTS} if __name__ != "__main__" else {}


@pytest.mark.parametrize(("text", "name"), [(text, name) for text, rows in TEXTS.items() for name in rows])
def test_it_is_spoken_of_as_the_golden_lines_say(text, name):
    assert TEXTS[text][name]() == GOLDEN[text][name]


@pytest.mark.parametrize("text", TEXTS)
def test_there_is_no_golden_section_too_many(text):
    assert list(GOLDEN[text]) == list(TEXTS[text])


if __name__ == "__main__":
    for text, rows in TEXTS.items():
        said.write(text, rows)
