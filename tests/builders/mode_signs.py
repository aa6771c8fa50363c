"""Conversations in which a mode, or the official client, says something else than it should; written by hand."""

from dataclasses import replace
from typing import Any

from builders.replies import plain

from harness.conversation import Conversation, Told, TurnTaken
from harness.reply import Reply

SAID = "Hi there"
PART = {"type": "output_text", "text": SAID, "annotations": [], "logprobs": []}
ITEM = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [PART]}
USAGE = {
    "input_tokens": 20,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 5,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 25,
}
DEARER = {**USAGE, "input_tokens": 1020, "total_tokens": 1025}
FIRST = "a.yaml::a-title[mock-plain-chained]"


def answered(usage: dict[str, Any] = USAGE) -> Reply:
    return plain(output=[ITEM], usage=usage)


def through(reply: Reply, told: Told | None = None, mode: str = "plain") -> Conversation:
    """A case of one turn, and what an official client told of it."""
    taken = TurnTaken("one", (reply,), None, reply, rounds=(reply,), told=(told,) if told else ())
    return Conversation((taken,), mode={"delivery": mode, "state": "chained", "client": "openai" if told else "wire"})


AS_IT_WAS = Told("responses.create", 0, SAID, None, (ITEM,), USAGE)

DEFECTS: tuple[tuple[str, Conversation], ...] = (
    ("A121", through(answered(), Told("responses.create", raised="JSONDecodeError: Expecting value"))),
    ("A122", through(answered(), replace(AS_IT_WAS, text="Hi"))),
    ("A122", through(answered(), replace(AS_IT_WAS, items=()))),
    ("A122", through(answered(), replace(AS_IT_WAS, usage=DEARER))),
    ("B79", replace(through(answered(DEARER), mode="background"), others={FIRST: through(answered()).outline})),
)

CONTROLS: tuple[Conversation, ...] = (
    through(answered(), AS_IT_WAS),
    replace(through(answered(), mode="background"), others={FIRST: through(answered()).outline}),
)
