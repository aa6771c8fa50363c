"""Rules of what an answer means: whether it ends where it says, keeps its form, says why it is short."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.protocol.spans import at_path
from harness.reply import Reply
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.schemas import breaks

OPENING: Final = ("i'm sorry", "i’m sorry", "i am sorry", "sorry,", "i can't", "i can’t", "i cannot", "i won't")
"""How refusals begin that were written as plain text; all recordings that refuse in words begin so."""


def _count(value: Any) -> int | None:
    return value if type(value) is int else None


def spent(reply: Reply) -> int | None:
    """The output tokens that a reply counts."""
    return _count(at_path(reply.usage, ("output_tokens",)))


def limit(reply: Reply) -> int | None:
    """The most output tokens that were allowed."""
    asked = _count((reply.request or {}).get("max_output_tokens"))
    return _count((reply.response or {}).get("max_output_tokens")) if asked is None else asked


class LimitHolds(ReplyRule):
    """A completed response has no more output tokens than were allowed.

    The limit is what bounds the cost of a turn; thinking counts.

    Shown by defect B55.
    """

    name = "sem.limit_ignored"

    def concerns(self, reply: Reply) -> bool:
        return reply.status == "completed" and limit(reply) is not None and spent(reply) is not None

    def look(self, reply: Reply) -> Iterator[Wrong]:
        most, used = limit(reply), spent(reply)
        if most is not None and used is not None and used > most:
            yield Wrong("/usage/output_tokens", "more output tokens than were allowed", most, used)


class CutIsTold(ReplyRule):
    """A response that was cut at its limit is incomplete.

    A cut answer that calls itself completed is taken for the whole. Seen where the output tokens are just as many as
    were allowed and the visible text breaks off: without an end of a sentence, inside JSON, or before it began.

    Shown by defect B56.
    """

    name = "sem.truncated_as_completed"

    ends: Final = tuple(".!?…。！？\"'”’»)]}*`>|")

    def concerns(self, reply: Reply) -> bool:
        return reply.status == "completed" and limit(reply) is not None and spent(reply) is not None

    def look(self, reply: Reply) -> Iterator[Wrong]:
        if spent(reply) == limit(reply) and not self._ends(reply):
            message = "the answer breaks off where its tokens are used up, and is called completed"
            yield Wrong("/status", message, "incomplete", reply.text[-80:])

    def _ends(self, reply: Reply) -> bool:
        if form(reply) is not None:
            return breaks({}, reply.text) is None
        acts = any(item.get("type") not in ("message", "reasoning") for item in reply.output)
        return acts or reply.refusal is not None or reply.text.rstrip().endswith(self.ends)


class KnownReason(ReplyRule):
    """An incomplete response names one of the documented reasons: max_output_tokens or content_filter.

    A note: a program that knows what to do about these two has to guess about another.

    Shown by defect B57.
    """

    name = "sem.incomplete_reason"

    known: Final = ("max_output_tokens", "content_filter")

    def concerns(self, reply: Reply) -> bool:
        reason = at_path(reply.response, ("incomplete_details", "reason"))
        return isinstance(reason, str) and reason != ""

    def look(self, reply: Reply) -> Iterator[Wrong]:
        reason = at_path(reply.response, ("incomplete_details", "reason"))
        if reason not in self.known:
            yield Wrong("/incomplete_details/reason", "a reason that is not documented", list(self.known), reason)


def form(reply: Reply) -> Mapping[str, Any] | None:
    """The `text.format` that makes the answer JSON, as it was asked for or as it was echoed; else None."""
    for body in (reply.request, reply.response):
        told = at_path(body, ("text", "format"))
        if isinstance(told, dict) and told.get("type") in ("json_schema", "json_object"):
            return told
    return None


def refused_in_words(text: str) -> bool:
    """Whether a text that should have been JSON is a refusal."""
    return text.lstrip().lower().startswith(OPENING)


class SchemaIsKept(ReplyRule):
    """An answer that was asked for as JSON is JSON, and fits its schema where that is strict.

    Every message is looked at by itself. Answers that were cut short and refusals need not fit.

    Shown by defect B58.
    """

    name = "sem.schema_violation"

    def concerns(self, reply: Reply) -> bool:
        return reply.status == "completed" and form(reply) is not None and any(True for _ in self._texts(reply))

    @staticmethod
    def _texts(reply: Reply) -> Iterator[tuple[str, str]]:
        for at, item in enumerate(reply.output):
            content = item.get("content") if item.get("type") == "message" else None
            if not isinstance(content, list) or item.get("phase") == "commentary":
                continue
            texts = [text for part in content if isinstance(part, dict) and isinstance(text := part.get("text"), str)]
            kinds = {part.get("type") for part in content if isinstance(part, dict)}
            if kinds == {"output_text"} and len(texts) == len(content):
                yield f"/output/{at}/content", "".join(texts)

    def look(self, reply: Reply) -> Iterator[Wrong]:
        told = form(reply) or {}
        strict = told.get("type") == "json_schema" and told.get("strict") is True
        schema = told.get("schema") if strict else None
        for pointer, text in self._texts(reply):
            if refused_in_words(text):
                continue
            why = breaks(schema if isinstance(schema, dict) else {}, text)
            if why is not None:
                yield Wrong(pointer, f"the answer does not keep the form that was asked for: {why}", schema, text[:400])


class RefusalHasItsPart(ReplyRule):
    """A model that refuses to fill a schema says so in a refusal part, not in the text that should be JSON.

    A note: it is how a program tells a refusal from a broken answer.

    Shown by defect B59.
    """

    name = "sem.refusal_shape"

    def concerns(self, reply: Reply) -> bool:
        return reply.status == "completed" and form(reply) is not None

    def look(self, reply: Reply) -> Iterator[Wrong]:
        if reply.refusal is None and refused_in_words(reply.text):
            yield Wrong(
                "/output", "a refusal as plain text where JSON was asked for", "a refusal part", reply.text[:200]
            )


class FilterSaysSo(ReplyRule):
    """A prompt that the content filter stops is refused (400, `content_filter`), not answered with nothing.

    A completed response has something to show: a message with words in it, or a call.

    Shown by defect B66.
    """

    name = "sem.filter_silent"

    def concerns(self, reply: Reply) -> bool:
        told = isinstance((reply.response or {}).get("output"), list)
        return told and reply.status == "completed" and reply.operation in ("create", "retrieve")

    def look(self, reply: Reply) -> Iterator[Wrong]:
        if not any(item.get("type") != "reasoning" and not self._says_nothing(item) for item in reply.output):
            yield Wrong("/output", "a completed response that says nothing", "words or a call", reply.output[:4])

    @staticmethod
    def _says_nothing(item: Mapping[str, Any]) -> bool:
        content = item.get("content")
        if item.get("type") != "message" or not isinstance(content, list):
            return False
        parts = [part for part in content if isinstance(part, dict)]
        return all(not (part.get("text") or part.get("refusal")) for part in parts)


class ThinkingIsCounted(ReplyRule):
    """A response with a reasoning item counts reasoning tokens.

    A note: the thinking is billed as output, whether or not it is shown.

    Shown by defect B37.
    """

    name = "sem.reasoning_usage"

    def concerns(self, reply: Reply) -> bool:
        return self._counted(reply) is not None and any(item.get("type") == "reasoning" for item in reply.output)

    @staticmethod
    def _counted(reply: Reply) -> int | None:
        return _count(at_path(reply.usage, ("output_tokens_details", "reasoning_tokens")))

    def look(self, reply: Reply) -> Iterator[Wrong]:
        if self._counted(reply) == 0:
            pointer = "/usage/output_tokens_details/reasoning_tokens"
            yield Wrong(pointer, "a reasoning item, but no reasoning tokens", "above 0", 0)


ANSWER_RULES: Final = (
    LimitHolds(),
    CutIsTold(),
    KnownReason(),
    SchemaIsKept(),
    RefusalHasItsPart(),
    FilterSaysSo(),
    ThinkingIsCounted(),
)
"""Rules of family `sem` about one answer."""
