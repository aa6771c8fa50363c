"""Durations as they are written: `500ms`, `2s`, `1m`."""

from typing import Final

from harness.matchers.numbers import quantity

LONGEST: Final = 86_400.0 * 40
"""Seconds that a turn may wait; on the embedded endpoint they pass at once."""


def seconds(text: str) -> float | None:
    """The seconds of a duration, or None for any other text."""
    found = quantity(text)
    return found[0] if found is not None and found[1] == "duration" else None
