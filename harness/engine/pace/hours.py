"""How long a case may take in all, by a clock that nobody can set, whatever each of its requests does.

What the harness lets pass itself does not count: waiting for quota, and what the scenario says to wait.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from harness.engine.targets.target import Door
from harness.wire.exchange import Ending, Exchange, How, Request


class Hours:
    """Of one case, from now on. Behind its doors a request that comes too late is not sent, and one that is under way
    is read no further: both end as `How.DEADLINE`, and what had come is kept.

    Args:
        limit: seconds of the event loop's clock.
    """

    def __init__(self, limit: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self._until = self._loop.time() + limit
        self._asked: float | None = None  # since when a request waits for its turn

    def at_wire(self, door: Door) -> Door:
        """The door that a target opened, to be bounded by the time that is left; pace and repeats stand before it."""
        return replace(door, sender=_Bounded(self._sent(door.sender.send)))

    def at_front(self, door: Door) -> Door:
        """The door through which the case talks: what is too late passes nothing behind it."""
        stranger = door.stranger and _Bounded(self._entered(self._sent(door.stranger.send)))
        return replace(door, sender=_Bounded(self._entered(door.sender.send)), stranger=stranger)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time that does not count."""
        began = self._loop.time()
        try:
            yield
        finally:
            self._until += self._loop.time() - began

    def _entered(self, send: "_Send") -> "_Send":
        async def entered(request: Request) -> Exchange:
            if self._over():
                return self._unsent(request)
            self._asked = self._loop.time()
            return await send(request)

        return entered

    def _sent(self, send: "_Send") -> "_Send":
        async def sent(request: Request) -> Exchange:
            if self._asked is not None:
                self._until += self._loop.time() - self._asked
                self._asked = None
            if self._over():
                return self._unsent(request)
            return await send(replace(request, until=self._until))

        return sent

    def _over(self) -> bool:
        return self._loop.time() >= self._until

    def _unsent(self, request: Request) -> Exchange:
        why = f"not sent: the scenario had taken {self._limit:g} s"
        return Exchange(request, None, b"", (), Ending(How.DEADLINE, why), time.time(), None, 0.0)


_Send = Callable[[Request], Awaitable[Exchange]]


class _Bounded:
    """A sender made of a function."""

    def __init__(self, send: _Send) -> None:
        self._send = send

    async def send(self, request: Request) -> Exchange:
        return await self._send(request)
