"""Rules of what a turn knows of the turns before it: all of its own conversation, nothing of another.

That something was lost is said where two signals agree: facts that the harness planted do not come back, and the
tokens that were counted leave no room for them. One alone is a note: a model may just have failed to answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from harness.rules.state_compaction import compacted
from harness.rules.story import Created, Story, said
from harness.rules.telling import Amiss, StoryRule


@dataclass(frozen=True, slots=True)
class Recall:
    """A turn that was asked for planted facts: those that it brought back, those that it did not.

    `last` are those that were told in the turn before. `short`: the turn counts fewer input tokens than the turn
    before it and that one's visible answer, or than there are words in its context. `folded`: a compaction stands
    between the telling and the asking.
    """

    made: Created
    kept: tuple[str, ...]
    lost: tuple[str, ...]
    last: tuple[str, ...]
    short: bool
    folded: bool

    @property
    def most_are_lost(self) -> bool:
        return 3 * len(self.lost) >= 2 * (len(self.lost) + len(self.kept))

    @property
    def verdict(self) -> str | None:
        """The code of what is wrong, or None."""
        if not self.lost:
            return None
        if self.folded:
            return ContextOutlivesCompaction.name if self.most_are_lost else RecallIsStrong.name
        if not self.short:
            return RecallIsStrong.name
        if not self.kept:
            return ChainIsFollowed.name
        return ChainHasItsParent.name if set(self.last) & set(self.lost) else RecallIsStrong.name


def recalls(story: Story) -> Iterator[Recall]:
    """Every turn that asked for planted facts and was answered."""
    knowledge = story.conversation.knowledge
    for turn, wanted in knowledge.asked.items():
        made = next((each for each in reversed(story.created) if each.step.taken.id == turn), None)
        if made is None or made.ended.status != "completed" or not wanted:
            continue
        answer = made.ended.text
        kept = tuple(value for value in wanted if value in answer)
        lost = tuple(value for value in wanted if value not in answer)
        earlier = [each for each in story.created if each.reply.index < made.reply.index and each.accepted]
        before = earlier[-1].step.taken.id if earlier else ""
        last = knowledge.planted.get(before, ())
        folded = any(compacted(list(each.ended.output)) or compacted(each.input) for each in (*earlier, made))
        folded = folded or any(step.reply.index < made.reply.index for step in story.of("compact"))
        yield Recall(made, kept, lost, last, _short(made), folded)


def _short(made: Created) -> bool:
    """Whether a chained turn counts fewer tokens than its context must have."""
    parent, now = made.parent, made.tokens("input_tokens")
    if parent is None or now is None:
        return False
    if now < sum(1 for word in said(made.context).split() if word.isascii()):
        return True
    if any(made.body.get(name) != parent.body.get(name) for name in ("instructions", "tools")):
        return False
    before, out = parent.tokens("input_tokens"), parent.tokens("output_tokens")
    return before is not None and out is not None and now < before + out - parent.thought


class _OfRecalls(StoryRule):
    """A rule about what becomes of planted facts."""

    message: str

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for recall in recalls(story):
            if self.concerns(recall):
                wrong = recall.verdict == self.name
                wanted = [*recall.kept, *recall.lost]
                answer = recall.made.ended.text[:400]
                yield Amiss(recall.made.ended, "/output", self.message, wanted, answer) if wrong else None

    def concerns(self, recall: Recall) -> bool:
        return recall.made.parent is not None and not recall.folded


class ChainIsFollowed(_OfRecalls):
    """A turn that names its parent knows what was said in the chain.

    Nothing that was planted comes back, and the input tokens leave no room for the turn before: the parent was ignored.

    Shown by defect B01.
    """

    name = "state.chain_ignored"
    message = "nothing of the chain is known, and its tokens are not counted: the parent was ignored"


class ChainHasItsParent(_OfRecalls):
    """A turn continues from the parent that it names, not from an earlier one.

    What was told in the turn before is not known while older facts are, and its tokens are missing.

    Shown by defect B03.
    """

    name = "state.chain_wrong_parent"
    message = "the turn before is not known although older ones are: another parent was continued"


class ContextOutlivesCompaction(_OfRecalls):
    """Facts outlive a compaction: no more than a third of those that were planted before it may be gone.

    Shown by defect B29.
    """

    name = "state.context_lost"
    message = "most facts that were told before the compaction are gone"

    def concerns(self, recall: Recall) -> bool:
        return recall.folded


class RecallIsStrong(_OfRecalls):
    """Facts that were planted come back when they are asked for.

    A note where nothing else says that they were lost: the model may just not have answered as it was asked to.

    Shown by control N33.
    """

    name = "sem.recall_weak"
    message = "not every planted fact came back; no other sign that context was lost"

    def concerns(self, recall: Recall) -> bool:
        return True


class ParentIsKnown(StoryRule):
    """A response that was never given out cannot be continued from.

    Looked at where the scenario demands that it is refused. What is answered all the same begins anew, and the caller
    takes it for a continuation.

    Shown by defect B04.
    """

    name = "state.unknown_parent_accepted"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.created:
            parent = made.body.get("previous_response_id")
            unknown = isinstance(parent, str) and not self._given(story, made, parent)
            if unknown and story.demands_error(made.step):
                message = "an unknown parent was accepted"
                answer = made.step.http
                yield (
                    Amiss(made.reply, "/previous_response_id", message, "400 or 404", answer) if made.accepted else None
                )

    @staticmethod
    def _given(story: Story, made: Created, parent: str) -> bool:
        """Whether the id was given out in this conversation."""
        return any(step.reply.id == parent for step in story.steps if step.reply.index < made.reply.index)


class ConversationsAreApart(StoryRule):
    """An answer holds nothing that only another conversation was told.

    Seen by the facts that the harness plants, random and new in each run: those of this case's other conversations,
    and those of all other cases of the run.

    Shown by defect B05.
    """

    name = "state.cross_talk"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        knowledge = story.conversation.knowledge
        own = {value: "another conversation of this case" for told in knowledge.planted.values() for value in told}
        for made in story.created if own or knowledge.foreign else ():
            if made.context is None:
                continue
            # what a compaction stands for cannot be seen: all of this case may be in it
            strange = knowledge.foreign if compacted(made.context) else {**knowledge.foreign, **own}
            seen, answer = f"{said(made.context)}\n{made.body.get('instructions')}", said(made.ended.output)
            heard = next((value for value in strange if value in answer and value not in seen), None)
            message = f"the answer tells what only {strange.get(heard or '')} was told"
            yield Amiss(made.ended, "/output", message, None, heard) if heard else None


CANARY: Final = re.compile(r"\b(?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9-]{4,}[A-Za-z0-9]\b")
"""Words with a digit in them, long enough not to come up by chance: passwords, codes."""


class InstructionsEnd(StoryRule):
    """Instructions hold for one request: a chained turn with others, or with none, does not know them.

    Seen by a code that only the instructions of an earlier turn held, and that comes up in the answer. No answer may
    have told it in between.

    Shown by defect B06.
    """

    name = "state.instructions_carried"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.created:
            codes = self._codes(made)
            if made.context is None or not codes:
                continue
            seen = f"{said(made.context)}\n{made.body.get('instructions')}"
            answer = said(made.ended.output)
            heard = next((code for code in sorted(codes) if code in answer and code not in seen), None)
            message = "the answer knows what only earlier instructions said"
            yield Amiss(made.ended, "/output", message, None, heard) if heard else None

    @staticmethod
    def _codes(made: Created) -> set[str]:
        found: set[str] = set()
        parent = made.parent
        while parent is not None:
            instructions = parent.body.get("instructions")
            found |= set(CANARY.findall(instructions)) if isinstance(instructions, str) else set()
            parent = parent.parent
        return found


CHAIN_RULES: Final = (
    ChainIsFollowed(),
    ChainHasItsParent(),
    ParentIsKnown(),
    ConversationsAreApart(),
    InstructionsEnd(),
    ContextOutlivesCompaction(),
)
"""Rules of family `state` about what a turn knows."""
