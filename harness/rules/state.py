"""Rules of state: those that one reply shows (what was asked comes back, what the next turn needs), and all others."""

from collections.abc import Iterator
from typing import Any, Final

from harness.protocol.spans import Path, at_path
from harness.reply import Reply
from harness.rules.base import ReadingRule, Rule
from harness.rules.containers import CONTAINER_RULES
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.state_background import BACKGROUND_RULES
from harness.rules.state_chain import CHAIN_RULES
from harness.rules.state_compaction import COMPACTION_RULES
from harness.rules.state_listing import LISTING_RULES
from harness.rules.state_sealed import SEALED_RULES
from harness.rules.state_stored import STORED_RULES

ENCRYPTED: Final = "reasoning.encrypted_content"


class EchoedAsSent(ReplyRule):
    """Settings of the request come back in the response as they were sent.

    A setting that comes back otherwise was not obeyed, or was lost on the way: a follow-up to another response, a
    temperature that nobody asked for. Compared is only what every recording repeats unchanged; model, tools, schemas
    and automatic choices are filled in or normalised by real services and left alone.

    Shown by defects B02 and B62.
    """

    name = "state.echo_mismatch"

    plain: Final[tuple[Path, ...]] = (
        ("previous_response_id",),
        ("store",),
        ("background",),
        ("max_output_tokens",),
        ("temperature",),
        ("top_p",),
        ("truncation",),
        ("metadata",),
        ("prompt_cache_key",),
        ("tool_choice",),
        ("parallel_tool_calls",),
        ("instructions",),
        ("reasoning", "effort"),
        ("text", "verbosity"),
        ("text", "format", "type"),
        ("text", "format", "name"),
        ("text", "format", "strict"),
    )

    def concerns(self, reply: Reply) -> bool:
        response = reply.response or {}
        return reply.operation == "create" and reply.request is not None and response.get("object") == "response"

    def look(self, reply: Reply) -> Iterator[Wrong]:
        request, response = reply.request or {}, reply.response or {}
        for path in self.plain:
            sent = at_path(request, path)
            if sent is None or sent == "" or not _told(response, path):
                continue
            told = at_path(response, path)
            if not _same(sent, told):
                yield self._wrong(path, sent, told)
        tier = request.get("service_tier")
        if tier not in (None, "auto") and "service_tier" in response and response["service_tier"] != tier:
            yield self._wrong(("service_tier",), tier, response["service_tier"])
        conversation = request.get("conversation")
        wanted = conversation.get("id") if isinstance(conversation, dict) else conversation
        told = at_path(response, ("conversation", "id"))
        if wanted is not None and told != wanted:
            yield self._wrong(("conversation", "id"), wanted, told)
        if "previous_response_id" in response and not request.get("previous_response_id"):
            told = response["previous_response_id"]
            if told is not None and wanted is None:
                yield self._wrong(("previous_response_id",), None, told)

    @staticmethod
    def _wrong(path: Path, sent: Any, told: Any) -> Wrong:
        name = ".".join(map(str, path))
        return Wrong("/" + "/".join(map(str, path)), f"{name} came back otherwise than it was sent", sent, told)


def _told(response: dict[str, Any], path: Path) -> bool:
    """Whether the response has the field at all: an older one is not to blame for a newer field."""
    around = at_path(response, path[:-1]) if path[1:] else response
    return isinstance(around, dict) and path[-1] in around


def _same(sent: Any, told: Any) -> bool:
    if isinstance(sent, bool) or isinstance(told, bool):
        return sent is told
    if isinstance(sent, dict) and isinstance(told, dict):
        return all(_same(value, told.get(name)) for name, value in sent.items() if value is not None)
    return bool(sent == told)


class ReasoningEncrypted(ReplyRule):
    """Reasoning comes with its encrypted content where the request asked for it.

    Without storage it is the only way to carry reasoning into the next turn; a reasoning item without it is refused
    there, or answered without having been thought through. Its value is never compared: it is encrypted anew each time.

    Shown by defects A97 and B32.
    """

    name = "state.reasoning_not_encrypted"

    def concerns(self, reply: Reply) -> bool:
        include = (reply.request or {}).get("include")
        asked = isinstance(include, list) and ENCRYPTED in include
        return asked and reply.status in ("completed", "incomplete") and bool(self._thoughts(reply))

    @staticmethod
    def _thoughts(reply: Reply) -> list[tuple[int, dict[str, Any]]]:
        return [(index, item) for index, item in enumerate(reply.output) if item.get("type") == "reasoning"]

    def look(self, reply: Reply) -> Iterator[Wrong]:
        for index, item in self._thoughts(reply):
            sealed = item.get("encrypted_content")
            if not isinstance(sealed, str) or not sealed:
                message = "the request asked for encrypted reasoning, the item has none"
                yield Wrong(f"/output/{index}/encrypted_content", message, "a text", sealed)


class EncryptedFromTheStart(ReadingRule):
    """A reasoning item that is closed with encrypted content was announced with some.

    The first one is a short stand-in. Every recording of OpenAI and Azure has it; nothing promises it.

    Shown by row REA-10 of the grammar.
    """

    name = "state.encrypted_late"
    touches = ("response.output_item.done",)


STATE_RULES: Final[tuple[Rule, ...]] = (
    EchoedAsSent(),
    ReasoningEncrypted(),
    EncryptedFromTheStart(),
    *CHAIN_RULES,
    *STORED_RULES,
    *BACKGROUND_RULES,
    *LISTING_RULES,
    *SEALED_RULES,
    *COMPACTION_RULES,
    *CONTAINER_RULES,
)
