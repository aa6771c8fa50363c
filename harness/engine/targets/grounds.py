"""The grounds of a run: the connections that its cases share, what paces them, and what targets started themselves."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, Protocol, TypeVar

from harness.engine.ledger import Ledger
from harness.engine.targets.facts import Facts
from harness.engine.targets.target import Door, Target
from harness.wire.client import Client
from harness.wire.limits import LIMITS, Limits

T = TypeVar("T")


class Steadying(Protocol):
    """What keeps a run from asking a target more than it bears."""

    def door(self, target: Target, door: Door) -> Door:
        """The door, behind which requests are paced and refusals repeated."""
        ...

    def stop(self, facts: Facts, why: str) -> None:
        """Nothing more is sent to the target."""
        ...


class RunGrounds:
    """What the targets of a run share in its event loop: the client's connections, and what they started themselves.

    Without a `steadiness` every request goes out once, at once.
    """

    def __init__(
        self, limits: Limits = LIMITS, ledger: Ledger | None = None, steadiness: Steadying | None = None
    ) -> None:
        self.limits = limits
        self.client = Client(limits)
        self.ledger = ledger
        self.steadiness = steadiness
        self._stack = AsyncExitStack()
        self._opened: dict[object, Any] = {}
        self._opening = asyncio.Lock()

    def steady(self, target: Target, door: Door) -> Door:
        """The door through which a case talks to a target."""
        return door if self.steadiness is None else self.steadiness.door(target, door)

    def stop(self, facts: Facts, why: str) -> None:
        """Nothing more is sent to the target in this run."""
        if self.steadiness is not None:
            self.steadiness.stop(facts, why)

    async def shared(self, what: Callable[[], AbstractAsyncContextManager[T]]) -> T:
        """What `what` opens, the same for all who ask in this run; closed with the grounds."""
        async with self._opening:
            if what not in self._opened:
                self._opened[what] = await self._stack.enter_async_context(what())
        opened: T = self._opened[what]
        return opened

    async def close(self) -> None:
        await self.client.close()
        await self._stack.aclose()
        self._opened.clear()
