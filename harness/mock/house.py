"""What all connections of a door share: whom they ask, what one client may take, who is told."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Final, Protocol

from harness.mock.answers import Answer
from harness.mock.app import Service
from harness.mock.request import Request

MIB: Final = 1024 * 1024


@dataclass(slots=True)
class Limits:
    """What one client may ask of the server: seconds of patience, bytes, connections. Tests shorten them."""

    head_seconds: float = 10.0
    body_seconds: float = 30.0
    idle_seconds: float = 75.0
    head_bytes: int = 64 * 1024
    body_bytes: int = 96 * MIB
    connections: int = 512


Observe = Callable[[Request, Answer, float], None]
"""Told of every answer: the request, what went out, and the seconds that it took to make."""


class Guest(Protocol):
    """A connection, as whoever keeps the house sees it."""

    task: asyncio.Task[None] | None

    def expire(self, now: float) -> None: ...

    def abort(self) -> None: ...


@dataclass(slots=True)
class House:
    """What all connections of a door share."""

    service: Service
    limits: Limits
    connections: set[Guest] = field(default_factory=set)
    observe: Observe | None = None
    dated: tuple[int, str] = (0, "")

    def date(self) -> str:
        """The value of the `date` header line, spelled anew once a second."""
        now = int(time.time())
        if self.dated[0] != now:
            self.dated = (now, formatdate(now, usegmt=True))
        return self.dated[1]
