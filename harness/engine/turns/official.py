"""Ways to send a turn through the installed official package, as a program would; see `harness.wire.official`."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from harness.conversation import Told
from harness.engine.targets.target import Door
from harness.engine.turns.delivery import Delivered, Delivery, Polling, resumption
from harness.reply import Reply
from harness.wire.exchange import Headers
from harness.wire.official import Tap, tapped

CREATE: Final = "responses.create"
ITERATED: Final = "responses.create, iterated"
HELPER: Final = "responses.stream"
RETRIEVE: Final = "responses.retrieve"
RESUMED: Final = "responses.retrieve, iterated"


@dataclass(slots=True)
class Program:
    """A program that takes one turn with the official client, and notes what it is told."""

    door: Door
    client: Any
    tap: Tap
    headers: Mapping[str, str]
    told: list[Told] = field(default_factory=list)

    async def ask(self, way: str, call: Callable[[], Awaitable[Told]]) -> Told:
        """What a call tells; whatever it raises is what the program's user gets to see.

        Raises:
            BaseException: our own sender could not do its work.
        """
        try:
            said = await call()
        except Exception as error:  # the client's answer, of whatever class: `client.raised` judges it
            if self.tap.broke is not None:
                raise self.tap.broke from None
            said = Told(way, raised=f"{type(error).__name__}: {error}")
        self.told.append(_of(said, len(self.tap.exchanges) - 1))
        return said

    async def create(self, body: Mapping[str, Any]) -> Any:
        """`responses.create`; what the package has no parameter for goes out as its `extra_body`."""
        names = inspect.signature(self.client.responses.create).parameters
        known = {name: value for name, value in body.items() if name in names}
        more = {name: value for name, value in body.items() if name not in names}
        return await self.client.responses.create(**known, extra_body=more or None, extra_headers=self.headers)

    async def plain(self, body: Mapping[str, Any]) -> Told:
        return await self.ask(CREATE, lambda: _answered(CREATE, self.create(body)))

    async def iterated(self, body: Mapping[str, Any]) -> Told:
        return await self.ask(ITERATED, lambda: _streamed(ITERATED, self.create({**body, "stream": True})))

    async def helped(self, body: Mapping[str, Any]) -> Told:
        """The stream helper reads the last exchange once more."""
        self.tap.again = self.tap.exchanges[-1]
        return await self.ask(HELPER, lambda: self._helped(body))

    async def _helped(self, body: Mapping[str, Any]) -> Told:
        names = inspect.signature(self.client.responses.stream).parameters
        known = {name: value for name, value in body.items() if name in names}
        more = {name: value for name, value in body.items() if name not in names}
        helper = self.client.responses.stream(**known, extra_body=more or None, extra_headers=self.headers)
        async with helper as events:
            return await _iterated(HELPER, events)

    async def polled(self) -> Told:
        """Asks for the response until it is finished."""
        polling = Polling(self.door)
        told = self.told[-1]
        while told.raised is None and await polling.again(reply := Reply(self.tap.exchanges[-1])):
            found = self.client.responses.retrieve(reply.id, extra_headers=self.headers)
            told = await self.ask(RETRIEVE, lambda found=found: _answered(RETRIEVE, found))  # type: ignore[misc]
        return told

    async def resumed(self, response_id: str, after: int) -> Told:
        again = self.client.responses.retrieve(
            response_id, stream=True, starting_after=after, extra_headers=self.headers
        )
        return await self.ask(RESUMED, lambda: _streamed(RESUMED, again))

    def delivered(self, parts: int = 1) -> Delivered:
        return Delivered(tuple(self.tap.exchanges), parts, tuple(self.told))


def _of(said: Told, exchange: int) -> Told:
    return Told(said.way, max(exchange, 0), said.text, said.streamed, said.items, said.usage, said.raised)


async def _answered(way: str, call: Awaitable[Any]) -> Told:
    return _final(way, await call)


async def _streamed(way: str, call: Awaitable[Any]) -> Told:
    async with await call as events:
        return await _iterated(way, events)


async def _iterated(way: str, events: Any) -> Told:
    """Typed events to the end, as a program that shows the text while it comes."""
    shown, final = [], None
    async for event in events:
        if event.type == "response.output_text.delta":
            shown.append(event.delta)
        elif event.type in ("response.completed", "response.incomplete", "response.failed"):
            final = event.response
    return _final(way, final, "".join(shown))


def _final(way: str, response: Any, streamed: str | None = None) -> Told:
    if response is None:
        return Told(way, streamed=streamed)
    whole = response.to_dict(mode="json", exclude_unset=True, warnings=False)
    items = tuple(_without_parsed(whole.get("output") or ()))
    return Told(way, 0, response.output_text, streamed, items, whole.get("usage"))


def _without_parsed(value: Any) -> Any:
    """Plain JSON without what the stream helper adds of its own."""
    if isinstance(value, Mapping):
        return {key: _without_parsed(each) for key, each in value.items() if key not in ("parsed", "parsed_arguments")}
    return [_without_parsed(each) for each in value] if isinstance(value, list | tuple) else value


@asynccontextmanager
async def program(door: Door, headers: Headers) -> AsyncIterator[Program]:
    """A program at a door, for one turn."""
    tap = Tap(door.sender)
    client = tapped(door.base, tap)
    try:
        yield Program(door, client, tap, dict(headers))
    finally:
        await client.close()


class Plain:
    """`responses.create`, as one object."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        async with program(door, headers) as used:
            await used.plain(body)
            return used.delivered()


class Stream:
    """`responses.create` with typed events iterated; then the stream helper over the same bytes."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        async with program(door, headers) as used:
            await used.iterated(body)
            if used.tap.exchanges:
                await used.helped(body)
            return used.delivered()


class Background:
    """`responses.create`, then `responses.retrieve` until it is finished."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        async with program(door, headers) as used:
            await used.plain({**body, "background": True})
            if used.tap.exchanges:
                await used.polled()
            return used.delivered()


class BackgroundStream:
    """In the background, and iterated."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        return await Stream().deliver({**body, "background": True}, headers, door)


class Resumed:
    """In the background and iterated; cut half-way, and taken up again by `responses.retrieve`."""

    async def deliver(self, body: Mapping[str, Any], headers: Headers, door: Door) -> Delivered:
        async with program(door, headers) as used:
            used.tap.halve = True
            await used.iterated({**body, "background": True})
            point = resumption(used.tap.exchanges[-1]) if used.tap.exchanges else None
            if point is None:
                return used.delivered()
            await used.resumed(*point)
            return used.delivered(parts=2)


OFFICIAL: Final[Mapping[str, Delivery]] = {
    "plain": Plain(),
    "stream": Stream(),
    "background": Background(),
    "background_stream": BackgroundStream(),
    "resumed": Resumed(),
}
