"""What was on the wire, for the page: events with their times, and bytes where something was found in them.

Bytes and events are kept within bounds, the cases that failed first; of what is left out the page says where it
stands in the record.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.record.exchanges import BodyMissing, content
from harness.record.lines import CaseLine, ExchangeLine, FindingLine, Where
from harness.record.run import Run
from harness.record.unsound import Unsound
from harness.report.pins import Pin, lane, pin
from harness.report.rounds import compacted, passed_between, pictures
from harness.wire.exchange import Arrival
from harness.wire.sse import Frame, frames

KIB: Final = 1024
REPLY: Final = 256 * KIB
"""Bytes of one reply that are shown."""
REQUEST: Final = 64 * KIB
"""Bytes of one request that are shown."""
BYTES: Final = 48 * KIB * KIB
"""Bytes of exchanges, as they lie in the record, that are read for cases with findings."""
EVENTS: Final = 12 * KIB * KIB
"""Bytes of exchanges that are read for the time lines of cases without."""
PICTURES: Final = 8 * KIB * KIB
"""Characters of pictures that were drawn, over the whole page."""
MOST_EVENTS: Final = 3000
"""Events of one stream that are drawn."""
AROUND: Final = 32 * KIB
"""Bytes before a finding that are shown of a reply that is too long."""
_DRAWING: Final = b"image_generation_call"


@dataclass
class Wires:
    """What is left of the bounds while a page is made."""

    run: Run
    bytes: int = BYTES
    events: int = EVENTS
    pictures: int = PICTURES

    def of(self, line: CaseLine, findings: Sequence[FindingLine]) -> list[dict[str, Any]] | None:
        """The exchanges of a case in wire order; None where the bound is reached."""
        wheres = [(turn.id, where) for turn in line.turns for where in turn.exchanges]
        size = sum(where.length for _, where in wheres)
        left = self.bytes if findings else self.events
        if size > left or not wheres:
            return None
        if findings:
            self.bytes -= size
        else:
            self.events -= size
        return [self._exchange(turn, where, findings) for turn, where in wheres]

    def _exchange(self, turn: str, where: Where, findings: Sequence[FindingLine]) -> dict[str, Any]:
        try:
            line = self.run.exchange(where)
            bodies = (self.run.folder / where.file).parent / "bodies"
            body = content(line.body, bodies)
            request = content(line.request_body, bodies)
        except (Unsound, BodyMissing, ValueError) as problem:
            return {"turn": turn, "where": named(where), "problem": str(problem)}
        streamed = _is_stream(line)
        arrivals = tuple(Arrival(int(offset), at) for offset, at in line.arrivals)
        parts = list(frames(body, arrivals)) if streamed else []
        events = [_event(part) for part in parts[:MOST_EVENTS]]
        told = {**_facts(turn, line), "where": named(where), "events": events, "of": len(parts)}
        told |= passed_between(request, body, parts)
        if drawn := pictures(body, parts, self.pictures) if _DRAWING in body else {}:
            self.pictures -= sum(map(len, drawn.values()))
            told["pictures"] = drawn
        if line.url.partition("?")[0].endswith("/responses/compact"):
            told["compacted"] = compacted(request, body)
        if not findings:
            return told
        here = [(n, finding) for n, finding in enumerate(findings) if finding.exchange == line.number]
        pins = [(n, pin(finding, body, parts)) for n, finding in here]
        return {
            **told,
            "asked": _shown(request, 0, REQUEST),
            "asked_headers": [list(pair) for pair in line.request_headers],
            "headers": [list(pair) for pair in line.headers],
            "body": _shown(body, _window(pins, len(body)), REPLY),
            "pins": [[n, *found] for n, found in pins],
        }


def named(where: Where) -> str:
    """Where an exchange stands in the record, in words."""
    return f"{where.file}, byte {where.offset}, {where.length} bytes long"


def _is_stream(line: ExchangeLine) -> bool:
    kind = next((value for name, value in line.headers if name.lower() == "content-type"), "")
    return kind.partition(";")[0].strip().lower() == "text/event-stream"


def _facts(turn: str, line: ExchangeLine) -> dict[str, Any]:
    return {
        "turn": turn,
        "number": line.number,
        "sent": line.sent,
        "method": line.method,
        "url": line.url,
        "status": line.status,
        "reason": line.reason,
        "ending": line.ending,
        "detail": line.ending_detail,
        "started": round(line.started, 4),
        "head_at": line.head_at,
        "ended_at": line.ended_at,
        "length": line.body.length,
    }


def _event(frame: Frame) -> list[Any]:
    """Milliseconds, first byte, byte after the last, type, output item, number; the item's type where it is told."""
    type_, item, number, kind = lane(frame.data)
    at = None if frame.at is None else round(1000 * frame.at, 2)
    told = [at, frame.offset, frame.end, type_ or frame.event or "", item, number]
    return told if kind is None else [*told, kind]


def _window(pins: Sequence[tuple[int, Pin]], length: int) -> int:
    """From which byte on a reply is shown, so that what was found first is in sight."""
    if length <= REPLY or not pins:
        return 0
    return max(0, min(min(found.start for _, found in pins) - AROUND, length - REPLY))


def _shown(data: bytes, start: int, limit: int) -> dict[str, Any]:
    """A part of a body: as text where it is UTF-8, else in base64; cut between characters."""
    end = min(len(data), start + limit)
    while 0 < start < len(data) and data[start] & 0xC0 == 0x80:
        start -= 1
    while start < end < len(data) and data[end] & 0xC0 == 0x80:
        end -= 1
    part = data[start:end]
    told = {"from": start, "length": len(data)}
    try:
        return told | {"text": part.decode()}
    except UnicodeDecodeError:
        return told | {"base64": base64.b64encode(part).decode("ascii")}
