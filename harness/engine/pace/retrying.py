"""What is sent again: requests of which nothing was accepted, few times, slowly, within the run's budget.

A refusal for the rate, a fault of the service and a connection that was never made are repeated within the turn. What
may have been accepted is not: the case starts anew (see `harness.engine.engine`). Evidence of a defect is never
repeated. Every attempt is kept beside the last one.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from harness.engine.clock import Clock
from harness.engine.diary import tell
from harness.engine.pace.book import Book
from harness.engine.pace.breaker import Breaker, NotSent
from harness.engine.pace.lagging import Lagging
from harness.engine.pace.pace import Pacer
from harness.engine.pace.waits import asked_wait
from harness.wire.exchange import Exchange, How, Request, Sender

SENDS: Final = 4
"""How often a request goes out at most."""
WAITING: Final = 180.0
"""Seconds that a request may wait in all."""
OBEYED: Final = 120.0
"""Seconds that a service may ask for; one that asks for more is left alone."""
FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 30.0
_UNSENT: Final = (How.CONNECT, How.DNS)
_AGAIN: Final = (408, 409, 429)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What requests to a target share: its region's breaker, its pace (None where it is not paced), the run's book."""

    breaker: Breaker | None
    pacer: Pacer | None
    book: Book
    clock: Clock
    renew: Callable[[], Awaitable[None]] | None = None
    drawn: Callable[[], float] = random.random
    told: Callable[[str], None] | None = None
    heard: Callable[[Exchange], None] | None = None


class Retrying:
    """A sender that repeats what nothing was accepted of."""

    def __init__(self, sender: Sender, around: Circumstances) -> None:
        self._sender = sender
        self._around = around
        self._repeats = True
        self._lagging = Lagging(around.clock)

    def insist(self, repeats: bool) -> None:
        """Whether requests are repeated from now on: not where a refusal is what is looked for."""
        self._repeats = repeats

    async def send(self, request: Request) -> Exchange:
        """Sends, and sends again where that is right; the exchange holds the attempts before it.

        Raises:
            NotSent: the region is down, or its credential was refused: nothing can be learned now.
        """
        around = self._around
        around.book.count()
        earlier: list[Exchange] = []
        began = around.clock.monotonic()
        waited = 0.0
        while True:
            if around.breaker is not None:
                try:
                    around.breaker.check()
                except NotSent:
                    if not earlier:
                        raise
                    *earlier, exchange = earlier  # others found meanwhile that the region is down
                    break
            exchange = await self._once(request)
            wait = self._wait(exchange, len(earlier) + 1, waited, began) if self._repeats else None
            if wait is None or not (self._lagging.is_lag(exchange) or around.book.may_repeat()):
                break
            if exchange.status == 401 and around.renew is not None:
                await around.renew()
            earlier.append(exchange)
            tell("sent again", url=request.url.partition("?")[0], after=round(wait, 3), status=exchange.status)
            if wait >= FIRST_WAIT * 10 and around.told is not None:
                around.told(f"waiting {wait:.0f} s: {exchange.status} from {request.url.partition('?')[0]}")
            await around.clock.sleep(wait)
            waited += wait
        self._lagging.heard(exchange)
        if exchange.status == 401 and earlier and around.breaker is not None and earlier[-1].status == 401:
            around.breaker.shut(86_400.0, "avail.auth", "the credential was refused twice")
        return replace(exchange, earlier=tuple(earlier)) if earlier else exchange

    async def _once(self, request: Request) -> Exchange:
        around = self._around
        where = request.url.partition("?")[0]
        tell("request", method=request.method, url=where, bytes=len(request.body))
        if around.pacer is None:
            exchange = await self._sender.send(request)
        else:
            async with around.pacer.slot(request) as of_round:
                exchange = await self._sender.send(request)
            around.pacer.heard(exchange, of_round)
        if around.breaker is not None:
            around.breaker.heard(exchange)
        if around.heard is not None:
            around.heard(exchange)
        ending = {"ending": exchange.ending.how.value, "seconds": round(exchange.ended_at, 3)}
        tell("answer", url=where, status=exchange.status, bytes=len(exchange.body), **ending)
        return exchange

    def _wait(self, exchange: Exchange, sends: int, waited: float, began: float) -> float | None:
        """Seconds after which to send again, or None."""
        if self._lagging.is_lag(exchange):
            return self._lagging.wait(began)
        if sends >= SENDS:
            return None
        if exchange.status == 401:
            return 0.0 if sends == 1 else None
        asked = self._asked(exchange)
        if asked is None:
            return None
        wait = asked or min(LONGEST_WAIT, FIRST_WAIT * 2 ** (sends - 1)) * max(0.1, self._around.drawn())
        return wait if waited + wait <= WAITING else None

    def _asked(self, exchange: Exchange) -> float | None:
        """The wait that the service asks for, 0.0 where it names none; None where the request is not repeated."""
        head = exchange.head
        if head is None:
            return 0.0 if exchange.ending.how in _UNSENT else None
        if head.status not in _AGAIN and head.status < 500:
            return None
        if head.status == 429 and b"insufficient_quota" in exchange.body[:65536]:
            return None
        asked = asked_wait(head) or 0.0
        if asked > OBEYED:
            if self._around.breaker is not None:
                why = f"the service asked {self._around.breaker.region} to wait"
                self._around.breaker.shut(asked, "avail.throttled", why)
            return None
        return asked
