"""How strictly a service is judged, and in which known ways it may differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from harness.findings import CODES, Level


@dataclass(frozen=True, slots=True)
class Profile:
    """A named strictness: `levels` overrides, by code, the level that a finding would have."""

    name: str
    levels: Mapping[str, Level] = field(default_factory=dict)

    def level(self, code: str) -> Level:
        """The level of a code's findings under this profile."""
        return self.levels.get(code) or CODES[code].level


CORE: Final = Profile("core")
CODEX: Final = Profile("codex")
LENIENT: Final = Profile("lenient")

PROFILES: Final[Mapping[str, Profile]] = {profile.name: profile for profile in (CORE, CODEX, LENIENT)}
"""Every profile by the name that a user writes."""
