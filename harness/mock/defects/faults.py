"""Faults of availability: requests turned away, as gateways and overloaded services do it.

Waits are measured on the room's clock, so that a test need not wait for them.
"""

from collections.abc import Callable
from email.utils import formatdate
from typing import Any, Final

from harness.mock.answers import Answer, HeaderLines, of_json
from harness.mock.defects.base import JSON, Defect, Fault, OfBody, OfEvents
from harness.mock.writing import Event

ALWAYS: Final = 1_000_000
LAG: Final = 1.5
"""Seconds after which a streamed response can be continued, where it cannot be at once."""

OUTAGE: Final = 600.0
"""Seconds for which a region is down."""

LIMITED: Final[JSON] = {
    "message": "Rate limit reached for this deployment.",
    "type": "too_many_requests",
    "param": None,
    "code": "rate_limit_exceeded",
}
EXHAUSTED: Final[JSON] = {
    "message": "You exceeded your current quota, please check your plan and billing details.",
    "type": "insufficient_quota",
    "param": None,
    "code": "insufficient_quota",
}
BROKEN: Final[JSON] = {
    "message": "The server had an error while processing your request. Sorry about that!",
    "type": "server_error",
    "param": None,
    "code": None,
}
EXPIRED: Final[JSON] = {"code": "401", "message": "The access token has expired."}
REFUSED: Final[JSON] = {"code": "403", "message": "Access denied due to network rules of this resource."}
NO_DEPLOYMENT: Final[JSON] = {
    "type": "invalid_request_error",
    "code": "DeploymentNotFound",
    "message": "The API deployment for this resource does not exist.",
}
BAD_GATEWAY: Final = (
    b"<html><head><title>Bad gateway</title></head><body><center><h1>Bad gateway</h1></center></body></html>"
)

Lines = Callable[[float], HeaderLines]


def refusal(status: int, error: JSON, lines: Lines) -> Callable[[float], Answer]:
    """An error body with header lines that may depend on the clock."""
    return lambda now: of_json({"error": error}, lines(now), status)


def page(status: int) -> Callable[[float], Answer]:
    """What a gateway says for itself, in HTML."""
    return lambda now: Answer(status, [("content-type", "text/html; charset=utf-8")], BAD_GATEWAY)


def plain(*lines: tuple[str, str]) -> Lines:
    return lambda now: list(lines)


def dated(seconds: float) -> Lines:
    """`retry-after` as an HTTP date, so many seconds from now."""
    return lambda now: [("retry-after", formatdate(now + seconds, usegmt=True))]


def limited(row: str, slug: str, title: str, lines: Lines, wait: float = 0.0, finding: str = "avail.retried") -> Fault:
    """A 429 with these header lines, in force for so many seconds."""
    make = refusal(429, LIMITED, lines)
    return Fault(id=row, slug=slug, title=title, base="any", findings=(finding,), make=make, wait=wait)


def after(value: str, name: str = "retry-after") -> Lines:
    return plain((name, value))


def failing(row: str, slug: str, title: str, make: Callable[[float], Answer], times: int = 1) -> Fault:
    """Another status, so many times."""
    finding = "avail.retried" if times == 1 else "avail.server_error"
    return Fault(id=row, slug=slug, title=title, base="any", findings=(finding,), make=make, times=times)


def turned_away(row: str, slug: str, title: str, make: Callable[[float], Answer]) -> Fault:
    """A refusal that no repetition changes."""
    return Fault(id=row, slug=slug, title=title, base="any", findings=("avail.auth",), make=make, times=ALWAYS)


def limited_in_stream(events: list[Event]) -> None:
    """The stream breaks off after its first two events with an error event, then says that it failed."""
    if not events or "response" not in events[0]:
        return
    del events[2:]
    told = {"type": LIMITED["type"], "code": LIMITED["code"], "message": LIMITED["message"], "param": None}
    error = {"code": LIMITED["code"], "message": LIMITED["message"]}
    snapshot = {**events[0]["response"], "status": "failed", "error": error}
    start = events[0]["sequence_number"] + len(events)
    events.append({"type": "error", "sequence_number": start, "error": told})
    events.append({"type": "response.failed", "sequence_number": start + 1, "response": snapshot})


def error_for_response(response: Any) -> None:
    response.clear()
    response["error"] = dict(BROKEN)


LAGGING: Final[JSON] = {
    "message": "Previous response was not found.",
    "type": "invalid_request_error",
    "param": "previous_response_id",
    "code": "previous_response_not_found",
}
THROTTLED: Final = "avail.throttled"

TABLE: Final[tuple[Defect, ...]] = (
    limited("C04", "limited-without-wait", "429 without a delay", plain()),
    limited("C05", "limited-one-second", "429, retry-after: 1", after("1"), 1),
    limited("C06", "limited-two-minutes", "429, retry-after: 120", after("120"), 120),
    limited("C07a", "limited-too-long", "429, retry-after: 121", after("121"), 121, THROTTLED),
    limited("C07b", "limited-a-day", "429, retry-after: 86400", after("86400"), 86_400, THROTTLED),
    limited("C08a", "limited-date", "429 with a date in 30 s", dated(30), 30),
    limited("C08b", "limited-date-past", "429 with a date in the past", dated(-60)),
    limited("C08c", "limited-date-far", "429 with a date in ten minutes", dated(600), 600, THROTTLED),
    limited("C08d", "limited-date-unreadable", "429 with an unreadable date", after("Thu, 31 Foo 2026 25:61:00 GMT")),
    limited("C09a", "limited-zero", "429, retry-after: 0", after("0")),
    limited("C09b", "limited-zero-ms", "429, retry-after-ms: 0", after("0", "retry-after-ms")),
    limited("C10a", "limited-negative", "429, retry-after: -5", after("-5")),
    limited("C10b", "limited-nan", "429, retry-after: nan", after("nan")),
    limited("C10c", "limited-inf", "429, retry-after: inf", after("inf")),
    limited("C10d", "limited-overflow", "429, retry-after: 1e400", after("1e400")),
    limited("C10e", "limited-words", "429, retry-after: abc", after("abc")),
    limited("C10f", "limited-twice", "429, two retry-after", plain(("retry-after", "1"), ("retry-after", "7"))),
    Fault(
        id="C11",
        slug="quota-exhausted",
        title="429 insufficient_quota",
        base="any",
        findings=("avail.quota",),
        make=refusal(429, EXHAUSTED, plain()),
        times=ALWAYS,
    ),
    failing("C12", "one-500", "one 500, then good", refusal(500, BROKEN, plain())),
    failing("C13", "always-500", "the same 500 for ever", refusal(500, BROKEN, plain()), ALWAYS),
    failing("C14a", "gateway-502", "one 502 with HTML", page(502)),
    failing("C14b", "gateway-503", "one 503 with HTML", page(503)),
    failing("C15a", "one-408", "one 408", refusal(408, BROKEN, plain())),
    failing("C15b", "one-409", "one 409", refusal(409, BROKEN, plain())),
    Fault(
        id="C16",
        slug="token-expired",
        title="one 401: the token has expired",
        base="any",
        findings=("avail.retried",),
        make=refusal(401, EXPIRED, plain()),
    ),
    turned_away("C17a", "network-refused", "403 for ever", refusal(403, REFUSED, plain())),
    turned_away("C17b", "deployment-gone", "404 for ever: no such deployment", refusal(404, NO_DEPLOYMENT, plain())),
    OfEvents(
        id="C23",
        slug="limited-in-stream",
        title="an error event rate_limit_exceeded in a stream of status 200",
        findings=("avail.stream_error",),
        change=limited_in_stream,
    ),
    OfBody(
        id="C24",
        slug="error-for-response",
        title="status 200 and an error object",
        findings=("wire.bad_status",),
        change=error_for_response,
    ),
    Fault(
        id="C25",
        slug="chain-lagging",
        title="a streamed response cannot be continued at once",
        base="X5",
        findings=("avail.retried",),
        make=refusal(400, LAGGING, plain()),
        wait=LAG,
        when="continues a stream",
    ),
    Fault(
        id="C21",
        slug="region-down",
        title="a region is down for ten minutes",
        base="any",
        findings=("avail.server_error",),
        make=page(503),
        wait=OUTAGE,
        when="region",
    ),
    Fault(
        id="C22a",
        slug="always-limited",
        title="429 for ever, without a delay",
        base="any",
        findings=(THROTTLED,),
        make=refusal(429, LIMITED, plain()),
        times=ALWAYS,
    ),
    Fault(
        id="C22b",
        slug="always-limited-in-step",
        title="429 for ever, everybody told the same delay",
        base="any",
        findings=(THROTTLED,),
        make=refusal(429, LIMITED, after("2")),
        times=ALWAYS,
    ),
)
