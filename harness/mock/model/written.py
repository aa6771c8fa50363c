"""Code that the simulated model writes: its lines, and what it works out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Written:
    """Lines of code; `text` is the expression that says what came out, `table` one that is a table."""

    lines: tuple[str, ...]
    text: str | None = None
    table: str | None = None


MEANS: Final[Mapping[str, str]] = {
    "sum": "sum",
    "total": "sum",
    "mean": "mean",
    "average": "mean",
    "median": "median",
    "maximum": "max",
    "max": "max",
    "largest": "max",
    "highest": "max",
    "greatest": "max",
    "minimum": "min",
    "min": "min",
    "smallest": "min",
    "lowest": "min",
    "least": "min",
}
"""Words for statistics, and what code calls them."""
