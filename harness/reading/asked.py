"""What an exchange asked for: which operation, with which body, streamed or not, resumed where."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from harness.reading.tag import untagged
from harness.wire.exchange import Request
from harness.wire.strict_json import NotStrict, decode

_OPERATIONS: Final[tuple[tuple[str, re.Pattern[str], str], ...]] = tuple(
    (method, re.compile(path + r"\Z"), operation)
    for method, path, operation in (
        ("POST", r"/responses/compact", "compact"),
        ("POST", r"/responses/input_tokens", "input_tokens"),
        ("POST", r"/responses/[^/]+/cancel", "cancel"),
        ("GET", r"/responses/[^/]+/input_items", "input_items"),
        ("GET", r"/responses/[^/]+", "retrieve"),
        ("DELETE", r"/responses/[^/]+", "delete"),
        ("POST", r"/responses", "create"),
    )
)
_OBJECTS: Final[Mapping[str, str]] = {
    "list": "input_items",
    "response.deleted": "delete",
    "response.compaction": "compact",
    "response.input_tokens": "input_tokens",
}


class Asked:
    """A request, understood. A recording may have none (no method): then `known` is False.

    `body`: its JSON object, or None. `streamed`: whether streaming was asked for, None where there is no telling.
    `starting_after`: the number after which a stream is to be resumed, or None.
    """

    def __init__(self, request: Request) -> None:
        self.known = bool(request.method)
        try:
            body = decode(request.body)
        except NotStrict as refusal:
            body = refusal.value
        self.body: dict[str, Any] | None = untagged(body) if isinstance(body, dict) else None
        path, query = split(request.url)
        self._operation = _operation(request.method.upper(), path)
        after = query.get("starting_after", [""])[0]
        self.starting_after = int(after[:18]) if after.isascii() and after.isdigit() else None
        self.streamed = self._streamed(query)

    def operation(self, answer: Any = None) -> str:
        """create, retrieve, delete, cancel, input_items, compact, input_tokens, or other.

        Where there is no request, the JSON of the answer says which; a doubtful one is taken for create's.
        """
        if self.known:
            return self._operation
        named = answer.get("object") if isinstance(answer, dict) else None
        if not isinstance(named, str) or named == "response":
            return "create"
        return _OBJECTS.get(named) or ("create" if "output" in answer else "other")

    def _streamed(self, query: Mapping[str, list[str]]) -> bool | None:
        if not self.known or (self._operation == "create" and self.body is None):
            return None
        if self._operation == "retrieve":
            return query.get("stream") == ["true"]
        return self._operation == "create" and (self.body or {}).get("stream") is True


def split(url: str) -> tuple[str, Mapping[str, list[str]]]:
    """An address's path, without a slash at its end, and its query; both empty for what is no address."""
    try:
        parts = urlsplit(url)
        return parts.path.rstrip("/"), parse_qs(parts.query)
    except ValueError:
        return "", {}


def _operation(method: str, path: str) -> str:
    for verb, pattern, operation in _OPERATIONS:
        if verb == method and pattern.search(path):
            return operation
    return "other"
