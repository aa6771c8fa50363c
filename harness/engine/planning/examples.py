"""How many examples are made of a case with generated parameters."""

from collections.abc import Mapping
from typing import Final

EXAMPLES: Final[Mapping[str, int]] = {"embedded": 25, "live": 5}
"""Examples of a case by the kind of its target, where nothing else is said."""
MOST_EXAMPLES: Final = 1_000
SHRINKS: Final[Mapping[str, int]] = {"embedded": 100, "live": 10}
"""Examples beyond those, by which a failing one is made smaller."""
