"""One HTTP request and what came back, as values: bytes, header lines and times, nothing mended."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

Headers = tuple[tuple[str, str], ...]
"""Header lines in wire order and letter case; a name may come more than once."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent, to the byte. Credentials are not part of it: the sender adds them.

    `halve` is for whoever reads the reply: a stream is cut half-way (see `harness.wire.half`). `heard` is told every
    part of the body as it comes. `until` is the time of the event loop after which nothing more is read.
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    halve: bool = False
    heard: Callable[[bytes], None] | None = field(default=None, compare=False, repr=False)
    until: float | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and header lines of a reply."""

    status: int
    headers: Headers = ()
    reason: str = ""
    version: str = "1.1"

    def header(self, name: str) -> str | None:
        """The first value under a name, whatever its letter case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class How(StrEnum):
    """How an exchange ended, seen from the transport."""

    COMPLETE = "complete"  # the body came to the end that its framing promised
    CLOSED = "closed"  # no length and no chunks: the body ended because the connection did
    BAD_CLOSE = "bad_close"  # FIN where the closing chunk should have stood
    CUT = "cut"  # the connection ended before the body did (FIN or RST)
    CUT_BY_US = "cut_by_us"  # closed on purpose, as `resumed` does half-way
    PROTOCOL = "protocol"  # not HTTP: status line, header block, contradicting lengths
    TOO_LARGE = "too_large"  # reading stopped at a limit
    BAD_ENCODING = "bad_encoding"  # content encoding broken or not at its end
    CONNECT = "connect"
    DNS = "dns"
    TLS = "tls"
    NO_ANSWER = "no_answer"  # the connection ended after the request was sent, before a head
    FIRST_BYTE = "first_byte"  # no head within its limit
    STALL = "stall"  # silence between bytes
    NO_PROGRESS = "no_progress"  # bytes, but no event
    DEADLINE = "deadline"  # the turn's limit of time


@dataclass(frozen=True, slots=True)
class Ending:
    """How an exchange ended, and the transport's own words about it."""

    how: How
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A chunk came: the offset of its first byte in the body, and when, in seconds since the request began."""

    offset: int
    at: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its reply on the wire.

    `body` is the reply's body with transfer coding undone and content coding undone stepwise (`encoded` keeps
    the length on the wire where the two differ). Times are seconds since the request began, by a monotonic
    clock; `started` is the wall clock in seconds since the epoch, for people only. `earlier` are the attempts at the
    same request that were refused and repeated, in order.
    """

    request: Request
    head: Head | None
    body: bytes
    arrivals: tuple[Arrival, ...]
    ending: Ending
    started: float = 0.0
    head_at: float | None = None
    ended_at: float = 0.0
    encoded: int | None = None
    earlier: tuple["Exchange", ...] = ()

    @property
    def status(self) -> int | None:
        return self.head.status if self.head else None

    @property
    def content_type(self) -> str:
        """The media type in lower case without parameters; empty where none was sent."""
        value = self.head.header("content-type") if self.head else None
        return (value or "").partition(";")[0].strip().lower()


class Sender(Protocol):
    """Whatever sends a request and brings back the exchange: live, mock, cassette and recorder look alike.

    Never raises for what the other side or the network does: that is the exchange's ending.
    """

    async def send(self, request: Request) -> Exchange: ...


def header_lines(*groups: Iterable[tuple[str, str]]) -> Headers:
    """Several groups of header lines as one."""
    return tuple(line for group in groups for line in group)
