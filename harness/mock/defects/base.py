"""What a defect is: a named deviation of what would have gone out, wrong in one way.

By layer, from the inside out: how state is treated, the response object, the events of its stream, the JSON body
of a plain answer, the frames that spell the events, the HTTP envelope, the transport.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from string import ascii_lowercase
from typing import Any, ClassVar

from harness.mock.answers import Answer
from harness.mock.ways import Ways
from harness.mock.writing import Event

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A defect's entry: `id` of its row in the catalogue of faults (a letter follows where a row has variants).

    `base` names the exchanges whose mutation it is, `findings` the codes that it must be found under; where there
    are several, all of them, or any of them if `any_of`.
    """

    id: str
    slug: str
    title: str
    base: str = "X1"
    findings: tuple[str, ...] = ()
    any_of: bool = False
    layer: ClassVar[str] = ""

    @property
    def row(self) -> str:
        """The row of the catalogue, without the letter of a variant."""
        return self.id.rstrip(ascii_lowercase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(Defect):
    """State is mistreated."""

    changes: Mapping[str, str] = field(default_factory=dict)
    layer: ClassVar[str] = "state"

    def over(self, ways: Ways) -> Ways:
        """The ways with this one gone wrong."""
        return replace(ways, **self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfResponse(Defect):
    """The response object is wrong wherever it is shown: streamed, plain, retrieved."""

    change: Callable[[JSON], None]
    layer: ClassVar[str] = "response"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfEvents(Defect):
    """The list of events is mutated; `change` may do with the list and its events as it likes."""

    change: Callable[[list[Event]], None]
    layer: ClassVar[str] = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfBody(Defect):
    """The JSON body of a plain answer is mutated."""

    base: str = "X4"
    change: Callable[[JSON], None]
    layer: ClassVar[str] = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFrames(Defect):
    """The encoded frames of a stream are mutated."""

    change: Callable[[list[bytes]], list[bytes]]
    layer: ClassVar[str] = "frames"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAnswer(Defect):
    """Status, header lines or the kind of body are wrong."""

    change: Callable[[Answer], None]
    layer: ClassVar[str] = "answer"

    def touches(self, answer: Answer) -> bool:
        """Whether this answer is of the kind that the defect spoils: a stream for X1, a JSON answer for X4."""
        return answer.status == 200 and (self.base == "any" or answer.streamed == ("X1" in self.base))


@dataclass(frozen=True, slots=True, kw_only=True)
class Door(Defect):
    """The transport itself goes wrong; `how` is known to the raw door alone."""

    how: str
    layer: ClassVar[str] = "transport"

    def touches(self, answer: Answer) -> bool:
        """Whether this answer is of the kind that the defect spoils."""
        return answer.status == 200 and ("X1" if answer.streamed else "X4") in self.base


@dataclass(slots=True)
class Firing:
    """How often a fault has struck, and until when it goes on, by the room's clock."""

    count: int = 0
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Defect):
    """Requests are turned away before anything is done: the first `times`, and all until `wait` seconds are over.

    `make` builds the answer; it is given the room's clock. `when` says which create requests the fault is about; one
    of a `region` is had by all of its rooms together, and turns away whatever is asked there.
    """

    make: Callable[[float], Answer]
    times: int = 1
    wait: float = 0.0
    when: str = "any"
    layer: ClassVar[str] = "fault"

    def strikes(self, firing: Firing, now: float) -> bool:
        """Whether it strikes again now; if so, that is noted."""
        if firing.count >= self.times and not (firing.until is not None and now < firing.until):
            return False
        if firing.until is None and self.wait:
            firing.until = now + self.wait
        firing.count += 1
        return True
