"""The mark that a run leaves in what it makes at a live service, so that it can be found there by whoever looks.

It stands in `metadata` of requests whose author wrote none, and comes back in what answers them. What reads a request
or a response does not see it: the mark is the harness's own, and nothing is held to it.
"""

import json
from typing import Any, Final

TAG: Final = "harness_run"
"""The key in `metadata`; its value is the run's id."""


def tagged(body: bytes, run: str) -> bytes:
    """A request's body with the mark; as it is where it has `metadata` already, or is no JSON object."""
    try:
        asked: Any = json.loads(body)
    except (ValueError, RecursionError):
        return body
    end = body.rstrip()
    if not isinstance(asked, dict) or "metadata" in asked:
        return body
    mark = json.dumps({"metadata": {TAG: run}}, separators=(",", ":")).encode()[1:]
    return end[:-1].rstrip() + (b"," if asked else b"") + mark


def untagged(body: Any) -> Any:
    """A request's body as its author wrote it."""
    if isinstance(body, dict) and isinstance(marked := body.get("metadata"), dict) and set(marked) == {TAG}:
        return {name: value for name, value in body.items() if name != "metadata"}
    return body


def unechoed(response: Any) -> Any:
    """A response as the author's request is answered by it: without metadata, where it names our mark alone."""
    if isinstance(response, dict) and isinstance(echo := response.get("metadata"), dict) and set(echo) == {TAG}:
        return {**response, "metadata": {}}
    return response
