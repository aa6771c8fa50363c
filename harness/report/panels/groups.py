"""What failed for the same cause, told once: how often, and where."""

from collections.abc import Sequence
from typing import Any, Final

from harness.report.causes import Cause
from harness.report.counted import query
from harness.report.text import counted, number

NAMED: Final = 4
"""Names of one kind that are told."""


def group(n: int, cause: Cause) -> dict[str, Any]:
    """Plain data of the cause with a number: how many cases have it, and where they are."""
    return {
        "count": counted(len(cause.cases), "case"),
        "several": len(cause.cases) > 1,
        "href": query(cause=str(n)),
        "where": [
            (name, told)
            for name, told in (
                ("regions", _names(cause.regions)),
                ("models", _names(cause.models)),
                ("modes", _names(cause.modes)),
                ("scenarios", _names(cause.scenarios)),
            )
            if told
        ],
    }


def _names(names: Sequence[str]) -> str:
    more = f" and {number(len(names) - NAMED)} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
