"""Named deviations of the service, each wrong in one way; `DEFECTS` holds them by id."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from harness.mock.defects import events_order, events_text, replies, states
from harness.mock.defects.base import Defect, Door, Way

__all__ = ["DEFECTS", "Defect", "Door", "Way", "find"]


def _by_id(*tables: Iterable[Defect]) -> Mapping[str, Defect]:
    return {defect.id: defect for table in tables for defect in table}


DEFECTS: Final = _by_id(events_order.TABLE, events_text.TABLE, replies.TABLE, states.TABLE)
"""Every defect by its id, in the order of the catalogue of faults."""

_BY_SLUG: Final = {defect.slug: defect for defect in DEFECTS.values()}


def find(name: str) -> Defect:
    """The defect of this id or slug. Raises LookupError with a suggestion."""
    defect = DEFECTS.get(name) or DEFECTS.get(name.upper()) or _BY_SLUG.get(name)
    if defect is None:
        near = get_close_matches(name, [*DEFECTS, *_BY_SLUG], 1)
        raise LookupError(f"unknown defect `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    return defect
