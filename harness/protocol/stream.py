"""The judge of a stream of events: fed events one by one, it answers findings. No I/O and no clock."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.findings import Finding
from harness.protocol.fold import Fold
from harness.protocol.profiles import CORE, Profile


class StreamChecker:
    """Judges a stream of events as they come; live, recorded or mocked, it cannot tell which.

    It never raises on any JSON object; it reports, finds its feet again and goes on. `wire.event` of a finding
    counts what was fed or skipped, from 0. `finish` is called once at the end, whatever the end was.

    Beyond the order of events it finds, once, `wire.no_terminal` (a stream that ended without a last event, in
    `finish`), `avail.stream_error` (an `error` event, with the service's code, in `finish`), `wire.missing_type`,
    `wire.bad_type`, and `wire.lone_surrogate` in a text whose joined deltas keep half a surrogate pair: a delta
    may come in with half a pair, the other half may follow in the next.
    """

    def __init__(
        self,
        profile: Profile = CORE,
        *,
        resumed_after: int | None = None,
        request: Mapping[str, Any] | None = None,
    ) -> None:
        self.fold = Fold()
        self.terminal: str | None = None

    def feed(self, event: dict[str, Any]) -> Sequence[Finding]:
        """Judges the next event."""
        return ()

    def skip(self, *, numbered: bool = True) -> None:
        """A frame stood here whose event could not be read, so that nothing is concluded from its absence.

        `numbered=False`: the frame held nothing at all; the gap it leaves in the numbers is still reported.
        """

    def finish(self, *, cut: bool = False) -> Sequence[Finding]:
        """Judges the end. `cut`: the transport broke, so that a missing last event is not the service's word."""
        return ()
