"""Rules of requests that must be refused: too long ones, and those out of bounds."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.protocol.spans import at_path
from harness.reply import Reply
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.pictures import SHORTENED, animated, type_of, unpacked, whole
from harness.rules.sem_media import parts_of
from harness.rules.story import items_of


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
        words, told = self._words(reply.request or {}), at_path(reply.usage, ("input_tokens",))
        counted = told if type(told) is int else None
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


REQUEST_RULES: Final = (NothingIsLeftOut(), InvalidIsRefused())
"""Rules of family `sem` about what must be refused."""
