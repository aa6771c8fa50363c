"""The numbering of a stream's events: each `sequence_number` is the one before plus one."""

from collections.abc import Iterator
from typing import Any

from harness.findings import Level
from harness.protocol.notes import Notes
from harness.protocol.vocabulary import json_type

Numbered = tuple[int, dict[str, Any]]
"""An event and where it stood in the stream."""


class Numbers:
    """Watches the numbers and puts two events that changed places back in order.

    An event that comes too early is held until the next one is there: if that is the missing one, the two had only
    changed places (`order.seq_back`) and everything else is judged in their true order; if not, something is missing
    (`order.seq_gap`) and both go on as they came. After any fault the number seen is the new count.
    """

    def __init__(self, notes: Notes, resumed_after: int | None) -> None:
        self._notes = notes
        self._resumed_after = resumed_after
        self.next = 0 if resumed_after is None else resumed_after + 1
        self._also: int | None = None  # after a fault: every number from `next` to this one is fine
        self._held: Numbered | None = None
        self.last: dict[str, Any] | None = None
        self._bare: list[int] = []  # events without a number
        self.steady = False  # all is well: an event that carries `next` needs no second look
        self._numbered = False
        self._unread = False
        self._faulty = ""  # the code found at the event before: a run of one fault is one finding

    def admit(self, event: dict[str, Any]) -> Iterator[Numbered]:
        """The events that may now be judged, in the order of their numbers: none, one or two."""
        yield from self._admit(self._notes.at, event)
        self.steady = self._numbered and self._held is None and not self._unread and not self._faulty and not self._also

    def _admit(self, at: int, event: dict[str, Any]) -> Iterator[Numbered]:
        if "sequence_number" not in event:
            yield from self.release()
            yield from self._unnumbered(at, event)
            return
        number = event["sequence_number"]
        if type(number) is not int:
            yield from self.release()
            self._fault("wire.bad_type", "a sequence_number is an integer", "integer", json_type(number))
            self._also = self.next + 1
            yield at, event
            return
        if not self._numbered:
            self._numbered = True
            if self._bare:
                self._also = number
                self._fault("order.seq_missing", "an event has no number, others do", event=self._bare[0])
        yield from self._place(at, number, event)

    def _unnumbered(self, at: int, event: dict[str, Any]) -> Iterator[Numbered]:
        if self._numbered:
            self._fault("order.seq_missing", "an event has no number, others do")
            self._also = (self._also or self.next) + 1
        else:
            self._bare.append(at)
        yield at, event

    def _place(self, at: int, number: int, event: dict[str, Any]) -> Iterator[Numbered]:
        if self._held is not None and number == self.next:
            early_at, early = self._held
            self._held = None
            self._report("order.seq_back", "an event came after the one that follows it", number + 1, number)
            self._follow(event)
            yield at, event
            self._follow(early)
            yield early_at, early
            return
        yield from self.release()
        if self.next <= number <= (self._also or self.next):
            self._faulty = ""
        elif number > self.next and not self._unread:
            if self._starts_resumed:
                self._fault("order.resume_gap", "the resumed stream starts too late", self.next, number)
            elif self._faulty != "order.seq_gap":
                self._held = at, event
                return
        elif number < self.next:
            if self._starts_resumed:
                self._fault("order.resume_duplicate", "the resumed stream repeats what was had", self.next, number)
            elif number == self.next - 1:
                self._fault("order.seq_repeat", "a number was used twice", self.next, number)
                if event == self.last:
                    return
            else:
                self._fault("order.seq_back", "an event came after one with a higher number", self.next, number)
                resume_at, self.next = self.next, number
                self._follow(event)
                self._also = resume_at
                yield at, event
                return
        self._follow(event)
        yield at, event

    @property
    def _starts_resumed(self) -> bool:
        return self._resumed_after is not None and self.last is None

    def _follow(self, event: dict[str, Any]) -> None:
        self.next = event["sequence_number"] + 1
        self._also = None
        self._unread = False
        self.last = event

    def skip(self) -> Iterator[Numbered]:
        """An event could not be read: whatever number it had is not missing."""
        yield from self.release()
        self._unread, self.steady = True, False

    def release(self) -> Iterator[Numbered]:
        """The event that was held, now that nothing will fill the gap before it."""
        if self._held is None:
            return
        at, event = self._held
        self._held = None
        number = event["sequence_number"]
        if self.last is None and not self._bare:
            self._report("order.seq_start", "a fresh stream is numbered from 0", 0, number, event=at)
        else:
            self._report("order.seq_gap", "numbers are missing before this event", self.next, number, event=at)
            self._faulty = "order.seq_gap"
        self._follow(event)
        yield at, event

    def finish(self, created_at: object) -> None:
        """Judges a stream without any number: fine in recordings of before June 2025, when there were none."""
        if self._numbered or not self._bare:
            return
        modern = type(created_at) in (int, float) and created_at >= NUMBERED_SINCE  # type: ignore[operator]
        if modern:
            self._notes.report("order.seq_missing", "no event has a sequence_number", event=self._bare[0])
        else:
            note = "no event has a sequence_number, as before June 2025"
            self._notes.report("order.seq_absent", note, event=self._bare[0], level=Level.NOTE)

    def _fault(
        self, code: str, message: str, expected: object = None, actual: object = None, event: int | None = None
    ) -> None:
        if self._faulty != code:
            self._report(code, message, expected, actual, event=event)
        self._faulty = code

    def _report(self, code: str, message: str, expected: object, actual: object, *, event: int | None = None) -> None:
        pointer = "/sequence_number"
        self._notes.report(code, message, pointer, expected=expected, actual=actual, event=event)


NUMBERED_SINCE = 1_748_736_000
"""2025-06-01T00:00:00Z: from then on every recorded stream is numbered."""
