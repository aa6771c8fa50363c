"""Defects of containers: what they hold, for how long, and how what is made in them is cited."""

from typing import Final

from harness.mock.defects.base import Defect
from harness.mock.defects.states import way

BASE: Final = "X12"

TABLE: Final[tuple[Defect, ...]] = (
    way(
        "B63b",
        "container-file-ignored",
        "a file for a container never reaches it",
        BASE,
        "sem.attachment_ignored",
        container_files="ignored",
    ),
    way(
        "B64",
        "citation-unknown",
        "a file is cited that there is not",
        BASE,
        "sem.citation_unknown",
        citations="unknown",
    ),
    way("B65", "container-leaking", "another's files are there", BASE, "state.container_leak", containers="leaking"),
    way(
        "B75",
        "container-everlasting",
        "a container serves twenty minutes after its last use",
        BASE,
        "state.container_not_expired",
        idle_containers="usable",
    ),
    way(
        "B76",
        "container-type-refused",
        "a documented type of file is refused",
        BASE,
        "support.missing",
        container_kinds="some",
    ),
    way(
        "B78", "citation-missing", "a file was made and is not cited", BASE, "sem.citation_missing", citations="missing"
    ),
)
