"""Reading a stream: bytes → frames → strict JSON → the checker, and every finding with its place on the wire.

Each event is looked at once and not kept: what a reply is asked for later can be had from the bytes again.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.findings import Finding
from harness.protocol.stream import StreamChecker
from harness.reading.collected import Findings
from harness.wire.sse import Frame, batches
from harness.wire.strict_json import NotStrict, decode

TERMINALS: Final = ("response.completed", "response.incomplete", "response.failed")
DONE: Final = b"[DONE]"

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DATA: Final = re.compile(rb"(?<![^\r\n])data(?:: ?|(?=[\r\n]))")
_UNUSUAL: Final[Mapping[str, str]] = {
    "bom": "a byte-order mark",
    "id": "an id: line",
    "retry": "a retry: line",
    "bad_retry": "a retry: line without a number",
    "nul_in_id": "an id with NUL in it",
    "many_data": "an event spread over several data: lines",
    "unknown_field": "a line of an unknown field",
    "no_data": "a block without data",
    "done": "[DONE] after the last event",
}


class StreamReading:
    """One stream, read to its end when it is made.

    `offsets`: where each frame begins. `seen`: how many events of each type; `first`: the frame of the first of
    them. `snapshot`: the response of the terminal event, `error`: the first `error` event. `terminal`: the type of
    the terminal event, or None. `ragged`: what to say of a last frame without its end: nothing where the transport
    broke in its own way.
    """

    def __init__(self, body: bytes, checker: StreamChecker, findings: Findings, *, ragged: bool = True) -> None:
        self.offsets = array("q")
        self.seen: dict[str, int] = {}
        self.first: dict[str, int] = {}
        self.snapshot: dict[str, Any] | None = None
        self.error: dict[str, Any] | None = None
        self.terminal: str | None = None
        self.stopped = False  # at a limit
        self._body = body
        self._checker = checker
        self._findings = findings
        self._ragged = ragged
        self._unfed: list[int] = []  # frames that the checker was not told of
        self._fed: list[int] = []  # for each of them, how many it had been told of
        self._unusual: set[str] = set()
        self._done: int | None = None  # the frame of [DONE]
        self._typeless = 0
        self._half: tuple[int, int] | None = None  # frame and byte of half a surrogate pair, not in a delta
        self._halves: list[tuple[int, int, bool]] = []  # the same in deltas, and whether the delta ends with it
        self._read()

    def finish(self, *, whole: bool) -> None:
        """Tells the checker that the stream is over. `whole`: the transport brought all there was."""
        self._place(self._checker.finish(cut=self.stopped or not whole), None)
        if self._half and not self._findings.has("wire.lone_surrogate"):
            event, offset = self._half
            self._findings.add("wire.lone_surrogate", "half a surrogate pair in a string", event=event, offset=offset)
        if self._done is not None and self.terminal and not self._findings.has("wire.done_sentinel_early"):
            self._say_unusual("done", self._done, self.offsets[self._done])

    @property
    def events(self) -> int:
        """How many frames held a JSON object."""
        return sum(self.seen.values()) + self._typeless

    def offset_of(self, event: int | None) -> int | None:
        """The byte at which a frame begins, or None."""
        return self.offsets[event] if event is not None and 0 <= event < len(self.offsets) else None

    def _read(self) -> None:
        """The hot loop: what is usual about an event costs next to nothing here, the rest is told elsewhere."""
        feed, seen, note = self._checker.feed, self.seen, self.offsets.append
        index = -1
        for batch in batches(self._body):
            for frame in batch:
                index += 1
                name, data, offset, _, _, oddities, _, _ = frame
                note(offset)
                if (oddities or data is None) and not self._readable(index, frame):
                    continue
                try:
                    event = decode(data)  # type: ignore[arg-type]
                except NotStrict as refusal:
                    event = self._refused(index, frame, refusal)
                if event.__class__ is not dict:
                    self._not_an_event(index, offset, event)
                    continue
                type_: Any = event.get("type")
                if type_ != name:
                    self._misnamed(index, offset, name, type_)
                try:
                    seen[type_] += 1
                except (KeyError, TypeError):
                    self._first(index, type_, event)
                found = feed(event)
                if found:
                    self._place(found, index)
        self._early_done()

    def _first(self, index: int, type_: object, event: dict[str, Any]) -> None:
        """The first event of a type, or one without a type."""
        if not isinstance(type_, str):
            self._typeless += 1
            return
        self.seen[type_] = 1
        self.first[type_] = index
        if type_ == "error":
            self.error = event
        elif type_ in TERMINALS and self.terminal is None:
            self.terminal = type_
            response = event.get("response")
            self.snapshot = response if isinstance(response, dict) else None

    def _misnamed(self, index: int, offset: int, name: str | None, type_: object) -> None:
        if name is None:
            if not self._findings.has("wire.event_name_missing"):
                message = "a frame without an event: line"
                self._findings.add("wire.event_name_missing", message, event=index, offset=offset, expected=type_)
        elif isinstance(type_, str):
            message = "the event: line names another type than the event"
            self._add("wire.event_name_mismatch", message, index, offset, expected=type_, actual=name)

    def _readable(self, index: int, frame: Frame) -> bool:
        """Whether a frame that is unusual still holds an event; says what is unusual, and what is wrong."""
        kinds = {oddity.kind: oddity for oddity in reversed(frame.oddities)}
        if "unterminated" in kinds:
            self._unended(index, frame)
            return False
        for kind in ("too_large", "too_many"):
            if kind in kinds:
                self._add("wire.too_large", kinds[kind].detail, index, frame.offset)
                self.stopped = self.stopped or kind == "too_many"
                self._checker.skip()
                return False
        if "bad_utf8" in kinds:
            self._add("wire.bad_utf8", "not UTF-8", index, kinds["bad_utf8"].offset)
            self._checker.skip()
            return False
        merged = "many_event" in kinds  # two events whose blank line is missing
        for kind in kinds:
            meant = (kind == "unknown_field" and frame.data is None) or (kind == "many_data" and merged)
            if kind in _UNUSUAL and not meant:
                self._say_unusual(kind, index, kinds[kind].offset)
        if frame.data is not None:
            return True
        if "unknown_field" in kinds:
            odd = kinds["unknown_field"]
            message = "a block without data, but with a line of an unknown field"
            self._add("wire.unknown_field", message, index, odd.offset, expected="data", actual=odd.detail)
            self._checker.skip(numbered=False)
        else:
            self._leave_out(index)
            if frame.event is not None:
                self._say_unusual("no_data", index, frame.offset)
        return False

    def _unended(self, index: int, frame: Frame) -> None:
        self._leave_out(index)
        if (frame.data or b"").strip() == DONE:
            self._done = index
        elif self._ragged:
            message = "the body ends within an event: the blank line is missing"
            self._add("wire.unterminated_event", message, index, frame.offset)

    def _refused(self, index: int, frame: Frame, refusal: NotStrict) -> Any:
        """The event of a payload that is not strict JSON where it can be read all the same, or None."""
        assert frame.data is not None
        at = self._byte_of(frame, frame.data, refusal.position)
        if refusal.kind == "lone_surrogate" and isinstance(refusal.value, dict):
            event = refusal.value
            delta = event.get("delta")
            if str(event.get("type")).endswith(".delta") and isinstance(delta, str) and _SURROGATE.search(delta):
                self._note_half(index, at, delta)
            else:
                self._half = self._half or (index, at)
            return event
        if frame.data.strip().startswith(DONE):
            self._done = index if self._done is None else self._done
            self._leave_out(index)
            return _Done
        message = f"{refusal.detail} (byte {refusal.position} of the payload)"
        self._add(f"wire.{refusal.kind}", message, index, at, actual=_excerpt(frame.data, refusal.position))
        for _ in range(max(1, _lines_of(frame, "many_event"))):
            self._checker.skip()
        return _Done

    def _note_half(self, index: int, at: int, delta: str) -> None:
        """A delta with half a pair: the other half may be in the one before."""
        if self._halves and self._halves[-1][2] and "\udc00" <= delta[0] <= "\udfff":
            self._halves.pop()
        else:
            self._halves.append((index, at, "\ud800" <= delta[-1] <= "\udbff"))

    def _byte_of(self, frame: Frame, data: bytes, position: int) -> int:
        """Where a byte of a frame's data stands in the body: the data may have come on several lines."""
        line = data.count(b"\n", 0, position)
        starts = _DATA.finditer(self._body, frame.offset, frame.end)
        start = next((found.end() for n, found in enumerate(starts) if n == line), frame.offset)
        return start + position - (data.rfind(b"\n", 0, position) + 1)

    def _not_an_event(self, index: int, offset: int, value: object) -> None:
        if value is _Done:
            return
        self._add("wire.not_object", "the payload is no JSON object", index, offset, actual=value)
        self._checker.skip()

    def _early_done(self) -> None:
        done = self._done
        if done is None:
            return
        after = len(self.offsets) - 1 - done - sum(1 for index in self._unfed if index > done)
        if after:
            message = f"[DONE], but {after} more events follow"
            self._add("wire.done_sentinel_early", message, done, self.offsets[done])

    def _place(self, found: Sequence[Finding], index: int | None) -> None:
        """The checker's findings at their frames: nearly always the one that was just fed."""
        for finding in found:
            if finding.rule == "wire.lone_surrogate" and self._halves:  # known to stand earlier than it was missed
                event, offset, _ = self._halves[0]
                self._findings.place(finding, event, offset)
                continue
            at = index if finding.wire.event is None else self._frame_of(finding.wire.event)
            self._findings.place(finding, at, self.offset_of(at))

    def _leave_out(self, index: int) -> None:
        self._fed.append(index - len(self._unfed))
        self._unfed.append(index)

    def _frame_of(self, fed: int) -> int:
        """The frame of the n-th event that the checker was told of, from 0."""
        return fed + bisect_right(self._fed, fed)

    def _say_unusual(self, kind: str, index: int, offset: int) -> None:
        if kind not in self._unusual:
            self._unusual.add(kind)
            self._add("wire.unusual_framing", f"legal, but not as documented: {_UNUSUAL[kind]}", index, offset)

    def _add(self, rule: str, message: str, index: int, offset: int, **values: object) -> None:
        self._findings.add(rule, message, event=index, offset=offset, **values)  # type: ignore[arg-type]


_Done: Final = object()  # what stands for a payload that was dealt with


def _lines_of(frame: Frame, kind: str) -> int:
    odd = frame.odd(kind)
    return int(odd.detail.partition(" ")[0]) if odd else 0


def _excerpt(data: bytes, position: int) -> str:
    """The bytes around a position, with what is no ASCII escaped."""
    return data[max(0, position - 20) : position + 20].decode("ascii", "backslashreplace")
