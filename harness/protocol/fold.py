"""Events → the response that they spell."""

from typing import Any


class Fold:
    """What the events fed so far spell."""

    __slots__ = ()

    @property
    def response(self) -> dict[str, Any] | None:
        """The response object as told by the events alone, or None before the first snapshot."""
        return None
