"""Replies made of a request and a response, as they would have come over the wire."""

import json
from typing import Any

from builders.streams import Event, Events, response, x1

from harness.conversation import Conversation
from harness.reply import Reply
from harness.wire.exchange import Ending, Exchange, Head, How, Request

URL = "https://resource.openai.azure.com/openai/v1/responses"
SAID = x1()[-1]["response"]["output"]
"""What a plain reply says unless it is told otherwise."""


def plain(request: Event | None = None, headers: dict[str, str] | None = None, **fields: Any) -> Reply:
    """A plain reply: a completed response with the given fields; `...` leaves one out."""
    told = {name: value for name, value in {**response("completed", SAID), **fields}.items() if value is not ...}
    return _reply(request or {}, "application/json", json.dumps(told).encode(), headers)


def streamed(events: Events, request: Event | None = None, headers: dict[str, str] | None = None) -> Reply:
    """A streamed reply."""
    body = b"".join(b"event: %s\ndata: %s\n\n" % (e["type"].encode(), json.dumps(e).encode()) for e in events)
    return _reply({"stream": True, **(request or {})}, "text/event-stream", body, headers)


def _reply(request: Event, kind: str, body: bytes, headers: dict[str, str] | None) -> Reply:
    asked = Request("POST", URL, (), json.dumps({"model": "m", "input": "i", **request}).encode())
    lines = (("content-type", kind), *(headers or {}).items())
    return Reply(Exchange(asked, Head(200, lines), body, (), Ending(How.COMPLETE)))


def both(events: Events, request: Event | None = None) -> list[Reply]:
    """The same reply twice: streamed, and as the plain response that its last event tells."""
    told = events[-1]["response"]
    return [streamed(events, request), plain(request, **told)]


def of(*replies: Reply) -> Conversation:
    """The replies as a conversation."""
    return Conversation.recorded(replies)
