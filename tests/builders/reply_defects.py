"""Defects of what a reply says, streamed or plain, made of streams written by hand.

A row of `DEFECTS`: id, events, what was asked beyond model and input, the code, its level, the pointer.
"""

from builders import streams as s
from builders.streams import changed


def told(base, pointer, value):
    """A base exchange whose last event tells something else."""
    return changed(base, -1, f"/response{pointer}", value)


SEALED = "/output/0/encrypted_content"
ENCRYPTED = {"include": ["reasoning.encrypted_content"]}


def _without_reasoning_content():
    events = s.x3()
    for index, event in enumerate(events):
        if event.get("item", {}).get("type") == "reasoning":
            events = changed(events, index, "/item/encrypted_content", ...)
    return told(events, "/output/0/encrypted_content", ...)


INCOMPLETE = s.message(s.Telling().begin(), "a").end("incomplete", incomplete_details=None)
FAILED = s.Telling().begin().end("failed")
DEFECTS = [
    ("A87", INCOMPLETE, {}, "sem.incomplete_no_details", "error", "/incomplete_details"),
    (
        "A97",
        _without_reasoning_content(),
        ENCRYPTED,
        "state.reasoning_not_encrypted",
        "error",
        "/output/0/encrypted_content",
    ),
    ("A102", told(s.x1(), "/usage/total_tokens", 44), {}, "sem.usage_sum", "error", "/usage/total_tokens"),
    ("A103", FAILED, {}, "sem.failed_no_error", "error", "/error"),
    (
        "B52 cached",
        told(s.x1(), "/usage/input_tokens_details/cached_tokens", 32),
        {},
        "sem.usage_bounds",
        "error",
        "/usage/input_tokens_details/cached_tokens",
    ),
    (
        "B52 reasoning",
        told(s.x1(), "/usage/output_tokens_details/reasoning_tokens", 13),
        {},
        "sem.usage_bounds",
        "error",
        "/usage/output_tokens_details/reasoning_tokens",
    ),
    ("B53", told(s.x1(), "/usage", None), {}, "sem.usage_missing", "note", "/usage"),
    ("B02", s.x1(), {"previous_response_id": "resp_0"}, "state.echo_mismatch", "error", "/previous_response_id"),
    ("B62 metadata", s.x1(), {"metadata": {"a": "b"}}, "state.echo_mismatch", "error", "/metadata"),
    ("B62 temperature", s.x1(), {"temperature": 0.5}, "state.echo_mismatch", "error", "/temperature"),
    ("B62 effort", s.x1(), {"reasoning": {"effort": "low"}}, "state.echo_mismatch", "error", "/reasoning/effort"),
    ("B62 store", s.x1(), {"store": False}, "state.echo_mismatch", "error", "/store"),
    ("B62 tier", s.x1(), {"service_tier": "flex"}, "state.echo_mismatch", "error", "/service_tier"),
    ("B62 conversation", s.x1(), {"conversation": "conv_1"}, "state.echo_mismatch", "error", "/conversation/id"),
]
SHAPES = [
    ("A119 missing", "/status", ...),
    ("A119 output", "/output", {}),
    ("A119 object", "/object", "answer"),
    ("A120 fields", "/output/0/content", ...),
    ("A120 status", "/output/0/status", "finished"),
]
"""Plain responses out of shape: id, and which field of a correct one is set to what (`...`: left out)."""
