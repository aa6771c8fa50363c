"""Rules of what an answer means: whether it ends where it says, keeps its form, says why it is short."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.protocol.spans import at_path
from harness.reply import Reply
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.pictures import SHORTENED, animated, type_of, unpacked, whole
from harness.rules.schemas import breaks
from harness.rules.sem_media import parts_of
from harness.rules.story import items_of

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
        return isinstance(at_path(reply.response, ("incomplete_details", "reason")), str)

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


class NothingIsLeftOut(ReplyRule):
    """An input that is too long is refused, unless the request allows truncation.

    What is cut away in silence is most often the beginning: the task, or the fact that is asked for. Every word is a
    token at least, so that an input that counts fewer tokens than it has words was not read whole.

    Shown by defect B69.
    """

    name = "sem.silent_truncation"

    fewest: Final = 1_000
    """Words from which on the count is trusted."""

    def concerns(self, reply: Reply) -> bool:
        request = reply.request or {}
        if reply.operation != "create" or reply.status != "completed" or request.get("truncation") == "auto":
            return False
        return request.get("context_management") is None and self._words(request) >= self.fewest

    @classmethod
    def _words(cls, request: Mapping[str, Any]) -> int:
        given = request.get("input")
        texts = [given] if isinstance(given, str) else list(cls._texts(given))
        return sum(1 for text in texts for word in text.split() if word.isascii() and word.isalpha())

    @staticmethod
    def _texts(items: Any) -> Iterator[str]:
        for item in items if isinstance(items, list) else ():
            if not isinstance(item, dict) or item.get("type", "message") != "message":
                continue
            content = item.get("content")
            parts = [{"text": content}] if isinstance(content, str) else content if isinstance(content, list) else []
            yield from (part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))

    def look(self, reply: Reply) -> Iterator[Wrong]:
        words, counted = self._words(reply.request or {}), _count(at_path(reply.usage, ("input_tokens",)))
        if counted is not None and counted < words:
            message = "fewer input tokens than the input has words: it was not read whole"
            yield Wrong("/usage/input_tokens", message, f"at least {words}", counted)


class InvalidIsRefused(ReplyRule):
    """A request with a value outside of its documented bounds is refused, and so is a picture that is none.

    A mistyped parameter that is answered all the same was ignored, and nobody is told. Pictures may be png, jpeg, webp
    or a gif that does not move.

    Shown by defects B68 and B72.
    """

    name = "sem.invalid_accepted"

    bounds: Final[Mapping[str, tuple[float, float]]] = {
        "temperature": (0, 2),
        "top_p": (0, 1),
        "top_logprobs": (0, 20),
        "max_output_tokens": (1, 10**9),
    }

    def concerns(self, reply: Reply) -> bool:
        return reply.operation == "create" and bool(reply.request)

    def look(self, reply: Reply) -> Iterator[Wrong]:
        request = reply.request or {}
        if reply.id is None or (reply.exchange.status or 200) >= 400 or reply.status == "failed":
            return
        for name, (least, most) in self.bounds.items():
            value = request.get(name)
            if value is not None and not (type(value) in (int, float) and least <= value <= most):
                yield Wrong(f"/{name}", f"{name} was accepted outside of its bounds", f"{least} to {most}", value)
        metadata = request.get("metadata")
        if isinstance(metadata, dict) and len(metadata) > 16:
            yield Wrong("/metadata", "more than 16 pairs of metadata were accepted", 16, len(metadata))
        for part in parts_of(items_of(request.get("input")), "input_image"):
            value = part.get("image_url")
            uri = value if isinstance(value, str) and value.startswith("data:") and SHORTENED not in value else None
            if uri is not None and (wrong := self._no_picture(uri)):
                yield Wrong("/input", f"{wrong} was accepted as a picture", "a refusal", uri[:40])

    @staticmethod
    def _no_picture(uri: str) -> str | None:
        """What a data URI holds that is no picture of a kind that may be sent; None where it is one."""
        data = unpacked(uri)
        found = type_of(data) if data is not None else None
        if data is None or found not in ("png", "jpeg", "webp", "gif"):
            return f"something of type {found or 'unknown'}"
        if animated(data):
            return "a gif that moves"
        return None if whole(data) else f"a {found} that is cut short"


ANSWER_RULES: Final = (
    LimitHolds(),
    CutIsTold(),
    KnownReason(),
    SchemaIsKept(),
    RefusalHasItsPart(),
    FilterSaysSo(),
    ThinkingIsCounted(),
    NothingIsLeftOut(),
    InvalidIsRefused(),
)
"""Rules of family `sem` about one answer."""
