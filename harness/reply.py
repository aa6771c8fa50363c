"""One exchange as a reply of the Responses API: what came, in every form that rules and expectations look at.

Everything is read when it is first asked for, from the exchange's bytes alone, and no bytes can make it raise.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from harness.findings import Finding, Level, OnWire
from harness.protocol.profiles import CORE, Profile
from harness.reading.envelope import Form
from harness.reading.exchange import ExchangeReading
from harness.reading.joined import joined as joined_exchange
from harness.reading.tag import unechoed
from harness.wire.exchange import Exchange
from harness.wire.sse import Frame, frames


class Reply:
    """What one exchange says, lazily; `index` counts the exchanges of a case from 0.

    `profile` gives the findings of reading it their levels.
    """

    def __init__(self, exchange: Exchange, index: int = 0, *, profile: Profile = CORE) -> None:
        self.exchange = exchange
        self.index = index
        self.profile = profile

    @cached_property
    def _read(self) -> ExchangeReading:
        return ExchangeReading(self.exchange, self.index, self.profile)

    @property
    def operation(self) -> str:
        """create, retrieve, delete, cancel, input_items, compact, input_tokens, or other."""
        return self._read.operation

    @property
    def request(self) -> dict[str, Any] | None:
        """The request's JSON body, or None where it had none."""
        return self._read.asked.body

    @property
    def streamed(self) -> bool:
        """Whether the body is read as a stream of events."""
        return self._read.stream is not None

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """The frames of a streamed body with their times; none where it was not streamed."""
        return tuple(frames(self.exchange.body, self.exchange.arrivals)) if self.streamed else ()

    @cached_property
    def events(self) -> tuple[dict[str, Any], ...]:
        """The events of the frames, in order; frames that hold no JSON object are left out."""
        return tuple(self._read.events()) if self.streamed else ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the envelope, framing, JSON, order and shape, in the order in which it was seen."""
        return tuple(self._read.collected.all)

    @property
    def seen(self) -> Mapping[str, int]:
        """How many events of each type came."""
        return self._read.stream.seen if self._read.stream else {}

    @property
    def event_count(self) -> int:
        """How many events came."""
        return self._read.stream.events if self._read.stream else 0

    def offset_of(self, event: int | None) -> int | None:
        """The byte at which a frame begins, or None where there is no such frame."""
        return self._read.stream.offset_of(event) if self._read.stream else None

    @property
    def folded(self) -> dict[str, Any] | None:
        """The response that the events spell, without the word of the terminal event; None where not streamed."""
        return self._read.checker.fold.response if self._read.checker else None

    @cached_property
    def response(self) -> dict[str, Any] | None:
        """The terminal event's response, or the folded one where none came; a plain reply's JSON object.

        It is without the mark of the run that asked, see `harness.reading.tag`.
        """
        read = self._read
        found: Any = None
        if read.stream:
            found = read.stream.snapshot if read.stream.snapshot is not None else self.folded
        elif read.form is Form.JSON and not read.refused:
            found = read.value
        return unechoed(found) if isinstance(found, dict) else None

    @cached_property
    def error(self) -> dict[str, Any] | None:
        """The error of an HTTP error, of an `error` event or of a failed response, or None.

        Keys `status` (of HTTP), `code`, `type`, `param` and `message`, each None where it was not told.
        """
        status, read = self.exchange.status, self._read
        if read.form is Form.ERROR or (not read.stream and read.refused):
            body = read.value if isinstance(read.value, dict) else {}
            return _error(status, body.get("error", body))
        if read.stream and read.stream.error is not None:
            event = read.stream.error
            return _error(status, event["error"] if event.get("error") else {**event, "type": None})
        failed = (self.response or {}).get("error")
        return _error(status, failed) if isinstance(failed, dict) else None

    def _of(self, name: str, kind: type) -> Any:
        value = (self.response or {}).get(name)
        return value if isinstance(value, kind) else None

    @property
    def id(self) -> str | None:
        """The response's id."""
        found: str | None = self._of("id", str)
        return found

    @property
    def status(self) -> str | None:
        """The response's status."""
        found: str | None = self._of("status", str)
        return found

    @property
    def model(self) -> str | None:
        """The model that the response names."""
        found: str | None = self._of("model", str)
        return found

    @property
    def usage(self) -> dict[str, Any] | None:
        """The response's usage."""
        found: dict[str, Any] | None = self._of("usage", dict)
        return found

    @cached_property
    def output(self) -> list[dict[str, Any]]:
        """The response's output items; those streamed, where the last event repeats none of them."""
        items = self._of("output", list) or (self.folded or {}).get("output")
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    def _parts(self, type_: str, field: str) -> list[str]:
        """A field of all parts of a type of all messages, where it is a text."""
        contents = [item.get("content") for item in self.output if item.get("type") == "message"]
        parts = [part for content in contents if isinstance(content, list) for part in content]
        fields = [part.get(field) for part in parts if isinstance(part, dict) and part.get("type") == type_]
        return [field for field in fields if isinstance(field, str)]

    @cached_property
    def text(self) -> str:
        """The joined text of all messages."""
        return "".join(self._parts("output_text", "text"))

    @cached_property
    def refusal(self) -> str | None:
        """The joined refusals of all messages, or None where nothing was refused."""
        parts = self._parts("refusal", "refusal")
        return "".join(parts) if parts else None

    # When it came, in seconds since the request began

    @cached_property
    def _times(self) -> list[float]:
        return [frame.at for frame in self.frames if frame.data is not None and frame.at is not None]

    @property
    def first_event_at(self) -> float | None:
        """When the first event was complete."""
        return self._times[0] if self._times else None

    @property
    def first_token_at(self) -> float | None:
        """When the first delta was complete."""
        return self._read.at(self._read.first_delta)

    @property
    def longest_gap(self) -> float | None:
        """The longest time between two events that follow one another."""
        return max((later - earlier for earlier, later in pairwise(self._times)), default=None)


def _error(status: int | None, told: object) -> dict[str, Any]:
    """An error's fields as they were told."""
    fields = told if isinstance(told, dict) else {"message": told} if isinstance(told, str) else {}
    return {"status": status, **{name: fields.get(name) for name in ("code", "type", "param", "message")}}


class JoinedReply(Reply):
    """A stream that came in two parts, read as one; its findings stand in the part in which they are.

    `parts` are the replies as they came.
    """

    def __init__(self, first: Reply, second: Reply) -> None:
        exchange, self._size, self._count = joined_exchange(first.exchange, second.exchange)
        super().__init__(exchange, second.index, profile=second.profile)
        self.parts = (first, second)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the whole and not with a part alone, placed in the parts.

        Nothing where a part is wrong already: the whole would say the same once more, in other words.
        """
        said = [found for part in self.parts for found in part.findings]
        if any(found.level is Level.ERROR for found in said):
            return ()
        known = {found.rule for found in said}
        news = (found for found in super().findings if found.rule not in known)
        return tuple(replace(found, wire=self._part(found.wire)) for found in news)

    def _part(self, wire: OnWire) -> OnWire:
        if wire.event is None and wire.offset is None:
            return wire
        in_first = wire.event < self._count if wire.event is not None else (wire.offset or 0) < self._size
        if in_first:
            return replace(wire, exchange=self.parts[0].index)
        event = None if wire.event is None else wire.event - self._count
        return replace(wire, event=event, offset=None if wire.offset is None else wire.offset - self._size)


def joined(first: Reply, second: Reply) -> Reply:
    """Two parts of one stream as one reply; the second part alone where it is no stream to go on with."""
    return JoinedReply(first, second) if second.streamed else second
