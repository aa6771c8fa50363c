"""Ways to send a turn. One class each: a body in, one or several exchanges out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol
from urllib.parse import quote

from harness.conversation import Told
from harness.engine.targets.target import Door
from harness.protocol.storing import LAG
from harness.reply import Reply
from harness.wire.exchange import Exchange, Headers, How, Request

USER_AGENT: Final = ("User-Agent", "responses-harness")
STREAM_TYPE: Final = "text/event-stream"


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


def get(url: str, headers: Headers = (), accept: str = "application/json") -> Request:
    """A GET, of JSON where nothing else is accepted."""
    return Request("GET", url, (("Accept", accept), USER_AGENT, *headers))


@dataclass(frozen=True, slots=True)
class Delivered:
    """The exchanges of a delivery in wire order; the last `parts` of them are one stream that came in parts.

    `told` is what an official client said of them, where one sent them.
    """

    exchanges: tuple[Exchange, ...]
    parts: int = 1
    told: tuple[Told, ...] = ()


class Delivery(Protocol):
    """One way to have a response created."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        """Creates the response; the last exchange is the one with the final reply."""
        ...


class Plain:
    """As one JSON response."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        return Delivered((await door.sender.send(post(door.base + "responses", body, headers)),))


class Stream:
    """As a stream of events."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        return Delivered((await door.sender.send(_streamed(body, headers, door)),))


class Background:
    """In the background: promised at once, then asked for until it is finished or the time is up."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        promised = await door.sender.send(post(door.base + "responses", {**body, "background": True}, headers))
        polling = Polling(door)
        exchanges = [promised]
        reply = Reply(promised)
        request = get(stored(door, reply.id or ""), headers)
        while reply.id is not None and await polling.again(Reply(exchanges[-1])):
            exchanges.append(await door.sender.send(request))
        return Delivered(tuple(exchanges))


class BackgroundStream:
    """In the background, and streamed."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        return await Stream().deliver({**body, "background": True}, headers, door)


class Resumed:
    """In the background and streamed; cut half-way on purpose, and taken up again behind the last event that came."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        request = replace(_streamed({**body, "background": True}, headers, door), halve=True)
        first = await door.sender.send(request)
        point = resumption(first)
        if point is None:
            return Delivered((first,))
        response_id, after = point
        url = f"{stored(door, response_id)}?stream=true&starting_after={after}"
        return Delivered((first, await door.sender.send(get(url, headers, STREAM_TYPE))), parts=2)


def _streamed(body: Mapping[str, Any], headers: Headers, door: Door) -> Request:
    return post(door.base + "responses", {**body, "stream": True}, headers, STREAM_TYPE)


def stored(door: Door, response_id: str) -> str:
    """The address of a stored response."""
    return f"{door.base}responses/{quote(response_id, safe='')}"


def resumption(first: Exchange) -> tuple[str, int] | None:
    """Which response a stream that we cut was of, and the number of its last event; None where it was not cut."""
    if first.ending.how is not How.CUT_BY_US:
        return None
    events = Reply(first).events
    responses = (event.get("response") for event in events)
    ids = [each.get("id") for each in responses if isinstance(each, dict)]
    numbers = [number for event in events if type(number := event.get("sequence_number")) is int]
    if not numbers or not ids or not isinstance(ids[0], str):
        return None
    return ids[0], numbers[-1]


FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 15.0
"""Seconds between two polls, and by how much they grow: a short answer is had soon, a long one is not pestered for."""
GROWTH: Final = 1.5
DEADLINE: Final = 900.0
"""Seconds after which a response that is still being made is given up: as long as any turn may take."""


class Polling:
    """When to ask again, and until when."""

    def __init__(self, door: Door) -> None:
        self._clock = door.clock
        self._began = door.clock.monotonic()
        self._wait = FIRST_WAIT

    async def again(self, reply: Reply) -> bool:
        """Waits, where it is worth asking again after this reply."""
        passed = self._clock.monotonic() - self._began
        missing = reply.exchange.status == 404 and reply.operation == "retrieve" and passed < LAG
        if not (reply.status in UNFINISHED or missing) or passed + self._wait > DEADLINE:
            return False
        await self._clock.sleep(self._wait)
        self._wait = min(self._wait * GROWTH, LONGEST_WAIT)
        return True


UNFINISHED: Final = ("queued", "in_progress")

DELIVERIES: Final[Mapping[str, Delivery]] = {
    "plain": Plain(),
    "stream": Stream(),
    "background": Background(),
    "background_stream": BackgroundStream(),
    "resumed": Resumed(),
}
