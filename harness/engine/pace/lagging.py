"""Reading after writing: a response that was streamed a moment ago may not be known yet to whoever continues it."""

import json
from collections import deque
from typing import Final

from harness.engine.clock import Clock
from harness.protocol.storing import LAG
from harness.wire.exchange import Exchange

EVERY: Final = 1.0
KEPT: Final = 8
BEGINNING: Final = 4096
"""Bytes of a stream within which its response is named."""


class Lagging:
    """Knows the streams that were just received, and tells a lag from a response that never was."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._streams: deque[tuple[float, bytes]] = deque(maxlen=KEPT)

    def heard(self, exchange: Exchange) -> None:
        """Takes note of a stream."""
        if exchange.status == 200 and exchange.content_type == "text/event-stream":
            self._streams.append((self._clock.monotonic(), exchange.body[:BEGINNING]))

    def is_lag(self, exchange: Exchange) -> bool:
        """Whether a request was refused only because it continues a stream of a moment ago."""
        if exchange.status not in (400, 404) or b"previous_response_not_found" not in exchange.body[:65536]:
            return False
        try:
            named = json.loads(exchange.request.body).get("previous_response_id")
        except (ValueError, AttributeError):
            return False
        if not isinstance(named, str) or not named:
            return False
        quoted = json.dumps(named).encode()
        return any(quoted in beginning for _, beginning in self._streams)

    def wait(self, began: float) -> float | None:
        """Seconds until the next try, None where the time for it is over; `began` is when the first was sent."""
        return EVERY if self._clock.monotonic() + EVERY - began <= LAG else None
