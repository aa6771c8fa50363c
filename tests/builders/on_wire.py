"""Events as bytes, and bytes as exchanges: what a wrong envelope or framing looks like on the wire."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from harness.reply import Reply
from harness.wire.exchange import Arrival, Ending, Exchange, Head, Headers, How, Request

URL = "https://service.invalid/openai/v1/responses"


def payload(event: Any) -> bytes:
    """An event's JSON as services write it."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def block(event: dict[str, Any]) -> bytes:
    """An event as it stands on the wire."""
    return b"event: %s\ndata: %s\n\n" % (event["type"].encode(), payload(event))


def blocks(events: Iterable[dict[str, Any]]) -> list[bytes]:
    return [block(event) for event in events]


def sse(events: Iterable[dict[str, Any]]) -> bytes:
    """A whole stream."""
    return b"".join(blocks(events))


def asking(stream: bool | None = True, method: str = "POST", url: str = URL, **body: Any) -> Request:
    """A request; for a create with its body, `stream=None` leaves the field out."""
    if method != "POST":
        return Request(method, url)
    fields = {"model": "gpt-5-mini", "input": "Hello", **body, **({} if stream is None else {"stream": stream})}
    return Request(method, url, (("content-type", "application/json"),), payload(fields))


def exchange(
    body: bytes,
    *,
    status: int | None = 200,
    kind: str | None = "text/event-stream; charset=utf-8",
    how: How = How.COMPLETE,
    detail: str = "",
    request: Request | None = None,
    arrivals: Sequence[Arrival] = (),
    ended_at: float = 1.0,
    headers: Headers = (),
) -> Exchange:
    """An exchange as the raw client brings it back; `status=None` for one without a head."""
    lines = headers + ((("Content-Type", kind),) if kind is not None else ())
    head = Head(status, lines) if status is not None else None
    asked = request if request is not None else asking()
    return Exchange(asked, head, body, tuple(arrivals), Ending(how, detail), 0.0, 0.1, ended_at)


def reply(body: bytes, **more: Any) -> Reply:
    return Reply(exchange(body, **more))


def text(body: bytes) -> Reply:
    """A recording of the body alone: no head, no request."""
    return Reply(Exchange(Request("", ""), None, body, (), Ending(How.COMPLETE)))


def codes(reply: Reply) -> list[str]:
    """The codes of a reply's findings, sorted, each as often as it was found."""
    return sorted(finding.rule for finding in reply.findings)


def loud(reply: Reply) -> list[str]:
    """The codes of findings that are no mere notes."""
    return sorted(finding.rule for finding in reply.findings if finding.level != "note")
