"""Defects of deleting, of cancelling, and of what runs in the background: polled, cancelled, resumed."""

from typing import Final

from harness.mock.defects.base import Defect
from harness.mock.defects.states import way

TABLE: Final[tuple[Defect, ...]] = (
    way(
        "B11",
        "second-delete-fails",
        "a second delete answers 500",
        "X8",
        "state.delete_not_idempotent",
        deleted_again="failing",
    ),
    way(
        "B13a",
        "second-cancel-fails",
        "a second cancel answers 500",
        "X8",
        "state.cancel_not_idempotent",
        cancelled_again="failing",
    ),
    way(
        "B13b",
        "second-cancel-differs",
        "a second cancel reports another state",
        "X8",
        "state.cancel_not_idempotent",
        cancelled_again="in progress",
    ),
    way(
        "B14",
        "cancelled-completes",
        "what was cancelled completes all the same",
        "X8",
        "state.terminal_changed",
        cancelled="completes",
    ),
    way(
        "B15",
        "background-unstored",
        "background is accepted without storage",
        "X8",
        "state.background_without_store",
        background="unstored",
    ),
    way(
        "B16",
        "background-blocks",
        "a background create answers when all is done",
        "X8",
        "state.background_blocking",
        background="blocking",
    ),
    way(
        "B17",
        "status-backward",
        "a response goes back from in progress to queued",
        "X8",
        "state.status_backward",
        polls="backward",
    ),
    way(
        "B18",
        "never-terminal",
        "a background response never ends",
        "X8",
        "avail.no_progress",
        polls="endless",
    ),
    way(
        "B19",
        "resume-repeats",
        "a resumed stream repeats an event",
        "X8",
        "order.resume_duplicate",
        resume="repeating",
    ),
    way(
        "B20",
        "resume-skips",
        "a resumed stream leaves one out",
        "X8",
        "order.resume_gap",
        resume="skipping",
    ),
    way(
        "B21",
        "replay-differs",
        "a resumed stream says something else",
        "X8",
        "state.replay_differs",
        resume="other text",
    ),
    way(
        "B22",
        "resume-renumbered",
        "a resumed stream counts from 0 again",
        "X8",
        "order.resume_duplicate",
        resume="renumbered",
    ),
)
