"""What the parts of the checker write their findings into, and what they must know of each other."""

from collections.abc import Sequence
from typing import Final

from harness.findings import Finding, Level, OnWire
from harness.protocol.profiles import Profile

NOTHING: Final[tuple[Finding, ...]] = ()
"""What is answered when all is well: always the same object."""


class Notes:
    """Findings in the making.

    `at` is the index of the event that is being judged. `blind`: an event was lost or could not be read since the
    last item was opened or closed, so that nothing may be concluded from what is not there; `lost` counts such
    events.
    """

    __slots__ = ("at", "blind", "found", "lost", "profile", "said")

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.at = -1
        self.found: list[Finding] = []
        self.said: set[str] = set()
        self.blind = False
        self.lost = 0

    def report(
        self,
        code: str,
        message: str,
        pointer: str = "",
        *,
        expected: object = None,
        actual: object = None,
        event: int | None = None,
        level: Level | None = None,
    ) -> None:
        """Writes a finding about the event at hand, or about an earlier one. `level` where a case has its own."""
        usual = self.profile.level(code)
        at = self.at if event is None else event
        wire = OnWire(event=at if at >= 0 else None, pointer=pointer)
        self.said.add(code)
        self.found.append(Finding(code, _lower(level, usual), message, wire, expected, actual))

    def once(self, code: str, message: str, pointer: str = "", **more: object) -> None:
        """Writes a finding unless this stream has one of its code already."""
        if code not in self.said:
            self.report(code, message, pointer, **more)  # type: ignore[arg-type]

    def take(self) -> Sequence[Finding]:
        """What was written since the last time."""
        if not self.found:
            return NOTHING
        found, self.found = tuple(self.found), []
        return found


_WEIGHT: Final = {Level.NOTE: 0, Level.WARNING: 1, Level.ERROR: 2}


def _lower(level: Level | None, usual: Level) -> Level:
    """The level of a case of its own, unless the profile has it lower still."""
    return usual if level is None else min(level, usual, key=_WEIGHT.__getitem__)
