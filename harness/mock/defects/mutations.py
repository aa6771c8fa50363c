"""How a mutation of events is entered in a table."""

from harness.mock.defects.base import OfEvents
from harness.mock.defects.streams import Change


def mutation(
    row: str, slug: str, title: str, change: Change, *findings: str, base: str = "X1", any_of: bool = False
) -> OfEvents:
    """A row: its id in the catalogue of faults, its name, what it does, the codes that it must be found under."""
    return OfEvents(id=row, slug=slug, title=title, change=change, findings=findings, base=base, any_of=any_of)
