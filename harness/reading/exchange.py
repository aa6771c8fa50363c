"""Reading an exchange: its envelope, then its body as what it is, and how it ended."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from harness.protocol.profiles import Profile
from harness.protocol.shape import check_response
from harness.protocol.stream import StreamChecker
from harness.reading.asked import Asked
from harness.reading.collected import Findings
from harness.reading.envelope import Form, Trouble, envelope
from harness.reading.stream import StreamReading
from harness.wire.exchange import Exchange, How
from harness.wire.sse import batches
from harness.wire.strict_json import NotStrict, decode, looks_like_json

_OF_A_RESPONSE: Final = ("create", "retrieve", "cancel")
_TORN: Final = (How.CUT, How.BAD_CLOSE)
_BURST: Final = 20
"""Events that a proxy lets go at once, and `_WITHIN` how many seconds."""
_WITHIN: Final = 0.010
_LATE: Final = 0.9
"""The part of a turn's time after which the first delta is late."""
_TELLING: Final = 0.2
"""Seconds that a turn must last to tell a burst from a service that is simply fast."""


class ExchangeReading:
    """One exchange, read to its end when it is made.

    `form`: as what its body was read. `stream`: the reading of the stream and `checker` its judge, None where it
    was none. `collected`: every finding.
    """

    def __init__(self, exchange: Exchange, index: int, profile: Profile) -> None:
        self._exchange = exchange
        self._profile = profile
        self.asked = Asked(exchange.request)
        told = None if self.asked.known or not looks_like_json(exchange.body) else self.value
        self.operation = self.asked.operation(told)
        self.collected = Findings(index, profile)
        self.stream: StreamReading | None = None
        self.checker: StreamChecker | None = None
        look = envelope(exchange, self.operation, self.asked.streamed)
        self.form, self._whole = look.form, look.whole
        if look.form is Form.STREAM:
            self._read_stream(look.troubles)
            return
        for trouble in look.troubles:
            self._add(trouble)
        if look.form is Form.JSON:
            self._judge_json()

    @cached_property
    def _parsed(self) -> tuple[Any, NotStrict | None]:
        try:
            return decode(self._exchange.body), None
        except NotStrict as refusal:
            return refusal.value, refusal

    @property
    def value(self) -> Any:
        """The body as JSON, None where it is none."""
        return self._parsed[0]

    @property
    def refused(self) -> bool:
        """Whether the body is an error object where an answer should be."""
        value = self.value
        return isinstance(value, dict) and isinstance(value.get("error"), dict) and value.get("object") != "response"

    def events(self) -> Iterator[dict[str, Any]]:
        """The events of the body, read once more."""
        for batch in batches(self._exchange.body):
            for frame in batch:
                if frame.data is None or frame.odd("unterminated"):
                    continue
                try:
                    event = decode(frame.data)
                except NotStrict as refusal:
                    event = refusal.value
                if isinstance(event, dict):
                    yield event

    def at(self, event: int | None) -> float | None:
        """When a frame of the stream was complete, in seconds since the request began."""
        if self.stream is None or event is None or event >= len(self.stream.offsets):
            return None
        end = self.stream.offset_of(event + 1) or len(self._exchange.body)
        chunk = bisect_left(self._exchange.arrivals, end, key=lambda arrival: arrival.offset) - 1
        return self._exchange.arrivals[chunk].at if chunk >= 0 else None

    @property
    def first_delta(self) -> int | None:
        """The frame of the first delta, or None."""
        first = self.stream.first if self.stream else {}
        return min((index for type_, index in first.items() if type_.endswith(".delta")), default=None)

    def _read_stream(self, troubles: tuple[Trouble, ...]) -> None:
        for trouble in troubles:
            if not trouble.rule.startswith("avail."):
                self._add(trouble)
        self.checker = StreamChecker(self._profile, resumed_after=self._resumed_after(), request=self.asked.body)
        ragged = self._whole or self._exchange.ending.how in _TORN
        self.stream = StreamReading(self._exchange.body, self.checker, self.collected, ragged=ragged)
        over = self.stream.terminal is not None or self.stream.error is not None
        self._judge_end([trouble for trouble in troubles if trouble.rule.startswith("avail.")], over)
        self.stream.finish(whole=self._whole)
        if self._exchange.ending.how is How.CLOSED and not over and not self.stream.stopped:
            message = "the body had no length and no chunks: its end and a cut look the same"
            self.collected.add("wire.close_delimited", message)
        self._look_for_a_burst()

    def _resumed_after(self) -> int | None:
        """The number after which the stream was resumed, or None for a fresh one.

        Where there is no request to tell, a stream is taken to be resumed if it begins later than a fresh one that
        lost its first event would.
        """
        if self.asked.known:
            return self.asked.starting_after
        first = next((event for event in self.events() if isinstance(event.get("type"), str)), {})
        number, type_ = first.get("sequence_number"), first.get("type")
        if type_ == "response.created" or (number == 1 and type_ in ("response.queued", "response.in_progress")):
            return None
        return number - 1 if isinstance(number, int) and number > 0 else None

    def _judge_end(self, ended: list[Trouble], over: bool) -> None:
        """What the ending says of a stream: less, once its last event is there."""
        ending = self._exchange.ending
        if over and (ended or ending.how in _TORN):
            self._bad_close("the last event came")
        elif ending.how in _TORN:
            message = "the connection ended before the stream did"
            self.collected.add("avail.stream_cut", message, actual=ending.detail or None)
        else:
            for trouble in ended:
                self._add(trouble)

    def _judge_json(self) -> None:
        refusal = self._parsed[1]
        torn = self._exchange.ending.how in _TORN
        if torn and refusal is not None and refusal.value is None:
            message = "the connection ended before the body did"
            self.collected.add("avail.body_cut", message, actual=self._exchange.ending.detail or None)
            return
        if torn:
            self._bad_close("the body is complete")
        elif not self._whole:
            return
        if refusal is not None:
            at = refusal.position
            near = self._exchange.body[max(0, at - 20) : at + 20].decode("ascii", "backslashreplace")
            self.collected.add(f"wire.{refusal.kind}", refusal.detail, offset=at, actual=near)
            if refusal.value is None:
                return
        if self.operation != "other":
            self._judge_value(self.value)

    def _judge_value(self, value: Any) -> None:
        if not isinstance(value, dict):
            self.collected.add("wire.not_object", "the body is no JSON object", actual=type(value).__name__)
        elif self.refused and self._exchange.head is None:
            return  # an error that was recorded without its status
        elif self.refused:
            message = "status 200, but an error object instead of an answer"
            self.collected.add("wire.bad_status", message, pointer="/error", actual=value["error"])
        elif self.operation in _OF_A_RESPONSE:
            for finding in check_response(value, self._profile):
                self.collected.place(finding, None, None)

    def _bad_close(self, seen: str) -> None:
        ending = self._exchange.ending
        message = f"{seen}, but the connection did not end as HTTP ends: {ending.how}"
        self.collected.add("wire.bad_close", message, actual=ending.detail or None)

    def _look_for_a_burst(self) -> None:
        """A proxy that holds a stream back lets it go in one burst at the end."""
        delta, ended_at = self.first_delta, self._exchange.ended_at
        if self.stream is None or delta is None or len(self.stream.offsets) - delta < _BURST or ended_at < _TELLING:
            return
        first, last = self.at(delta), self.at(delta + _BURST - 1)
        if first is not None and last is not None and first >= _LATE * ended_at and last - first <= _WITHIN:
            message = f"{_BURST} events came within {_WITHIN * 1000:g} ms at the end of the turn"
            offset = self.stream.offset_of(delta)
            self.collected.add("wire.buffered", message, event=delta, offset=offset, actual=first)

    def _add(self, trouble: Trouble) -> None:
        self.collected.add(trouble.rule, trouble.message, expected=trouble.expected, actual=trouble.actual)
