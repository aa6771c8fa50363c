"""How fast a deployment is asked: below its limits where they are known, else as fast as it takes.

Requests start evenly, not in bursts: services hold a minute's limit over windows of a second. Without known limits
as many are under way as the deployment bears: more with every answer until the first 429, then half, then slowly more.
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import random
from typing import Final

from harness.engine.clock import Clock
from harness.engine.pace.book import Book
from harness.engine.pace.waits import asked_wait, whole_again
from harness.targets.spec import Quota
from harness.wire.exchange import Exchange, Head, Request

BELOW: Final = 0.98
"""The part of a limit that is used: what is on its way when a service's minute begins must fit in, too."""
MINUTE: Final = 60.0
Drawn = Callable[[], float]
"""Draws a number from 0 to 1."""
FIRST: Final = 4.0
"""How many requests may be under way at first, where nothing is known."""
MOST: Final = 64.0
APART: Final = 0.1
"""Seconds between two starts after a 429, about: those who waited must not start at once, nor regions in step."""
CAREFUL: Final = 10.0
"""Seconds for which that holds."""
PROMPT: Final = 100_000
"""Bytes of a body that count as prompt at most: what is longer holds files."""
_MOST_OUTPUT: Final = re.compile(rb'"max_output_tokens"\s*:\s*(\d{1,9})')
USUAL_OUTPUT: Final = 500
"""Tokens that an answer is taken to need where the request sets no limit."""


def estimated_tokens(body: bytes) -> int:
    """What a service takes a request to cost before it works on it: its prompt and the most that may come of it."""
    limit = _MOST_OUTPUT.search(body)
    return min(len(body), PROMPT) // 4 + (int(limit[1]) if limit else USUAL_OUTPUT)


class Gate:
    """So many at once. `most` is fixed where it was told, else it follows what the deployment takes."""

    def __init__(self, fixed: int | None, first: float = FIRST) -> None:
        self._fixed = fixed is not None
        self.most = float(fixed) if fixed is not None else first
        self.under_way = 0
        self.throttled = False
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._round = 0

    async def enter(self) -> int:
        """Waits for room; gives back the round in which the request goes out."""
        while self.under_way >= int(self.most):
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            finally:
                if turn in self._waiting:
                    self._waiting.remove(turn)
        self.under_way += 1
        return self._round

    def leave(self) -> None:
        self.under_way -= 1
        self._let_in()

    def answered(self) -> None:
        """The deployment took a request."""
        if not self._fixed:
            self.most = min(MOST, self.most + (1 / self.most if self.throttled else 0.5))
            self._let_in()

    def refused(self, of_round: int) -> None:
        """It did not: half as many from now on, once for all that were under way."""
        self.throttled = True
        if not self._fixed and of_round == self._round:
            self.most = max(1.0, self.most / 2)
            self._round += 1

    def _let_in(self) -> None:
        room = int(self.most) - self.under_way
        for turn in list(self._waiting)[: max(0, room)]:
            self._waiting.remove(turn)
            if not turn.done():
                turn.set_result(None)


class Pacer:
    """The pace of one deployment, shared by all who talk to it.

    Args:
        key: names the deployment in the book that all processes share.
        quota: what it takes in a minute and at once, as far as that is known.
        first: how many requests may be under way at first, where that is not known.
    """

    def __init__(
        self, key: str, quota: Quota, book: Book, clock: Clock, first: float = FIRST, drawn: Drawn = random
    ) -> None:
        self.key = key
        self._quota = quota
        self._book = book
        self._clock = clock
        self._drawn = drawn
        self._careful_until = 0.0
        self.waiting = 0
        self.gate = Gate(quota.concurrency if quota.concurrency or not _known(quota) else int(MOST), first)

    @asynccontextmanager
    async def slot(self, request: Request) -> AsyncIterator[int]:
        """The time in which a request may be under way; gives the round of the gate."""
        of_round = await self._entered(request)
        try:
            yield of_round
        finally:
            self.gate.leave()

    async def _entered(self, request: Request) -> int:
        """Waits for room and for the quota; `waiting` counts who does."""
        self.waiting += 1
        try:
            of_round = await self.gate.enter()
            try:
                now = self._clock.monotonic()
                start = self._book.reserve(now, self._advances(request))
                if start > now:
                    await self._clock.sleep(start - now)
            except BaseException:
                self.gate.leave()
                raise
        finally:
            self.waiting -= 1
        return of_round

    def heard(self, exchange: Exchange, of_round: int) -> None:
        """What an answer says about the pace."""
        head = exchange.head
        if head is None:
            return
        now = self._clock.monotonic()
        if head.status == 429:
            self.gate.refused(of_round)
            self._careful_until = now + CAREFUL
            wait = asked_wait(head)
            if wait is not None and wait <= 2 * MINUTE:
                self._book.hold(self._bucket("starts"), now + wait)
                self._careful_until += wait
        elif head.status < 400:
            self.gate.answered()
            if (wait := _used_up(head)) is not None:
                self._book.hold(self._bucket("starts"), now + min(wait, MINUTE))

    def _advances(self, request: Request) -> dict[str, float]:
        quota = self._quota
        careful = self._clock.monotonic() < self._careful_until
        apart = APART * (0.5 + self._drawn()) if careful and not _known(quota) else 0.0
        advances = {self._bucket("starts"): apart}
        if quota.requests_per_minute:
            advances[self._bucket("requests")] = MINUTE / (BELOW * quota.requests_per_minute)
        if quota.tokens_per_minute and request.method == "POST":
            tokens = estimated_tokens(request.body)
            advances[self._bucket("tokens")] = MINUTE * tokens / (BELOW * quota.tokens_per_minute)
        return advances

    def _bucket(self, kind: str) -> str:
        return f"{self.key} {kind}"


def _known(quota: Quota) -> bool:
    return bool(quota.requests_per_minute or quota.tokens_per_minute)


def _used_up(head: Head) -> float | None:
    """Seconds until there is something left of what a deployment takes, where its answer says that nothing is."""
    waits = []
    for kind in ("requests", "tokens"):
        left = head.header(f"x-ratelimit-remaining-{kind}")
        again = head.header(f"x-ratelimit-reset-{kind}")
        if left is not None and left.strip() in ("0", "-1") and again and (wait := whole_again(again.strip())):
            waits.append(wait)
    return max(waits, default=None)
