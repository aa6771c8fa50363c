"""Rules of what travels sealed: encrypted reasoning and compaction items, given out and sent back."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.protocol.spans import word
from harness.rules.story import Created, Item, Step, Story, items_of, kind
from harness.rules.telling import Amiss, StoryRule

REFUSED: Final = "invalid_encrypted_content"
COMPACTION: Final = ("compaction", "compaction_summary")


class Seals:
    """Every sealed value that the service gave out in a conversation, by the id of its item.

    A value is different each time that the same item is shown; each of them must be accepted.
    """

    def __init__(self, story: Story) -> None:
        self.given: dict[Any, set[str]] = {}
        for step in story.steps:
            for item in _shown(step):
                value = item.get("encrypted_content")
                if isinstance(value, str) and value:
                    self.given.setdefault(word(item, "id"), set()).add(value)
        self.all = frozenset(value for values in self.given.values() for value in values)

    def altered(self, item: Item) -> bool:
        """Whether an item that was given out is sent with a value that never was."""
        value = item.get("encrypted_content")
        if not isinstance(value, str) or not value or value in self.all:
            return False
        return bool(word(item, "id") and item["id"] in self.given) or any(self._near(value, one) for one in self.all)

    def intact(self, item: Item) -> bool:
        """Whether an item is sent as it was given out."""
        item_id, value = word(item, "id"), word(item, "encrypted_content")
        return value in self.all if item_id is None else value in self.given.get(item_id, ())

    @staticmethod
    def _near(one: str, other: str) -> bool:
        return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 4


def _shown(step: Step) -> Iterator[Item]:
    """Every item that a reply shows, in its stream too."""
    yield from step.reply.output
    for event in step.reply.events:
        item = event.get("item")
        if isinstance(item, dict):
            yield item


def _sealed(story: Story, kinds: tuple[str, ...]) -> Iterator[tuple[Step, Mapping[str, Any], list[Item]]]:
    """Every request that sends sealed items of a type: the step, its body, the items."""
    for step in story.of("create", "compact"):
        body = step.reply.request or {}
        items = [item for item in items_of(body.get("input")) if kind(item) in kinds and item.get("encrypted_content")]
        if items:
            yield step, body, items


def _accepted(step: Step) -> bool:
    return step.http == 200 and step.reply.response is not None and step.reply.status != "failed"


class _Altered(StoryRule):
    """An item whose sealed content was altered is refused."""

    kinds: tuple[str, ...]
    what: str

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        seals = Seals(story)
        for step, _, items in _sealed(story, self.kinds):
            if any(seals.altered(item) for item in items):
                message = f"altered {self.what} was accepted"
                yield Amiss(step.reply, "", message, 400, step.http) if _accepted(step) else None


class _Unaltered(StoryRule):
    """An item that comes back as it was given out is accepted."""

    kinds: tuple[str, ...]
    what: str

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        seals = Seals(story)
        for step, body, items in _sealed(story, self.kinds):
            if all(seals.intact(item) for item in items):
                error = step.reply.error or {}
                refused = step.http == 400 and error.get("code") == REFUSED and self._about(error, body, items)
                message = f"{self.what} is refused as it was given out"
                yield Amiss(step.reply, "/error", message, "an answer", error) if refused else None

    @staticmethod
    def _about(error: Mapping[str, Any], body: Mapping[str, Any], items: list[Item]) -> bool:
        """Whether the error is about one of these items: it names one, or there are no other sealed ones."""
        message = str(error.get("message"))
        sealed = [item for item in items_of(body.get("input")) if item.get("encrypted_content")]
        return len(sealed) == len(items) or any(str(word(item, "id")) in message for item in items)


class AlteredReasoning(_Altered):
    """Encrypted reasoning that was altered on the way is refused.

    One character is enough. What is accepted all the same was not authenticated: anybody could write it.

    Shown by defect B34.
    """

    name = "state.corrupt_reasoning_accepted"
    kinds = ("reasoning",)
    what = "encrypted reasoning"


class AlteredCompaction(_Altered):
    """A compaction item that was altered on the way is refused.

    It stands for the whole conversation so far; what is accepted all the same could say anything.

    Shown by defect B30.
    """

    name = "state.corrupt_compaction_accepted"
    kinds = COMPACTION
    what = "compaction item"


class ReasoningComesBack(_Unaltered):
    """Encrypted reasoning is accepted as it was given out.

    Shown by defect B35.
    """

    name = "state.reasoning_rejected"
    kinds = ("reasoning",)
    what = "encrypted reasoning"


class CompactionComesBack(_Unaltered):
    """A compaction item is accepted as it was given out.

    Shown by defect B31.
    """

    name = "state.compaction_rejected"
    kinds = COMPACTION
    what = "a compaction item"


class ReasoningIsGivenOut(StoryRule):
    """Reasoning that a later call needs is among the items that were given out.

    A replayed call is refused without the reasoning item before it. Where the service never gave one out, nobody can
    send it: the conversation cannot go on.

    Shown by defect B36.
    """

    name = "state.reasoning_missing"

    says: Final = ("required 'reasoning' item", "required reasoning item", "required following item")

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.created:
            calls = {item["id"] for item in made.input if kind(item) == "function_call" and word(item, "id")}
            givers = [each for each in story.created if each is not made and calls & _ids(each)]
            if not givers:
                continue
            error = made.reply.error or {}
            refused = made.step.http == 400 and any(words in str(error.get("message")) for words in self.says)
            withheld = refused and any(_ids(each) <= _sent(made) and not _thinks(each) for each in givers)
            message = "a replayed call is refused for reasoning that was never given out"
            yield Amiss(made.reply, "/error", message, "an answer", error) if withheld else None


def _ids(made: Created) -> set[Any]:
    return {word(item, "id") for item in made.ended.output}


def _sent(made: Created) -> set[Any]:
    return {word(item, "id") for item in made.input}


def _thinks(made: Created) -> bool:
    return any(kind(item) == "reasoning" for item in made.ended.output)


SEALED_RULES: Final = (
    AlteredReasoning(),
    ReasoningComesBack(),
    ReasoningIsGivenOut(),
    AlteredCompaction(),
    CompactionComesBack(),
)
"""Rules of family `state` about what is sealed."""
