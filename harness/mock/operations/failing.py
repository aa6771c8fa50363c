"""Failures that a script asks for: HTTP errors, and the four forms in which a stream reports one."""

from collections.abc import Mapping
from typing import Any

from harness.mock.errors import Refused
from harness.mock.writing import Event


def scripted_error(error: Mapping[str, Any]) -> Refused:
    """`{status, code, type, message, param, retry_after}` as an HTTP error with its body."""
    status = error["status"]
    body = {
        "error": {
            "message": error.get("message", "The server had an error while processing your request."),
            "type": error.get("type", "server_error" if status >= 500 else "invalid_request_error"),
            "param": error.get("param"),
            "code": error.get("code"),
        }
    }
    wait = error.get("retry_after")
    lines = () if wait is None else (("retry-after", str(wait)), ("retry-after-ms", str(int(float(wait) * 1000))))
    return Refused(status, body, lines)


def failed_stream(events: list[Event], fail: Mapping[str, Any]) -> list[Event]:
    """The stream cut after its first `after` events (default 2), then the failure in its form.

    `failed`: response.failed alone; `flat`, `nested`: an error event, then response.failed; `azure`:
    response.failed whose error is null, then a nested error event.
    """
    kept = events[: int(fail.get("after", 2))]
    code = fail.get("code", "server_error")
    message = fail.get("message", "The server had an error while processing your request.")
    form = fail.get("form", "failed")
    flat = {"code": code, "message": message, "param": None}
    nested = {"error": {"type": fail.get("type", code), "code": code, "message": message, "param": None}}
    error = {"type": "error", **(flat if form == "flat" else nested)}
    snapshot = {
        **events[0]["response"],
        "status": "failed",
        "error": None if form == "azure" else {"code": code, "message": message},
    }
    failed = {"type": "response.failed", "response": snapshot}
    tail: list[Event] = {
        "failed": [failed],
        "azure": [failed, error],
    }.get(form, [error, failed])
    kept += [{"type": event["type"], "sequence_number": 0, **event} for event in tail]
    for number, event in enumerate(kept):
        event["sequence_number"] = number
    return kept
