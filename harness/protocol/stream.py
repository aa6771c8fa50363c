"""The judge of a stream of events: fed events one by one, it answers findings. No I/O and no clock.

The grammar that it walks over, and the essay on it, is `harness.protocol.grammar`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.findings import Finding, Level
from harness.protocol import final
from harness.protocol.course import Course
from harness.protocol.fold import Fold
from harness.protocol.grammar import GRAMMAR, Move, Step
from harness.protocol.hosted import Hosted
from harness.protocol.inside import Inside
from harness.protocol.notes import NOTHING, Notes
from harness.protocol.numbers import Numbers
from harness.protocol.output import Output
from harness.protocol.parts import Parts
from harness.protocol.profiles import CORE, Profile
from harness.protocol.shape import check_snapshot
from harness.protocol.vocabulary import EVENTS, json_type, names_of

Event = dict[str, Any]
Handler = Callable[[Event, Step], None]


class StreamChecker:
    """Judges a stream of events as they come; live, recorded or mocked, it cannot tell which.

    It never raises on any JSON object; it reports, finds its feet again and goes on. `wire.event` of a finding
    counts what was fed or skipped, from 0. `finish` is called once at the end, whatever the end was.

    Beyond the order of events it finds, once, `wire.no_terminal` (a stream that ended without a last event, in
    `finish`), `avail.stream_error` (an `error` event, with the service's code, in `finish`), `wire.missing_type`,
    `wire.bad_type`, and `wire.lone_surrogate` in a text whose joined deltas keep half a surrogate pair: a delta
    may come in with half a pair, the other half may follow in the next.

    A finding may come later than its event: two events that changed places are put in order before they are judged.
    """

    def __init__(
        self,
        profile: Profile = CORE,
        *,
        resumed_after: int | None = None,
        request: Mapping[str, Any] | None = None,
    ) -> None:
        resumed = resumed_after is not None
        self._notes = Notes(profile)
        self._numbers = Numbers(self._notes, resumed_after)
        self._course = Course(self._notes, resumed=resumed)
        self._output = Output(self._notes, resumed=resumed)
        hosted = Hosted(self._notes, self._output)
        self._parts = Parts(self._notes, self._output)
        self._inside = Inside(self._notes, self._output, self._parts, hosted)
        self._fed = -1
        self._over = False  # the terminal event or an error was there: little may follow
        self._lost_last = False
        self._unpadded = _unpadded(request)
        self._late: list[Finding] = []
        output, inside, parts = self._output, self._inside, self._parts
        self._handlers: dict[str, Handler] = {
            Move.START: self._start,
            Move.END: self._end,
            Move.ERROR: self._error,
            Move.GROW: inside.grow,
            Move.SETTLE: inside.settle,
            Move.CLOSE: self._close,
            Move.PHASE: hosted.phase,
            Move.ANNOTATE: inside.annotate,
            Move.IMAGE: hosted.image,
            Move.PASS: _pass,
            "item": output.added,
            "part": parts.added,
            "summary": parts.added,
            "command": inside.command_added,
        }
        self.fold = Fold(self._course, self._output)

    @property
    def terminal(self) -> str | None:
        """The type of the terminal event, once it was there."""
        return self._course.terminal

    def feed(self, event: Event) -> Sequence[Finding]:
        """Judges the next event."""
        self._fed += 1
        notes, numbers = self._notes, self._numbers
        notes.at = self._fed
        number = event.get("sequence_number")
        if not (numbers.steady and number == numbers.next and type(number) is int):
            for at, admitted in numbers.admit(event):
                notes.at = at
                self._take_in(admitted)
                notes.at = self._fed
            return notes.take()
        numbers.next = number + 1
        numbers.last = event
        inside = self._inside
        # the hot path: one more delta of the text that grew last
        if inside.tail is not None and not self._over and event.get("type") == inside.tail_type:
            index, item_id, field, sub = inside.tail_names
            try:
                delta, told, part = event["delta"], event["output_index"], event[field]
            except KeyError:
                delta = told = part = None
            if (
                delta
                and type(delta) is str
                and told == index
                and type(told) is int
                and part == sub
                and type(part) is int
                and event.get("item_id") == item_id
            ):
                inside.tail.pieces.append(delta)
                if event.get("logprobs"):
                    inside.more_logprobs(event["logprobs"])
                if self._unpadded and "obfuscation" in event:
                    self._padded()
                return notes.take() if notes.found else NOTHING
        self._take_in(event)
        return notes.take() if notes.found else NOTHING

    def _take_in(self, event: Event) -> None:
        type_ = event.get("type")
        self._lost_last = False
        step = GRAMMAR.get(type_) if type(type_) is str else None
        if step is None:
            self._unknown(type_)
            return
        if self._over and not self._may_follow(step):
            return
        if not self._typed(event, step):
            self._lose()
            return
        if step.level.name != "response":
            self._course.begin()
            if self._unpadded and step.move is Move.GROW and "obfuscation" in event:
                self._padded()
        self._handlers[step.level.name if step.move is Move.OPEN else step.move](event, step)

    def _unknown(self, type_: object) -> None:
        notes = self._notes
        if type(type_) is str:
            message = f"an event of a type that is not known: {type_}"
            if self._course.terminal is not None:
                notes.once("order.after_terminal", "an event after the last one", actual=type_)
            elif "order.unknown_event " + type_ not in notes.said:
                notes.said.add("order.unknown_event " + type_)
                notes.report("order.unknown_event", message, "/type", actual=type_, level=Level.NOTE)
            return
        what = json_type(type_) if type_ is not None else "nothing"
        notes.report("wire.missing_type", "an event has no type", "/type", expected="string", actual=what)
        self._lose()

    def _typed(self, event: Event, step: Step) -> bool:
        """Whether the fields of an event are there and have their types."""
        for name, types in EVENTS[step.type].items():
            value = event.get(name)
            if type(value) not in types:
                message = f"{step.type}: {name} is not {names_of(types)}"
                actual = json_type(value) if name in event else "nothing"
                expected = names_of(types)
                self._notes.report("wire.bad_type", message, f"/{name}", expected=expected, actual=actual)
                return False
            if type(value) is int and value < 0:
                self._notes.report("order.wrong_index", f"{name} counts from 0", f"/{name}", actual=value)
                return False
        return True

    def _lose(self) -> None:
        """An event could not be taken in: nothing follows from what it would have brought."""
        self._notes.lost += 1
        self._notes.blind = True
        self._lost_last = True
        self._inside.tail = None
        self._output.lose()

    def _padded(self) -> None:
        message = "the request asked for no obfuscation"
        self._notes.once("order.obfuscation", message, "/obfuscation")

    # -- the end ---------------------------------------------------------------------------------------------------

    def _may_follow(self, step: Step) -> bool:
        """Whether an event may come after the terminal one, or after an error; if not, that is found once."""
        course, notes = self._course, self._notes
        if step.move is Move.PASS:
            return False
        if course.terminal is None:  # an error came: only response.failed may follow
            if step.type == "response.failed" or step.move is Move.ERROR:
                return True
            notes.once("order.after_error", "the stream goes on after an error event as if nothing had happened")
            if step.move is Move.END:
                course.terminal = step.type
            return False
        if step.move is Move.ERROR and course.terminal == "response.failed":
            return True
        if step.move is Move.END:
            notes.once("order.two_terminals", f"the stream had ended with {course.terminal}", actual=step.type)
        else:
            notes.once("order.after_terminal", f"an event after {course.terminal}", actual=step.type)
        return False

    def _start(self, event: Event, step: Step) -> None:
        self._course.start(event, step)
        if not self._output.order:
            self._output.resumed = False  # resumed before the first item: no item is older than what is seen

    def _close(self, event: Event, step: Step) -> None:
        self._inside.tail = None
        if step.level.name == "item":
            self._output.done(event, step)
        else:
            self._parts.done(event, step)

    def _error(self, event: Event, step: Step) -> None:
        self._over = True
        self._course.failed(event, step)

    def _end(self, event: Event, step: Step) -> None:
        notes, output = self._notes, self._output
        failed = step.type == "response.failed"
        self._over = True
        self._course.begin(failing=failed or self._course.error is not None)
        output.settle_early()
        self._course.end(event, step)
        before = len(notes.found)
        if not failed:
            self._nothing_open()
        final.judge(notes, output.order, event["response"], resumed=output.resumed)
        # what is missing here may only have come too late: it is said at the end
        self._late = [finding for finding in notes.found[before:] if finding.rule in _MAYBE_LATE]
        notes.found = [finding for finding in notes.found if finding not in self._late]
        altered = {item.index for item in output.order if "order.item_mismatch" in item.complaints}
        check_snapshot(notes, event["response"], but_for=altered)

    def _nothing_open(self) -> None:
        notes, output = self._notes, self._output
        lists = [item for item in output.order if item.type in notes.profile.overlaps]
        for item in output.unclosed():
            level = Level.WARNING if item.type in notes.profile.overlaps and len(lists) > 1 else None
            message = f"the response ended while its {item.type or 'item'} {item.index} was not closed"
            notes.report("order.missing_done", message, "/type", actual=item.id, level=level)

    def skip(self, *, numbered: bool = True) -> Sequence[Finding]:
        """A frame stood here whose event could not be read, so that nothing is concluded from its absence.

        `numbered=False`: the frame held nothing at all; the gap it leaves in the numbers is still reported.
        """
        self._fed += 1
        if numbered:
            for at, event in self._numbers.skip():
                self._notes.at = at
                self._take_in(event)
        self._notes.at = self._fed
        self._lose()
        return self._notes.take()

    def finish(self, *, cut: bool = False) -> Sequence[Finding]:
        """Judges the end. `cut`: the transport broke, so that a missing last event is not the service's word."""
        notes, course = self._notes, self._course
        for at, event in self._numbers.release():
            notes.at = at
            self._take_in(event)
        self._output.settle_early()
        course.judge_error()
        if course.terminal is None and course.error is None and not cut and not self._lost_last:
            notes.report("wire.no_terminal", "the stream ended without response.completed, incomplete or failed")
        if "order.after_terminal" not in notes.said:
            notes.found += self._late
        self._numbers.finish((course.first or {}).get("created_at"))
        return notes.take()


_MAYBE_LATE = frozenset({"order.missing_done", "order.final_output_missing", "order.final_output_extra"})


def _pass(event: Event, step: Step) -> None:
    """An event that carries no state."""


def _unpadded(request: Mapping[str, Any] | None) -> bool:
    """Whether the request asked that deltas carry no padding."""
    options = (request or {}).get("stream_options")
    return isinstance(options, Mapping) and options.get("include_obfuscation") is False
