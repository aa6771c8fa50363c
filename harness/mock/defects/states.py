"""Defects of how the service treats its state, its limits and its refusals: one changed way each."""

from typing import Final

from harness.mock.defects.base import Defect, Way


def way(row: str, slug: str, title: str, base: str, finding: str, **changes: str) -> Way:
    """A row of the table below."""
    return Way(id=row, slug=slug, title=title, base=base, findings=(finding,), changes=changes)


TABLE: Final[tuple[Defect, ...]] = (
    way("B01", "parent-ignored", "the parent is ignored", "X5", "state.chain_ignored", parent="ignored"),
    way(
        "B03",
        "grandparent-continued",
        "the chain goes on from the grandparent",
        "X5",
        "state.chain_wrong_parent",
        parent="grandparent",
    ),
    way(
        "B04",
        "unknown-parent-accepted",
        "an unknown parent is accepted",
        "X5",
        "state.unknown_parent_accepted",
        unknown_parent="accepted",
    ),
    way(
        "B06",
        "instructions-carried",
        "earlier instructions are still obeyed",
        "X5",
        "state.instructions_carried",
        instructions="carried",
    ),
    way(
        "B07",
        "unstored-readable",
        "what was not to be stored can be read",
        "X6",
        "state.store_false_retrievable",
        unstored="readable",
    ),
    way("B08", "stored-not-found", "what was stored is not found", "X5", "state.stored_not_found", stored="gone"),
    way(
        "B09",
        "stored-differs",
        "the stored text differs from what was answered",
        "X5",
        "state.stored_differs",
        stored="altered",
    ),
    way(
        "B10",
        "delete-ineffective",
        "what was deleted can be read",
        "X8",
        "state.delete_ineffective",
        deleted="readable",
    ),
    way(
        "B12",
        "deleted-parent-usable",
        "a deleted response still continues the chain",
        "X5",
        "state.deleted_parent_usable",
        deleted="chainable",
    ),
    way("B23", "listing-reversed", "input items in the other order", "X15", "state.items_order", listing="reversed"),
    way(
        "B24",
        "listing-repeats",
        "a page of input items repeats one",
        "X15",
        "state.items_pagination",
        listing="repeating",
    ),
    way(
        "B25",
        "listing-incomplete",
        "tool outputs are missing in the list",
        "X15",
        "state.items_incomplete",
        listing="without outputs",
    ),
    way(
        "B32",
        "encryption-ignored",
        "encrypted reasoning was asked for and is absent",
        "X3",
        "state.reasoning_not_encrypted",
        encryption="never",
    ),
    way(
        "B34",
        "altered-reasoning-accepted",
        "altered encrypted reasoning is accepted",
        "X6",
        "state.corrupt_reasoning_accepted",
        altered_seal="accepted",
    ),
    way(
        "B35",
        "reasoning-rejected",
        "unaltered encrypted reasoning is refused",
        "X6",
        "state.reasoning_rejected",
        good_seal="refused",
    ),
    way(
        "B45",
        "results-swapped",
        "the outputs of two parallel calls are swapped",
        "X13",
        "tool.results_swapped",
        outputs="swapped",
    ),
    way(
        "B46",
        "pairing-ignored",
        "outputs without calls, calls without outputs are accepted",
        "X13",
        "tool.pairing_not_enforced",
        pairing="ignored",
    ),
    way(
        "B54",
        "stored-usage-differs",
        "the stored usage differs from the streamed one",
        "X5",
        "sem.usage_differs",
        stored="recounted",
    ),
    way("B55", "limit-ignored", "more output tokens than allowed", "X14", "sem.limit_ignored", limit="ignored"),
    way(
        "B56",
        "cut-called-completed",
        "cut at the limit but called completed",
        "X14",
        "sem.truncated_as_completed",
        limit="hidden",
    ),
    way("B67", "response-id-reused", "one response id for two requests", "any", "state.id_reuse", ids="reused"),
    way(
        "B68",
        "invalid-accepted",
        "unknown models and bad parameters are accepted",
        "X4",
        "sem.invalid_accepted",
        invalid="accepted",
    ),
)
