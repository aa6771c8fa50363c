"""Defects of the response object: numbers that do not add up, echoes that lie, shapes that break."""

from collections.abc import Callable
from typing import Final

from harness.mock.defects.base import JSON, Defect, OfBody, OfResponse


def wrong_total(response: JSON) -> None:
    if isinstance(response.get("usage"), dict):
        response["usage"]["total_tokens"] += 1


def too_much_cached(response: JSON) -> None:
    if isinstance(response.get("usage"), dict):
        response["usage"]["input_tokens_details"]["cached_tokens"] = response["usage"]["input_tokens"] + 7


def too_much_thought(response: JSON) -> None:
    if isinstance(response.get("usage"), dict):
        response["usage"]["output_tokens_details"]["reasoning_tokens"] = response["usage"]["output_tokens"] + 7


def no_usage(response: JSON) -> None:
    response["usage"] = None


def no_thinking_counted(response: JSON) -> None:
    if isinstance(response.get("usage"), dict):
        response["usage"]["output_tokens_details"]["reasoning_tokens"] = 0


def other_reason(response: JSON) -> None:
    if response.get("incomplete_details"):
        response["incomplete_details"] = {"reason": "fatigue"}


def parent_null(response: JSON) -> None:
    """Requests without a parent have nothing to echo wrongly."""
    response["previous_response_id"] = None


def parent_other(response: JSON) -> None:
    if response.get("previous_response_id"):
        response["previous_response_id"] = "resp_" + "0" * 50


def other_metadata(response: JSON) -> None:
    response["metadata"] = {**response["metadata"], "echo": "another"}


def other_temperature(response: JSON) -> None:
    response["temperature"] = 0.5 if response["temperature"] != 0.5 else 0.6


def other_effort(response: JSON) -> None:
    if response["reasoning"].get("effort"):
        response["reasoning"]["effort"] = "low" if response["reasoning"]["effort"] != "low" else "high"


def other_settings(response: JSON) -> None:
    """Metadata, temperature and effort come back changed, so that it shows whatever was asked for."""
    other_metadata(response)
    other_temperature(response)
    other_effort(response)


def dearer_in_background(response: JSON) -> None:
    """What runs in the background costs a thousand tokens more; every sum is right."""
    if response.get("background") and isinstance(response.get("usage"), dict):
        response["usage"]["input_tokens"] += 1000
        response["usage"]["total_tokens"] += 1000


def wrong_clock(response: JSON) -> None:
    response["created_at"] -= 3600


def without_status(response: JSON) -> None:
    del response["status"]


def output_object(response: JSON) -> None:
    response["output"] = {"items": response["output"]}


def other_object(response: JSON) -> None:
    response["object"] = "answer"


def message(response: JSON) -> JSON:
    """The last item, which is the message where there is one."""
    items: list[JSON] = response["output"]
    return next((item for item in items if item.get("type") == "message"), items[-1] if items else {})


def item_without_fields(response: JSON) -> None:
    for field in ("content", "arguments", "role"):
        message(response).pop(field, None)


def item_status_unknown(response: JSON) -> None:
    message(response)["status"] = "perhaps"


def everywhere(
    row: str, slug: str, title: str, change: Callable[[JSON], None], finding: str, base: str = "any"
) -> OfResponse:
    """A response object that is wrong wherever it is shown."""
    return OfResponse(id=row, slug=slug, title=title, base=base, findings=(finding,), change=change)


def plain(row: str, slug: str, title: str, change: Callable[[JSON], None]) -> OfBody:
    """A plain answer of a broken shape."""
    return OfBody(id=row, slug=slug, title=title, findings=("reply.shape",), change=change)


SUM, BOUNDS, ECHO = "sem.usage_sum", "sem.usage_bounds", "state.echo_mismatch"

TABLE: Final[tuple[Defect, ...]] = (
    everywhere("A102", "usage-total-wrong", "the total is not input plus output tokens", wrong_total, SUM, "X1"),
    plain("A119a", "status-missing", "a required key of the response is missing", without_status),
    plain("A119b", "output-no-list", "`output` is not a list", output_object),
    plain("A119c", "object-other", "`object` is another word", other_object),
    plain("A120a", "item-fields-missing", "an item without its required fields", item_without_fields),
    plain("A120b", "item-status-unknown", "an item's status outside its list", item_status_unknown),
    everywhere("B02a", "parent-id-null", "the parent's id comes back as null", parent_null, ECHO, "X5"),
    everywhere("B02b", "parent-id-other", "another parent's id comes back", parent_other, ECHO, "X5"),
    everywhere(
        "B37", "thinking-not-counted", "reasoning without reasoning tokens", no_thinking_counted, "sem.reasoning_usage"
    ),
    everywhere("B52a", "cached-beyond-input", "more cached than input tokens", too_much_cached, BOUNDS),
    everywhere("B52b", "thinking-beyond-output", "more reasoning than output tokens", too_much_thought, BOUNDS),
    everywhere("B53", "usage-missing", "no usage on a completed response", no_usage, "sem.usage_missing"),
    everywhere(
        "B57",
        "incomplete-reason-unknown",
        "an unknown reason for being incomplete",
        other_reason,
        "sem.incomplete_reason",
        "X14",
    ),
    everywhere(
        "B62", "settings-echoed-wrongly", "metadata, temperature and effort echoed wrongly", other_settings, ECHO
    ),
    everywhere("B62b", "metadata-echoed-wrongly", "metadata echoed wrongly", other_metadata, ECHO),
    everywhere("B62c", "temperature-echoed-wrongly", "temperature echoed wrongly", other_temperature, ECHO),
    everywhere("B62d", "effort-echoed-wrongly", "reasoning effort echoed wrongly", other_effort, ECHO),
    everywhere("B70", "clock-wrong", "created_at is an hour behind the Date header", wrong_clock, "sem.clock"),
    everywhere(
        "B79",
        "background-dearer",
        "the same request costs more input in the background",
        dearer_in_background,
        "modes.differ",
        "X8",
    ),
)
