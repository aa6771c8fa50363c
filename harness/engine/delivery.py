"""Ways to send a turn. One class each: a body in, one or several exchanges out."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from harness.wire.exchange import Exchange, Headers, Request, Sender

USER_AGENT: Final = ("User-Agent", "responses-harness")


def post(url: str, body: Mapping[str, Any], headers: Headers = (), accept: str = "application/json") -> Request:
    """A POST of a JSON body, written once and sent to the byte."""
    return Request(
        "POST",
        url,
        (("Content-Type", "application/json"), ("Accept", accept), USER_AGENT, *headers),
        _json(body),
    )


def _json(body: Mapping[str, Any]) -> bytes:
    """Letters as they are; all escaped where one is half a surrogate pair, as an answer replayed by hand may hold."""
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode()


def get(url: str, headers: Headers = ()) -> Request:
    """A GET that asks for JSON."""
    return Request("GET", url, (("Accept", "application/json"), USER_AGENT, *headers))


class Delivery(Protocol):
    """One way to have a response created."""

    async def deliver(self, url: str, body: Mapping[str, Any], headers: Headers, sender: Sender) -> Sequence[Exchange]:
        """Creates the response; the exchanges in wire order, the last one with the final reply."""
        ...


class Plain:
    """As one JSON response."""

    async def deliver(self, url: str, body: Mapping[str, Any], headers: Headers, sender: Sender) -> Sequence[Exchange]:
        return (await sender.send(post(url, body, headers)),)


class Stream:
    """As a stream of events."""

    async def deliver(self, url: str, body: Mapping[str, Any], headers: Headers, sender: Sender) -> Sequence[Exchange]:
        return (await sender.send(post(url, {**body, "stream": True}, headers, "text/event-stream")),)


DELIVERIES: Final[Mapping[str, Delivery]] = {"plain": Plain(), "stream": Stream()}
