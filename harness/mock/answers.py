"""What the service is about to send, still as a value: defects may change it, a door then sends it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.mock import frames
from harness.mock.errors import Refused

HeaderLines = list[tuple[str, str]]


@dataclass(slots=True)
class Answer:
    """Status, header lines and a body: whole, or as frames of an event stream.

    `delay` seconds pass before the head goes out, `pace` seconds before each frame of a stream (0: frames that
    are ready together share a chunk). `door` names how the transport itself goes wrong, which only the raw door
    can do; `asked` is the JSON of the request that is answered, where it was one. `abandoned` is called where the
    other side closed the connection before anything of the answer went out.
    """

    status: int = 200
    headers: HeaderLines = field(default_factory=list)
    body: bytes = b""
    frames: list[bytes] | None = None
    delay: float = 0.0
    pace: float = 0.0
    door: str | None = None
    asked: Any = None
    abandoned: Callable[[], None] | None = None

    @property
    def streamed(self) -> bool:
        return self.frames is not None

    def chunks(self) -> list[bytes]:
        """The body in the pieces in which it goes out."""
        if self.frames is None:
            return [self.body]
        return self.frames if self.pace else frames.chunks(self.frames)

    def whole(self) -> bytes:
        """The body in one piece."""
        return self.body if self.frames is None else b"".join(self.frames)

    def header(self, name: str, value: str | None) -> None:
        """Replaces a header line, or takes it away."""
        self.headers = [line for line in self.headers if line[0].lower() != name]
        if value is not None:
            self.headers.append((name, value))


def of_json(value: object, headers: HeaderLines, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(status, [*headers, ("content-type", "application/json")], frames.spell(value))


def of_refusal(refused: Refused, headers: HeaderLines) -> Answer:
    """A documented refusal."""
    return of_json(refused.body, [*headers, *refused.headers], refused.status)


def of_stream(spelled: list[bytes], headers: HeaderLines) -> Answer:
    """An event stream."""
    lines = [*headers, ("content-type", "text/event-stream; charset=utf-8"), ("x-accel-buffering", "no")]
    return Answer(200, lines, frames=spelled)
