"""What is kept of a scenario that is marked `sensitive`: what happened, and of every text its length and hash.

A text's place is taken by `{"$cut": "", "bytes": …, "sha256": …}`, as where a text is too long, but with nothing of its
beginning; a body says its length and its hash. Codes, places, statuses, counts and times stay, so that such a case is
judged, compared and gated like any other. It cannot be played again. A short text can be guessed from its hash.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from harness.findings import Verdict
from harness.protocol.vocabulary import RESPONSE_STATUSES
from harness.record.bounds import cut, plain
from harness.record.lines import Body, CaseLine, ExchangeLine, FindingLine, TurnLine

WHY: Final = "withheld, because the scenario is sensitive"

HEADERS: Final = frozenset(
    {
        *("accept", "accept-encoding", "apim-request-id", "connection", "content-encoding", "content-length"),
        *("content-type", "date", "openai-processing-ms", "openai-version", "retry-after", "retry-after-ms"),
        *("transfer-encoding", "user-agent", "x-ms-region", "x-request-id"),
    }
)
"""Headers whose values are kept: they say how something was sent, not what."""

_WORDS: Final = frozenset(
    {
        *("openai", "v1", "deployments", "responses", "cancel", "compact", "input_items", "input_tokens"),
        *("files", "content", "containers", "vector_stores", "conversations", "items", "embeddings", "models"),
    }
)
"""Parts of an address that are the API's own."""
_FIELD: Final = re.compile(r"[a-z_]{1,40}|[0-9]{1,6}|-")


def withheld(value: object) -> Any:
    """What stands in a value's place; None and what is empty stay, for they say nothing."""
    whole = plain(value)
    if whole in (None, "", [], {}):
        return whole
    text = whole if isinstance(whole, str) else json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return cut(text.encode("utf-8", "surrogatepass"), 0)


def withheld_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a case, by name."""
    return {name: withheld(value) for name, value in values.items()}


def withheld_body(data: bytes) -> Body:
    """What is kept of a body."""
    return Body(len(data), withheld=hashlib.sha256(data).hexdigest())


def withheld_exchange(line: ExchangeLine) -> ExchangeLine:
    """An exchange whose bodies are withheld already, without what its address and headers may say."""
    return replace(
        line,
        url=_address(line.url),
        request_headers=_headers(line.request_headers),
        headers=_headers(line.headers),
        reason="",
        ending_detail="",
    )


def withheld_case(line: CaseLine, words: Callable[[str], str]) -> CaseLine:
    """A finished case without its texts; `words` says what a rule demands, in words of ours."""
    return replace(
        line,
        values=withheld_values(line.values),
        reason=line.reason if line.reason is None or line.verdict is Verdict.SKIPPED else WHY,
        findings=tuple(_finding(finding, words) for finding in line.findings),
        turns=tuple(_turn(turn) for turn in line.turns),
        outline=None if line.outline is None else {},
        made={},
    )


def _finding(line: FindingLine, words: Callable[[str], str]) -> FindingLine:
    return replace(
        line,
        message=f"{words(line.rule)} ({WHY})",
        pointer=_pointer(line),
        expected=withheld(line.expected),
        actual=withheld(line.actual),
        source_line=None,
        difference="",
    )


def _turn(line: TurnLine) -> TurnLine:
    return replace(
        line,
        asked=withheld(line.asked),
        said=tuple(withheld(item) for item in line.said),
        status=line.status if line.status is None or line.status in RESPONSE_STATUSES else "unknown",
    )


def _pointer(line: FindingLine) -> str:
    """Where a rule was broken in the API's own fields; an expectation's may lead into what the model wrote."""
    parts = line.pointer.split("/")[1:]
    own = not line.rule.startswith("expect.") and all(_FIELD.fullmatch(part) for part in parts)
    return line.pointer if own else ""


def _address(url: str) -> str:
    """The server and the API's own words; ids and queries may be of anybody's choice."""
    parts = urlsplit(url)
    path = "/".join(part if not part or part in _WORDS else "…" for part in parts.path.split("/"))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"


def _headers(pairs: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((name, value if name.lower() in HEADERS else WHY) for name, value in pairs)
