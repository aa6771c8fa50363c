"""Lists in pages, as every list of the API comes: `limit`, `order`, `after`."""

from collections.abc import Mapping, Sequence
from typing import Final

from harness.mock import asked
from harness.mock.errors import invalid
from harness.mock.store import JSON

LARGEST: Final = 100


def page(listed: Sequence[JSON], query: Mapping[str, str], *, order: str = "desc", wrong: str = "as asked") -> JSON:
    """One page of what is given oldest first. `wrong` is how a defect lists it. Raises `Refused`."""
    rows = list(listed)
    wanted = query.get("order", order)
    asked.check_choice("order", wanted, ("asc", "desc"))
    if (wanted == "desc") != (wrong == "reversed"):
        rows.reverse()
    after = query.get("after")
    if after is not None:
        ids = [row["id"] for row in rows]
        if after not in ids:
            raise invalid(f"Item with id '{after}' not found.", "after")
        rows = rows[ids.index(after) + (0 if wrong == "repeating" else 1) :]
    limit = size(query.get("limit", "20"))
    shown = rows[:limit]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "has_more": len(rows) > limit,
        "last_id": shown[-1]["id"] if shown else None,
    }


def size(text: str) -> int:
    """`limit`: 1 to 100."""
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST:
        message = f"Invalid 'limit': expected an integer from 1 to {LARGEST}, but got '{text[:20]}' instead."
        raise invalid(message, "limit", "invalid_value")
    return int(text)
