"""An event loop whose time passes only while everybody waits: hours in a second, over real sockets or none."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from harness.engine.clock import Clock

T = TypeVar("T")
EPOCH = 1_790_000_000.0
"""When it is where a virtual loop begins."""
BREATH = 0.0002
"""Real seconds in which the system may deliver what was sent on loopback, before time is put forward."""


class _Patient(selectors.DefaultSelector):
    """A selector that asks once what is ready, and else says that the whole timeout has passed."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0) or (timeout != 0 and len(self.get_map()) > 1 and super().select(BREATH)) or []
        if not ready and timeout is None:
            return super().select(1.0)
        if not ready and timeout:
            self.passed += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """See above; `time()` begins at 0."""

    def __init__(self) -> None:
        self._patient = _Patient()
        super().__init__(self._patient)

    def time(self) -> float:
        return self._patient.passed


class VirtualClock(Clock):
    """The clocks of the virtual loop that runs."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def wall(self) -> float:
        return EPOCH + asyncio.get_running_loop().time()


def virtually(visit: Callable[[], Awaitable[T]]) -> T:
    """What a coroutine brings when waiting costs no time."""

    async def run() -> T:
        return await visit()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(run())
