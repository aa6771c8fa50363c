"""Ways to carry state: how the next turn knows the earlier ones. One class each; pure.

A state may need something done before a turn's first request: a compaction, or a conversation that is opened. It says
with which request, and gets the reply when it carries. Later rounds of one turn (results of tools) need nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from harness.engine.turns.delivery import post
from harness.reply import Reply
from harness.scenario.model import Modes
from harness.wire.exchange import Headers, Request

Items = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Past:
    """A request that created a response: the new input items that were sent, and the reply.

    `window` is what stood for everything before it where that was compacted; None where the earlier ones count.
    `sent` is the whole body. A compaction that a turn asked for is a past too, see `compacted_to`.
    """

    turn: str
    new: Items
    reply: Reply
    window: Items | None = None
    sent: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def compacted_to(cls, turn: str, reply: Reply) -> "Past":
        """A turn after which only the output of this compaction counts."""
        return cls(turn, (), reply, ())


class State(Protocol):
    """One way to carry state."""

    def before(self, base: str, body: Mapping[str, Any], past: Sequence[Past], headers: Headers) -> Request | None:
        """What is to be asked before a turn's first create; None where nothing is. `base` is the API's address."""
        ...

    def carry(
        self, body: Mapping[str, Any], new: Items, past: Sequence[Past], prepared: Reply | None = None
    ) -> dict[str, Any]:
        """The body of the next create: `body` with the input, and whatever makes the earlier turns known.

        `prepared` is the reply to what was asked before.
        """
        ...

    def window(self, prepared: Reply | None) -> Items | None:
        """What stands for everything before the turn from now on; None where the earlier turns do."""
        ...


class _Unprepared:
    """Nothing has to be asked before a turn."""

    def before(self, base: str, body: Mapping[str, Any], past: Sequence[Past], headers: Headers) -> Request | None:
        return None

    def window(self, prepared: Reply | None) -> Items | None:
        return None


class Chained(_Unprepared):
    """By `previous_response_id`; only what is new is sent."""

    def carry(
        self, body: Mapping[str, Any], new: Items, past: Sequence[Past], prepared: Reply | None = None
    ) -> dict[str, Any]:
        return chained(body, new, past)


class Manual(_Unprepared):
    """By the input array: all that was said and answered so far, and then what is new."""

    def carry(
        self, body: Mapping[str, Any], new: Items, past: Sequence[Past], prepared: Reply | None = None
    ) -> dict[str, Any]:
        return {**body, "input": [*replayed(past), *new]}


class Stateless(_Unprepared):
    """As by hand, with nothing stored; reasoning travels encrypted."""

    def carry(
        self, body: Mapping[str, Any], new: Items, past: Sequence[Past], prepared: Reply | None = None
    ) -> dict[str, Any]:
        include = list(body.get("include") or ())
        if ENCRYPTED not in include:
            include.append(ENCRYPTED)
        return {**body, "store": False, "include": include, "input": [*replayed(past), *new]}


class Compacted:
    """By a window: everything so far is sent to be compacted, and what comes back stands before what is new.

    The window is sent as it came, whole. Within a turn nothing is compacted: a call and its result belong together.
    """

    def before(self, base: str, body: Mapping[str, Any], past: Sequence[Past], headers: Headers) -> Request | None:
        if not past or _just_compacted(past):
            return None
        return compaction(base, body, {"input": replayed(past)}, headers)

    def carry(
        self, body: Mapping[str, Any], new: Items, past: Sequence[Past], prepared: Reply | None = None
    ) -> dict[str, Any]:
        earlier = replayed(past) if prepared is None else prepared.output
        return {**body, "input": [*earlier, *new]}

    def window(self, prepared: Reply | None) -> Items | None:
        return None if prepared is None else prepared.output


class CompactedChained(Compacted):
    """By a window as well, but the service is told what to compact by `previous_response_id`.

    The window begins a chain of its own; its id is no response to continue from.
    """

    def before(self, base: str, body: Mapping[str, Any], past: Sequence[Past], headers: Headers) -> Request | None:
        if not past or _just_compacted(past) or past[-1].reply.id is None:
            return None
        return compaction(base, body, {"previous_response_id": past[-1].reply.id}, headers)

    def carry(
        self, body: Mapping[str, Any], new: Items, past: Sequence[Past], prepared: Reply | None = None
    ) -> dict[str, Any]:
        if prepared is None:
            return chained(body, new, past)
        return {**body, "input": [*prepared.output, *new]}


@dataclass(frozen=True, slots=True)
class AutoCompacted(_Unprepared):
    """By the input array; the service compacts by itself above `threshold` tokens.

    Whatever precedes the newest compaction item is dropped: that item stands for it.
    """

    threshold: int | None = None

    def carry(
        self, body: Mapping[str, Any], new: Items, past: Sequence[Past], prepared: Reply | None = None
    ) -> dict[str, Any]:
        asked = [{"type": "compaction", "compact_threshold": self.threshold}]
        return {"context_management": asked, **body, "input": [*pruned(replayed(past)), *new]}


class InConversation:
    """By a conversation object, opened before the first turn; only what is new is sent."""

    def before(self, base: str, body: Mapping[str, Any], past: Sequence[Past], headers: Headers) -> Request | None:
        return None if past or "conversation" in body else post(base + "conversations", {}, headers)

    def carry(
        self, body: Mapping[str, Any], new: Items, past: Sequence[Past], prepared: Reply | None = None
    ) -> dict[str, Any]:
        opened = prepared.id if prepared is not None else _opened(past)
        carried = {**body, "input": list(new)}
        if opened is not None:
            carried.setdefault("conversation", opened)
        return carried

    def window(self, prepared: Reply | None) -> Items | None:
        return None


ENCRYPTED: Final = "reasoning.encrypted_content"


def _just_compacted(past: Sequence[Past]) -> bool:
    """Whether the last turn was a compaction that the scenario asked for."""
    return bool(past) and past[-1].reply.operation == "compact"


def chained(body: Mapping[str, Any], new: Items, past: Sequence[Past]) -> dict[str, Any]:
    """What is new, and the id of the last response where it has one; a compaction's output starts a new chain."""
    if _just_compacted(past):
        return {**body, "input": [*past[-1].reply.output, *new]}
    carried = {**body, "input": list(new)}
    if past and past[-1].reply.id is not None:
        carried.setdefault("previous_response_id", past[-1].reply.id)
    return carried


def replayed(past: Sequence[Past]) -> list[Any]:
    """Every item that counts, input before output, as they went over the wire; from the newest window on."""
    start = next((at for at in range(len(past) - 1, -1, -1) if past[at].window is not None), 0)
    window = past[start].window if past else None
    return [*(window or ()), *(item for each in past[start:] for item in (*each.new, *each.reply.output))]


def pruned(items: Items) -> Items:
    """The items from the newest compaction item on; all of them where there is none."""
    newest = max((n for n, item in enumerate(items) if item.get("type") == "compaction"), default=0)
    return items[newest:]


def _opened(past: Sequence[Past]) -> Any:
    """The conversation that the last request was in, as it was sent."""
    return past[-1].sent.get("conversation") if past else None


COMPACTED: Final = ("model", "instructions", "prompt_cache_key", "service_tier")
"""What of a create's body a compaction takes too."""


def compaction(base: str, body: Mapping[str, Any], what: Mapping[str, Any], headers: Headers) -> Request:
    """POST /responses/compact: what to compact, and from the turn's body what is for it as well."""
    kept = {name: body[name] for name in COMPACTED if name in body}
    return post(base + "responses/compact", {**kept, **what}, headers)


STATES: Final[Mapping[str, State]] = {
    "chained": Chained(),
    "manual": Manual(),
    "stateless": Stateless(),
    "compacted": Compacted(),
    "compacted_chained": CompactedChained(),
    "auto_compacted": AutoCompacted(),
    "conversation": InConversation(),
}


def carried_by(name: str, modes: Modes) -> State:
    """The state of this name, as the scenario's modes want it."""
    return AutoCompacted(modes.compact_threshold) if name == "auto_compacted" else STATES[name]
