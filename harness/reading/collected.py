"""The findings of one reply while it is read: each with its exchange, and never without bound."""

from typing import Final

from harness.findings import Finding, OnWire
from harness.protocol.profiles import Profile

MOST: Final = 100
"""How many findings of one rule a reply may have; the rest says nothing new."""


class Findings:
    """The findings of one reply, each with its exchange; at most MOST of a rule."""

    def __init__(self, exchange: int, profile: Profile) -> None:
        self._exchange = exchange
        self._profile = profile
        self._counts: dict[str, int] = {}
        self.all: list[Finding] = []

    def add(
        self,
        rule: str,
        message: str,
        *,
        event: int | None = None,
        offset: int | None = None,
        pointer: str = "",
        expected: object = None,
        actual: object = None,
    ) -> None:
        wire = OnWire(self._exchange, event, offset, pointer)
        self._keep(Finding(rule, self._profile.level(rule), message, wire, expected, actual))

    def place(self, finding: Finding, event: int | None, offset: int | None) -> None:
        """Keeps a finding of the checker under the exchange, frame and byte where it stands."""
        wire = OnWire(self._exchange, event, offset, finding.wire.pointer)
        self._keep(
            Finding(finding.rule, finding.level, finding.message, wire, finding.expected, finding.actual, finding.turn)
        )

    def has(self, rule: str) -> bool:
        return rule in self._counts

    def _keep(self, finding: Finding) -> None:
        count = self._counts[finding.rule] = self._counts.get(finding.rule, 0) + 1
        if count <= MOST:
            self.all.append(finding)
