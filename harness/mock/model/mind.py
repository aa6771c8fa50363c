"""Which ability answers: each is asked in turn whether the context is for it; then the form is put on."""

from collections.abc import Callable, Sequence
from typing import Final

from harness.mock.model import following
from harness.mock.model.arithmetic import reckoning
from harness.mock.model.chatting import chatting
from harness.mock.model.context import Context, Draft
from harness.mock.model.filling import filling
from harness.mock.model.grading import grading
from harness.mock.model.language import Phrases, spoken
from harness.mock.model.perusing import perusing
from harness.mock.model.recall import recalling
from harness.mock.model.refusing import refusing
from harness.mock.model.seeing import seeing
from harness.mock.model.thinking import thinking
from harness.mock.model.tool_use import calling, reporting

Ability = Callable[[Context, Phrases], Draft | None]

BEFORE_FORM: Final[tuple[Ability, ...]] = (grading, refusing, calling, filling)
"""Abilities whose answer is no free text, so that no order about its form touches it."""

ABILITIES: Final[tuple[Ability, ...]] = (reporting, thinking, seeing, perusing, reckoning, recalling, chatting)
"""Abilities that answer in words; the first that has an answer gives it."""


def answer(context: Context, hosted: Sequence[Ability] = ()) -> Draft:
    """What the model says to its context; `hosted` is what it can do with tools that the service runs for it."""
    said = following.orders(context)
    phrases = spoken(" ".join(said))
    if hosted and (draft := using(context, phrases, hosted)) is not None:
        return shaped(draft, said)
    for ability in BEFORE_FORM:
        draft = ability(context, phrases)
        if draft is not None:
            return draft
    exact = following.literal(said)
    if exact is not None and not context.since_asked:
        return keeping(context, Draft.saying(exact))
    for ability in ABILITIES:
        draft = ability(context, phrases)
        if draft is not None:
            break
    else:
        draft = Draft.saying(phrases.hello)
    return shaped(draft, said)


def using(context: Context, phrases: Phrases, hosted: Sequence[Ability]) -> Draft | None:
    """What the model does with hosted tools; nothing where it refuses what is asked."""
    if refusing(context, phrases) is not None:
        return None
    for ability in hosted:
        draft = ability(context, phrases)
        if draft is not None:
            return draft
    return None


def shaped(draft: Draft, said: list[str]) -> Draft:
    """The draft with its texts in the form that is ordered."""
    for item in draft.items:
        if item["type"] == "text":
            item["text"] = following.shaped(item["text"], said)
    return draft


def keeping(context: Context, draft: Draft) -> Draft:
    """A word for word answer does not keep the model from thinking what it was asked to think."""
    thought = thinking(context, spoken(""))
    if thought is not None and thought.state:
        draft.state, draft.summary, draft.steps = thought.state, thought.summary, thought.steps
    return draft
