"""Rules of compaction: one item, opaque, smaller than what it stands for."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from typing import Any, Final

from harness.protocol.spans import word
from harness.reply import Reply
from harness.rules.state_sealed import COMPACTION
from harness.rules.story import Created, Item, Step, Story, items_of, kind, said
from harness.rules.telling import Amiss, StoryRule

WORD: Final = re.compile(r"[\w-]{12,}|\b(?=[A-Za-z-]*\d)[A-Za-z0-9-]{6,}\b")
"""Words that do not stand in a text by chance: long ones, and codes."""


MOST: Final = 1 << 22
"""Bytes of a compaction item that are unpacked at most: it may be a bomb."""


EITHER: Final = 47
"""How zlib is told to unpack its own format and that of gzip, whichever it is."""


def compacted(items: list[Item]) -> list[Item]:
    """The compaction items among some."""
    return [item for item in items if kind(item) in COMPACTION]


def threshold(body: Any) -> int | None:
    """The tokens from which on a request wants its context compacted."""
    managed = body.get("context_management") if isinstance(body, dict) else None
    for each in managed if isinstance(managed, list) else ():
        value = each.get("compact_threshold") if isinstance(each, dict) else None
        if type(value) is int and value > 0:
            return value
    return None


class CompactionHappens(StoryRule):
    """A compact call answers with one compaction item, the last one; so does a response far above its threshold.

    Far means one and a half times: what just triggers it is documented in two ways.

    Shown by defect B26.
    """

    name = "state.compaction_missing"

    margin: Final = 1.5

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for step in story.of("compact"):
            if step.http == 200 and step.reply.response is not None:
                made = [kind(item) for item in step.reply.output]
                right = len(compacted(list(step.reply.output))) == 1 and made[-1] in COMPACTION
                message = "a compact call without one compaction item at its end"
                yield None if right else Amiss(step.reply, "/output", message, "one compaction item", made)
        for each in story.created:
            most, counted = threshold(each.body), each.tokens("input_tokens")
            if most is not None and counted is not None and each.ended.status == "completed":
                due = counted > self.margin * most and self._may_compact(each)
                message = f"no compaction at {counted} tokens, the threshold being {most}"
                missing = due and not compacted(list(each.ended.output))
                yield Amiss(each.ended, "/output", message, "a compaction item", None) if missing else None

    @staticmethod
    def _may_compact(made: Created) -> bool:
        """No call waits for its output: between a call and its output nothing is compacted."""
        return not any(kind(item).endswith("_call") for item in made.ended.output[-1:])


class CompactionIsOpaque(StoryRule):
    """Nothing of the conversation can be read in a compaction item.

    Not plainly, and not by undoing base64 or compression: it travels through programs that may log it.

    Shown by defect B27.
    """

    name = "state.compaction_not_opaque"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for step in story.of("create", "compact"):
            for index, item in enumerate(step.reply.output):
                value = item.get("encrypted_content")
                if kind(item) in COMPACTION and isinstance(value, str) and value:
                    known = self._known(story, step)
                    read = next((one for one in known for form in opened(value) if one in form), None)
                    pointer, message = f"/output/{index}/encrypted_content", "a compaction item can be read"
                    yield Amiss(step.reply, pointer, message, None, read.decode()) if read else None

    def _known(self, story: Story, step: Step) -> list[bytes]:
        """Words that were said before, long or odd enough not to be there by chance."""
        knowledge = story.conversation.knowledge
        words = {value for values in knowledge.planted.values() for value in values}
        for made in story.created:
            if made.reply.index <= step.reply.index:
                words |= set(WORD.findall(said(made.input)))
        for item in items_of((step.reply.request or {}).get("input")):
            if kind(item) == "message":
                texts = said([item])
                words |= {texts[at : at + 24] for at in range(0, max(1, len(texts) - 24), 24)}
        return [word.encode("utf-8", "surrogatepass") for word in sorted(words) if len(word) >= 6]


def opened(value: str) -> list[bytes]:
    """What a text could be read as: itself, its base64 undone, and that decompressed."""
    forms = [value.encode("utf-8", "replace")]
    padded = value + "=" * (-len(value) % 4)
    for alphabet in (b"+/", b"-_"):
        try:
            forms.append(base64.b64decode(padded, altchars=alphabet, validate=True))
        except (binascii.Error, ValueError):
            continue
    for form in forms[1:]:
        try:
            forms.append(zlib.decompressobj(EITHER).decompress(form, MOST))
        except zlib.error:
            continue
    return forms


class CompactionSaves(StoryRule):
    """The turn after a compaction has fewer input tokens than it would have had without.

    Without, it would count what the turn before it counted, and that one's visible output. Looked at where the
    compacted answers were long enough for a compaction to be worth its own tokens.

    Shown by defect B28.
    """

    name = "state.compaction_not_smaller"

    worth: Final = 200
    """Visible output tokens of the turns before, from which on something must be saved."""

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for step in story.of("compact"):
            before = [made for made in story.created if made.reply.index < step.reply.index and made.accepted]
            ids = {word(item, "id") for item in compacted(list(step.reply.output))}
            after = next((made for made in story.created if self._takes(made, ids, step.reply)), None)
            if not before or after is None:
                continue
            last, now = before[-1], after.tokens("input_tokens")
            answers = sum((made.tokens("output_tokens") or 0) - made.thought for made in before)
            counted, out = last.tokens("input_tokens"), last.tokens("output_tokens")
            if answers < self.worth or now is None or counted is None or out is None:
                continue
            most = counted + out - last.thought
            message = f"{now} input tokens after the compaction, {most} without"
            yield Amiss(after.ended, "/usage/input_tokens", message, f"below {most}", now) if now >= most else None

    @staticmethod
    def _takes(made: Created, ids: set[Any], since: Reply) -> bool:
        items = {word(item, "id") for item in compacted(made.input)}
        chained = made.body.get("previous_response_id") == since.id and since.id is not None
        return made.accepted and made.reply.index > since.index and bool(items & ids or chained)


COMPACTION_RULES: Final = (CompactionHappens(), CompactionIsOpaque(), CompactionSaves())
"""Rules of family `state` about compaction."""
