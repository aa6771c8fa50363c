"""A region that is down is not asked again and again: after some failures in a row, only a probe now and then."""

from typing import Final

from harness.engine.clock import Clock
from harness.wire.exchange import Exchange, How

FAILURES: Final = 5
"""So many failures in a row open the breaker."""
PROBE: Final = 60.0
"""Seconds between two probes of a region that is down."""
_DOWN: Final = {
    How.CONNECT: "avail.connect",
    How.DNS: "avail.dns",
    How.TLS: "avail.tls",
    How.NO_ANSWER: "avail.no_answer",
    How.FIRST_BYTE: "avail.first_byte",
}


class NotSent(Exception):
    """A request that was not sent, because nothing can be learned of the endpoint now.

    `rule` is the code under which that is found.
    """

    def __init__(self, rule: str, why: str) -> None:
        self.rule = rule
        self.why = why
        super().__init__(why)


class Breaker:
    """Of one region. Whoever is let through while it is open is the probe, and its answer closes it."""

    def __init__(self, region: str, clock: Clock) -> None:
        self.region = region
        self._clock = clock
        self._failures = 0
        self._rule = ""
        self._closed_until_probe = 0.0
        self._shut: tuple[float, str, str] | None = None

    def check(self) -> None:
        """Lets a request pass.

        Raises:
            NotSent: the region is down, or asked to be left alone for long.
        """
        now = self._clock.monotonic()
        if self._shut is not None:
            until, rule, why = self._shut
            if now < until:
                raise NotSent(rule, f"not sent: {why}, for another {until - now:.0f} s")
            self._shut = None
        if self._failures < FAILURES:
            return
        if now < self._closed_until_probe:
            left = self._closed_until_probe - now
            why = f"not sent: {self.region} failed {self._failures} times in a row, the next try is in {left:.0f} s"
            raise NotSent(self._rule, why)
        self._closed_until_probe = now + PROBE

    def heard(self, exchange: Exchange) -> None:
        """Takes note of how a request went."""
        rule = _DOWN.get(exchange.ending.how)
        if exchange.head is not None:
            rule = "avail.server_error" if exchange.head.status >= 500 else None
        if rule is None:
            self._failures = 0
            return
        self._failures += 1
        self._rule = rule
        if self._failures == FAILURES:
            self._closed_until_probe = self._clock.monotonic() + PROBE

    def shut(self, seconds: float, rule: str, why: str) -> None:
        """Nothing goes out for so many seconds, because the service said so."""
        self._shut = (self._clock.monotonic() + seconds, rule, why)
