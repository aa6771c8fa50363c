"""Subjects: what an expectation looks at in a turn that was taken. One function each.

Each answers a plain JSON value, or MISSING where the turn has nothing of the kind. Names and kinds stand in
`harness.scenario.subjects`; a test holds both tables equal.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from harness.conversation import TurnTaken
from harness.expectations.carried import compaction
from harness.expectations.produced import PRODUCED
from harness.expectations.servers import mcp, mcp_hits
from harness.matchers import paths
from harness.pointer import MISSING, resolve
from harness.scenario.same_as import THIS

Look = Callable[[TurnTaken, str | None], Any]


def status(taken: TurnTaken, part: str | None) -> Any:
    return _known(taken.final.status if taken.final else None)


def incomplete_reason(taken: TurnTaken, part: str | None) -> Any:
    return _in_response(taken, "/incomplete_details/reason")


def refusal(taken: TurnTaken, part: str | None) -> Any:
    return _known((taken.final.refusal or None) if taken.final else None)


def error(taken: TurnTaken, part: str | None) -> Any:
    found = taken.final.error if taken.final else None
    if found is None:
        return MISSING
    return dict(found) if part is None else _known(found.get(part))


def text(taken: TurnTaken, part: str | None) -> Any:
    """The visible answer; of a `call` that answers with no object of the API (a file's content) the body as text."""
    if taken.final is None:
        return MISSING
    if taken.final.response is None:
        exchange = taken.final.exchange
        bare = taken.final.operation == "other" and taken.final.error is None and exchange.status == 200
        return exchange.body.decode("utf-8", "replace") if bare else MISSING
    return taken.final.text


def json_(taken: TurnTaken, part: str | None) -> Any:
    """The visible text parsed; MISSING where it is no JSON."""
    try:
        return json.loads(text(taken, None) or "", parse_constant=_no_json)
    except (ValueError, TypeError, RecursionError):
        return MISSING


def items(taken: TurnTaken, part: str | None) -> Any:
    if taken.final is None or taken.final.response is None:
        return MISSING
    return [item.get("type") for item in _mappings(taken.final.output)]


def tool_calls(taken: TurnTaken, part: str | None) -> Any:
    """The function and custom calls of every reply of the turn, with their arguments parsed where they are JSON."""
    if all(reply.response is None for reply in taken.answers):
        return MISSING
    calls = []
    for reply in taken.answers:
        for item in _mappings(reply.output):
            if item.get("type") == "function_call":
                calls.append({"name": item.get("name"), "arguments": _parsed(item.get("arguments"))})
            elif item.get("type") == "custom_tool_call":
                calls.append({"name": item.get("name"), "arguments": item.get("input")})
    return calls


def reasoning(taken: TurnTaken, part: str | None) -> Any:
    if taken.final is None or taken.final.response is None:
        return MISSING
    thoughts = [item for item in _mappings(taken.final.output) if item.get("type") == "reasoning"]
    seen = {
        "present": bool(thoughts),
        "summary": "\n".join(
            str(each.get("text", "")) for item in thoughts for each in _mappings(item.get("summary") or ())
        ),
        "encrypted": bool(thoughts) and all(item.get("encrypted_content") for item in thoughts),
        "tokens": usage(taken, "reasoning_tokens"),
    }
    return _whole(seen) if part is None else seen.get(part, MISSING)


USAGE: Final[Mapping[str, str]] = {
    "input_tokens": "/input_tokens",
    "cached_tokens": "/input_tokens_details/cached_tokens",
    "output_tokens": "/output_tokens",
    "reasoning_tokens": "/output_tokens_details/reasoning_tokens",
    "total_tokens": "/total_tokens",
}
"""Where each figure of `usage` stands in the API's usage object."""


def usage(taken: TurnTaken, part: str | None) -> Any:
    found = taken.final.usage if taken.final else None
    if found is None:
        return MISSING
    return found if part is None else _known(_at(found, USAGE.get(part, "/" + part)))


def latency(taken: TurnTaken, part: str | None) -> Any:
    """Seconds from the request of the turn's last exchange."""
    reply = taken.final
    if reply is None:
        return MISSING
    seen = {
        "headers": reply.exchange.head_at,
        "first_event": reply.first_event_at,
        "first_token": reply.first_token_at,
        "longest_gap": reply.longest_gap,
        "total": reply.exchange.ended_at,
    }
    return _whole(seen) if part is None else _known(seen.get(part))


def stream(taken: TurnTaken, part: str | None) -> Any:
    reply = taken.final
    if reply is None or not reply.streamed:
        return MISSING
    seen = {
        "events": dict(reply.seen),
        "deltas": sum(count for type_, count in reply.seen.items() if type_.endswith(".delta")),
        "bytes": len(reply.exchange.body),
        "order": [event.get("type") for event in reply.events],
    }
    return seen if part is None else seen.get(part, MISSING)


def model(taken: TurnTaken, part: str | None) -> Any:
    return _known(taken.final.model if taken.final else None)


def headers(taken: TurnTaken, part: str | None) -> Any:
    head = taken.final.exchange.head if taken.final else None
    if head is None:
        return MISSING
    if part is None:
        return {name.lower(): value for name, value in head.headers}
    return _known(head.header(part))


def path(taken: TurnTaken, part: str | None) -> Any:
    """What a JSONPath finds in the final response: the value of a singular query, else the list of all matches."""
    if taken.final is None or taken.final.response is None or part is None:
        return MISSING
    return paths.found_at(part, taken.final.response)


def same_as(taken: TurnTaken, earlier: Sequence[TurnTaken], part: str | None) -> Any:
    """The responses of this turn and all before it, by turn id."""
    replies = {**{each.id: each.final for each in earlier}, THIS: taken.final}
    return {id_: reply.response for id_, reply in replies.items() if reply is not None and reply.response is not None}


BESIDE: Final[Mapping[str, Callable[[TurnTaken, Sequence[TurnTaken], str | None], Any]]] = {
    "same_as": same_as,
    "compaction": compaction,
}
"""Every subject that is seen in a turn beside those before it."""

PLANTED: Final = frozenset({"carry_over"})
"""Every subject that is seen in the whole conversation, by rules: the harness plants facts and asks for them."""

GRADED: Final = frozenset({"judge"})
"""Every subject that takes a model to look at it; see `harness.expectations.grading`."""

LOOKS: Final[Mapping[str, Look]] = {
    "status": status,
    "incomplete_reason": incomplete_reason,
    "refusal": refusal,
    "error": error,
    "text": text,
    "json": json_,
    "items": items,
    "tool_calls": tool_calls,
    "reasoning": reasoning,
    "usage": usage,
    "latency": latency,
    "stream": stream,
    "model": model,
    "headers": headers,
    "path": path,
    "mcp": mcp,
    "mcp_hits": mcp_hits,
    **PRODUCED,
}
"""Every subject that is seen in a turn alone."""


def _in_response(taken: TurnTaken, pointer: str) -> Any:
    if taken.final is None or taken.final.response is None:
        return MISSING
    return _known(_at(taken.final.response, pointer))


def _at(value: Any, pointer: str) -> Any:
    return resolve(value, pointer)


def _known(value: Any) -> Any:
    return MISSING if value is None else value


def _whole(seen: Mapping[str, Any]) -> dict[str, Any]:
    """All parts that there are."""
    return {part: value for part, value in seen.items() if value is not None and value is not MISSING}


def _no_json(name: str) -> Any:
    """Python reads NaN and Infinity, which are no JSON."""
    raise ValueError(name)


def _mappings(values: Any) -> list[Mapping[str, Any]]:
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, list | tuple) else []


def _parsed(arguments: Any) -> Any:
    try:
        return json.loads(arguments, parse_constant=_no_json)
    except (ValueError, TypeError, RecursionError):
        return arguments
