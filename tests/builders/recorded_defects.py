"""Defects of the embedded endpoint put over recorded streams, and what is found in them then."""

from collections.abc import Iterator, Sequence
from typing import Any

import corpus
from builders.catalogue import FAULTS
from builders.mutants import resumed_after
from builders.spoilt import HEAVY

from harness.conversation import Conversation
from harness.findings import Finding
from harness.mock.defects import DEFECTS, Defect
from harness.mock.defects.base import OfEvents, OfFrames, OfResponse
from harness.mock.defects.spoiling import spoil
from harness.protocol.profiles import CORE
from harness.reply import Reply
from harness.rules import judge
from harness.wire.exchange import Ending, Exchange, Head, How

Record = dict[str, Any]


def defects() -> list[Defect]:
    """Those that can be put over a recording."""
    kinds = OfEvents | OfFrames | OfResponse
    return [one for one in DEFECTS.values() if one.row in FAULTS and isinstance(one, kinds) and one.id not in HEAVY]


def records() -> list[Record]:
    """The fresh streams of OpenAI and Azure in which nothing at all is found."""
    streams = [one for one in corpus.streams() if corpus.profile(one) is CORE and resumed_after(one) is None]
    return [one for one in streams if not judged(one, spoil(events(one))) and "sequence_number" in events(one)[0]]


def events(record: Record) -> Sequence[Record]:
    return [event["data"] for event in record["response"]["events"] if "data" in event]


def judged(record: Record, frames: list[bytes]) -> tuple[Finding, ...]:
    exchange = corpus.exchange(record)
    head = Head(200, (("content-type", "text/event-stream; charset=utf-8"),))
    seen = Exchange(exchange.request, head, b"".join(frames), (), Ending(How.COMPLETE))
    return judge(Conversation.recorded([Reply(seen)])).findings


def spoilt(record: Record, some: Sequence[Defect]) -> Iterator[tuple[Defect, tuple[Finding, ...]]]:
    """What is found under each of the defects that changes anything in the record."""
    good = spoil(events(record))
    for defect in some:
        frames = spoil(events(record), [defect])
        if frames != good and not legal(defect, record):
            yield defect, judged(record, frames)


def legal(defect: Defect, record: Record) -> bool:
    """Whether the defect touches nothing that the stream is held to: what it spoils is not there, or another's."""
    told = events(record)
    kinds = {event["type"] for event in told}
    items = [event["item"] for event in told if event["type"] == "response.output_item.added"]
    match defect.row:
        case "A70":  # deltas of calls have no content_index
            return "response.output_text.delta" not in kinds
        case "A91":  # N41
            return not any(item["type"] in ("function_call", "custom_tool_call") for item in items)
        case "A97":
            asked = record["request"]["body"]
            return "reasoning.encrypted_content" not in ((asked or {}).get("include") or ())
        case "A111" | "A118":  # of two calls, the events of one would be put among those of the other
            return len([item for item in items if item["type"] == "mcp_call"]) > 1
        case "A114":  # a file_citation has a place, but no end
            notes = [event["annotation"] for event in told if event["type"].endswith("annotation.added")]
            return not any("end_index" in note for note in notes)
    return False


def codes(defect: Defect, record: Record) -> frozenset[str]:
    """The codes of the defect's row; what is said of a text is said of a call's arguments under a code of its own."""
    named = FAULTS[defect.row].codes
    if "text.done_mismatch" in named and not any(e["type"] == "response.output_text.delta" for e in events(record)):
        return named | {"tool.args_mismatch"}
    return named


FOLLOWS = {"sem.schema_violation", "tool.unknown_name"}
"""A text that is spoilt may break the form that was asked for; a message made a call calls what nobody offered."""


def right(defect: Defect, record: Record, findings: Sequence[Finding]) -> bool:
    """Whether a code of the row is found at its level, and no other error.

    But what follows of it, which is true as well: see FOLLOWS.
    """
    level, named = FAULTS[defect.row].level, codes(defect, record)
    errors = {one.rule for one in findings if one.level == "error"} - FOLLOWS
    return bool(named & {one.rule for one in findings if one.level is level}) and errors <= named
