"""Defects of the response object: numbers that do not add up, echoes that lie, shapes that break."""

from typing import Final

from harness.mock.defects.base import JSON, Defect, OfBody, OfResponse


def wrong_total(response: JSON) -> None:
    if isinstance(response.get("usage"), dict):
        response["usage"]["total_tokens"] += 1


def other_parent(response: JSON) -> None:
    """Null where there was a parent; requests without one have nothing to echo wrongly."""
    response["previous_response_id"] = None


def other_echo(response: JSON) -> None:
    """What the caller set comes back changed: metadata, temperature, how hard to think."""
    response["metadata"] = {**response["metadata"], "echo": "another"}
    response["temperature"] = 0.5 if response["temperature"] != 0.5 else 0.6
    if response["reasoning"].get("effort"):
        response["reasoning"]["effort"] = "low" if response["reasoning"]["effort"] != "low" else "high"


def without_status(response: JSON) -> None:
    del response["status"]


TABLE: Final[tuple[Defect, ...]] = (
    OfResponse(
        id="A102",
        slug="usage-total-wrong",
        title="total tokens are not input plus output tokens",
        findings=("sem.usage_sum",),
        change=wrong_total,
    ),
    OfBody(
        id="A119",
        slug="response-key-missing",
        title="a required key of the response object is missing",
        findings=("reply.shape",),
        change=without_status,
    ),
    OfResponse(
        id="B02",
        slug="parent-id-echoed-null",
        title="the id of the parent is not echoed",
        base="X5",
        findings=("state.echo_mismatch",),
        change=other_parent,
    ),
    OfResponse(
        id="B62",
        slug="settings-echoed-wrongly",
        title="metadata, temperature and reasoning effort are echoed wrongly",
        base="any",
        findings=("state.echo_mismatch",),
        change=other_echo,
    ),
)
