"""Defects of how the service treats its state and its refusals."""

from typing import Final

from harness.mock.defects.base import Defect, Way

TABLE: Final[tuple[Defect, ...]] = (
    Way(
        id="B01",
        slug="parent-ignored",
        title="the parent named by previous_response_id is ignored",
        base="X5",
        findings=("state.chain_ignored",),
        changes={"parent": "ignored"},
    ),
)
