"""Named deviations of the service, each wrong in one way; `DEFECTS` holds them by id.

`find` takes an id (`A57`), a row with variants (`A36`: its first), or a slug (`text-delta-swapped`).
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from harness.mock.defects import (
    approvals,
    attachments,
    background,
    containers,
    envelopes,
    events_fields,
    events_hosted,
    events_items,
    events_lifecycle,
    events_text,
    faults,
    framing,
    outputs,
    refusals,
    replies,
    states,
    transport,
    vanishing,
)
from harness.mock.defects.base import Defect, Door, Fault, Firing, Way

__all__ = ["DEFECTS", "Defect", "Door", "Fault", "Firing", "Way", "find"]


def _order(defect: Defect) -> tuple[str, int, str]:
    group, number, letter = re.fullmatch(r"([A-Z])(\d+)([a-z]?)", defect.id).groups()  # type: ignore[union-attr]
    return group, int(number), letter


DEFECTS: Final[Mapping[str, Defect]] = {
    defect.id: defect
    for defect in sorted(
        (
            *envelopes.TABLE,
            *transport.TABLE,
            *framing.TABLE,
            *events_fields.TABLE,
            *events_lifecycle.TABLE,
            *events_items.TABLE,
            *events_text.TABLE,
            *events_hosted.TABLE,
            *replies.TABLE,
            *outputs.TABLE,
            *states.TABLE,
            *approvals.TABLE,
            *attachments.TABLE,
            *containers.TABLE,
            *background.TABLE,
            *faults.TABLE,
            *vanishing.TABLE,
            *refusals.TABLE,
        ),
        key=_order,
    )
}
"""Every defect by its id, in the order of the catalogue of faults."""

_NAMES: Final[Mapping[str, Defect]] = {
    **{defect.row: defect for defect in reversed(tuple(DEFECTS.values()))},  # the first variant stands for its row
    **{defect.slug: defect for defect in DEFECTS.values()},
    **DEFECTS,
}


def find(name: str) -> Defect:
    """The defect of this id, row or slug. Raises LookupError with a suggestion."""
    defect = _NAMES.get(name) or _NAMES.get(name.upper()) or _NAMES.get(name.lower())
    if defect is None:
        near = get_close_matches(name, _NAMES, 1)
        raise LookupError(f"unknown defect `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    return defect
