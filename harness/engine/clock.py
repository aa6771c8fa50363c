"""Time as the engine sees it: how long something took, when it is, and waiting. Replaced by tests."""

import asyncio
import time
from typing import Final


class Clock:
    """The machine's clocks. Waits and limits are measured on the monotonic one: nobody can set it."""

    def monotonic(self) -> float:
        """Seconds since some moment, the same for every process of this machine."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def now(self) -> float:
        """Seconds to measure a wait by."""
        return self.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Lets others work for so many seconds."""
        await asyncio.sleep(seconds)


class RoomClock(Clock):
    """The clock of a room of the embedded endpoint: goes with the machine's, and is put forward instead of waiting."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead

    def wall(self) -> float:
        return super().wall() + self._ahead

    def now(self) -> float:
        return self.wall()

    async def sleep(self, seconds: float) -> None:
        self._ahead += seconds
        await super().sleep(0)  # others have their turn, as in any wait


REAL: Final = Clock()
"""The clock of live targets."""
