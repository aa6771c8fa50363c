"""How much an endpoint may send and how long it may take before reading stops."""

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of an exchange, and of several that belong together. Sizes in bytes, times in monotonic seconds."""

    body: int = 256 * MIB  # after decompression
    header_block: int = 64 * 1024
    connect: float = 10.0
    first_byte: float = 300.0
    silence: float = 60.0  # no byte at all
    no_event: float = 120.0  # bytes, but no event among them: keep-alives do not count
    turn: float = 900.0  # the whole exchange
    scenario: float = 3600.0  # all exchanges of one conversation


LIMITS: Final = Limits()
