"""Time as the engine sees it: how long something took, when it is, and waiting. Replaced by tests."""

import asyncio
import time
from email.utils import parsedate_to_datetime
from typing import Final

from harness.wire.exchange import Exchange

SKEW: Final = 300.0
"""Seconds by which this machine's clock may differ from a service's before that is told."""


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


def ahead_of(exchange: Exchange, wall: float) -> float | None:
    """By how many seconds this machine's clock is ahead of the service's; None where the answer bears no date.

    `wall` is what it shows now that the exchange is over; the date was written when the head went out.
    """
    told = exchange.head.header("date") if exchange.head else None
    try:
        read = wall - (exchange.ended_at - (exchange.head_at or exchange.ended_at))
        return read - parsedate_to_datetime(told or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def told_ahead(ahead: float) -> str:
    """A difference in words: `600 s behind the service's`."""
    return f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the service's"


REAL: Final = Clock()
"""The clock of live targets."""
