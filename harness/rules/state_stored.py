"""Rules of what the service keeps: read again, it is what was answered; deleted, it is gone."""

from collections.abc import Iterator
from typing import Any, Final

from harness.protocol.spans import word
from harness.protocol.storing import LAG
from harness.reply import Reply
from harness.rules.story import TERMINAL, Created, Story
from harness.rules.telling import Amiss, StoryRule

DAY: Final = 86_400.0


def _settled(reply: Reply) -> bool:
    return reply.status in TERMINAL and (reply.exchange.status or 200) < 400


def _read_again(story: Story) -> Iterator[tuple[Created, Reply]]:
    """Every response that ended, beside each later reading of it."""
    for made in story.by_id.values():
        if _settled(made.ended):
            for step in story.after(made, "retrieve"):
                alike = step.reply.status == made.ended.status  # if not, that is the finding of another rule
                later = _settled(step.reply) and step.reply.index > made.ended.index
                if alike and later and not step.reply.streamed:
                    yield made, step.reply


class UnstoredIsGone(StoryRule):
    """A response that was not to be stored cannot be read afterwards.

    `store: false` is how a program keeps what its users say out of the service.

    Shown by defect B07.
    """

    name = "state.store_false_retrievable"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.by_id.values():
            for step in () if made.stored else story.after(made, "retrieve", "input_items"):
                read = step.http == 200
                yield Amiss(step.reply, "", "a response of store: false can be read", 404, 200) if read else None


def _sought(story: Story) -> Iterator[tuple[Created, Reply, float, bool, bool]]:
    """Readings of what was stored: the create, the reply, seconds since, whether it was missing, or there before."""
    for made in story.by_id.values():
        seen = False
        for step in story.after(made, "retrieve"):
            if not made.accepted or not made.stored or story.deleted_before(made.id, step):
                continue
            yield made, step.reply, story.elapsed(made.ended, step), step.http == 404, seen
            seen = seen or step.http == 200


class StoredIsFound(StoryRule):
    """A stored response can be read, one minute after it was made at the latest.

    Shown by defect B08.
    """

    name = "state.stored_not_found"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for _, reply, since, missing, seen in _sought(story):
            if not seen and LAG <= since < DAY:
                message = f"what was stored is not found after {since:.0f} s"
                yield Amiss(reply, "", message, 200, 404) if missing else None


class StoredInTime(StoryRule):
    """A stored response can be read at once.

    A note: services that copy what they store take a while, Azure half a minute. What reads at once must try again.

    Shown by control N29.
    """

    name = "avail.read_after_write_lag"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for _, reply, since, missing, seen in _sought(story):
            if not seen and since < LAG:
                message = f"what was stored is not found yet, after {since:.1f} s"
                yield Amiss(reply, "", message, 200, 404) if missing else None


class StoredIsKept(StoryRule):
    """A stored response is kept for 30 days unless it is deleted.

    Looked at where it was there before, or after a day; on the embedded endpoint a wait moves its clock alone.

    Shown by defect B77.
    """

    name = "state.retention"

    days: Final = 30

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for _, reply, since, missing, seen in _sought(story):
            if (seen or since >= DAY) and since < self.days * DAY:
                message = f"what was stored is gone after {since / DAY:.1f} days"
                yield Amiss(reply, "", message, "30 days", 404) if missing else None


class StoredIsTheAnswer(StoryRule):
    """A stored response, read again, has the output that was answered.

    Whoever reads it later reads something else than the user was shown. Compared is what both have, item by item;
    encrypted content is encrypted anew each time.

    Shown by defect B09.
    """

    name = "state.stored_differs"

    volatile: Final = frozenset({"encrypted_content", "obfuscation", "logprobs", "results"})

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made, reply in _read_again(story):
            told, kept = made.ended.output, reply.output
            pointer = self._differs(told, kept, "/output")
            message = "what is stored differs from what was answered"
            yield Amiss(reply, pointer, message, told, kept) if pointer else None

    def _differs(self, told: Any, kept: Any, at: str) -> str | None:
        """Where two values differ, thoughts aside."""
        if isinstance(told, list) and isinstance(kept, list):
            if len(told) != len(kept):
                return at
            pairs = [(f"{at}/{n}", *pair) for n, pair in enumerate(zip(told, kept, strict=True))]
        elif isinstance(told, dict) and isinstance(kept, dict):
            if told.get("type") == "reasoning" == kept.get("type"):
                return None
            names = [name for name in told if name in kept and name not in self.volatile]
            pairs = [(f"{at}/{name}", told[name], kept[name]) for name in names]
        else:
            return None if told == kept else at
        return next((where for pair in pairs if (where := self._differs(pair[1], pair[2], pair[0]))), None)


class StoredUsage(StoryRule):
    """A stored response counts the tokens that were told with the answer.

    Shown by defect B54.
    """

    name = "sem.usage_differs"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made, reply in _read_again(story):
            told, kept = made.ended.usage, reply.usage
            if told is not None and kept is not None:
                message = "the stored usage differs from what was told"
                yield Amiss(reply, "/usage", message, told, kept) if told != kept else None


class ReasoningIsKept(StoryRule):
    """Reasoning items of a stored response have the ids and summaries that were answered.

    A program sends them back with the next turn; under another id they are refused there.

    Shown by defect B33.
    """

    name = "state.reasoning_altered"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made, reply in _read_again(story):
            told, kept = self._thoughts(made.ended), self._thoughts(reply)
            if told and len(told) == len(kept):
                message = "a stored reasoning item differs from what was answered"
                yield Amiss(reply, "/output", message, told, kept) if told != kept else None

    @staticmethod
    def _thoughts(reply: Reply) -> list[tuple[Any, Any]]:
        return [(word(item, "id"), item.get("summary")) for item in reply.output if item.get("type") == "reasoning"]


class DeletedIsGone(StoryRule):
    """A response that was deleted cannot be read.

    Shown by defect B10.
    """

    name = "state.delete_ineffective"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for step in story.of("retrieve", "input_items"):
            if story.deleted_before(step.about, step):
                read = step.http == 200
                yield Amiss(step.reply, "", "what was deleted can still be read", 404, 200) if read else None


class DeletedTwice(StoryRule):
    """Deleting what is deleted already is answered 200 or 404, and is no fault of the service.

    Whoever repeats a delete whose answer was lost must be able to go on.

    Shown by defect B11.
    """

    name = "state.delete_not_idempotent"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for step in story.of("delete"):
            if step.http is not None and story.deleted_before(step.about, step):
                fails = step.http >= 500
                yield Amiss(step.reply, "", "a second delete fails", "200 or 404", step.http) if fails else None


class DeletedIsForgotten(StoryRule):
    """A conversation cannot be continued from a response that was deleted.

    A note: what was deleted is no longer shown, but still known.

    Shown by defect B12.
    """

    name = "state.deleted_parent_usable"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.created:
            parent = made.body.get("previous_response_id")
            if isinstance(parent, str) and story.deleted_before(parent, made.step):
                usable = made.accepted
                message = "a deleted response still continues the chain"
                yield Amiss(made.reply, "/previous_response_id", message, 404, made.step.http) if usable else None


class IdsAreFresh(StoryRule):
    """Every request to create a response gets an id of its own.

    Seen over all cases of a run; the same answer once more is no other response. With one id for two responses,
    reading, deleting or continuing the one is done to the other.

    Shown by defect B67.
    """

    name = "state.id_reuse"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        seen: dict[str, Any] = {}
        for made in story.created:
            if made.id is None:
                continue
            other = story.conversation.knowledge.given.get(made.id)
            answer = (made.reply.response or {}).get("created_at"), [word(item, "id") for item in made.reply.output]
            if seen.get(made.id, answer) != answer or other is not None:
                message = "another request got this id" + (f", in {other}" if other else "")
                yield Amiss(made.reply, "/id", message, "an id of its own", made.id)
            else:
                yield None
            seen[made.id] = answer


STORED_RULES: Final = (
    UnstoredIsGone(),
    StoredIsFound(),
    StoredIsKept(),
    StoredIsTheAnswer(),
    ReasoningIsKept(),
    DeletedIsGone(),
    DeletedTwice(),
    DeletedIsForgotten(),
    IdsAreFresh(),
)
"""Rules of family `state` about what is stored."""
