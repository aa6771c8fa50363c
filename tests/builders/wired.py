"""A record of streams that were really wrong: bytes on the wire, and what reading them found."""

import json
from pathlib import Path
from typing import Any

from builders import on_wire, runs, streams
from builders.mutants import mutants

from harness.findings import Level, Verdict
from harness.record.lines import CaseLine, FindingLine, Latency, Usage
from harness.record.run import Run
from harness.record.writer import RunWriter
from harness.reply import Reply
from harness.wire.exchange import Arrival, Ending, Exchange, Head, How, Request

URL = "https://service.invalid/openai/v1/responses"


def streamed(blocks: list[bytes], url: str = URL, **changes: Any) -> Exchange:
    """A stream whose blocks came ten milliseconds apart."""
    arrivals, at = [], 0
    for n, block in enumerate(blocks):
        arrivals.append(Arrival(at, 0.1 + n / 100))
        at += len(block)
    plain = {
        "request": Request("POST", url, (("Content-Type", "application/json"),), b'{"input":"hello","stream":true}'),
        "head": Head(200, (("Content-Type", "text/event-stream; charset=utf-8"), ("x-request-id", "r-1")), "OK"),
        "body": b"".join(blocks),
        "arrivals": tuple(arrivals),
        "ending": Ending(How.COMPLETE),
        "started": 1_780_000_000.5,
        "head_at": 0.09,
        "ended_at": 0.1 + len(blocks) / 100,
    }
    return Exchange(**(plain | changes))


def whole(events: list[dict[str, Any]]) -> Exchange:
    """The answer as one JSON body, which was sent as UTF-8 with letters beyond ASCII."""
    body = json.dumps({"note": "Größe ✓", "response": events[-1]["response"]}, ensure_ascii=False, indent=1).encode()
    return streamed([body], head=Head(200, (("Content-Type", "application/json"),), "OK"))


def wrong_streams(folder: Path, most: int = 60, each: int = 7) -> Run:
    """A run in which every case's stream is a mutant of a good one (one in `each`), with the findings of reading it."""
    found: list[tuple[Exchange, list[FindingLine]]] = []
    for name in ("x2", "x3", "x8", "x9"):
        events = getattr(streams, name)()
        for n, mutant in enumerate(mutants(events)):
            if n % each:
                continue
            exchange = streamed(on_wire.blocks(mutant.of(events)))
            findings = [FindingLine.of(each) for each in Reply(exchange).findings if each.level is Level.ERROR]
            if findings:
                found.append((exchange, findings))
    step = max(1, len(found) // most)
    return written(folder, found[::step][:most])


def written(folder: Path, found: list[tuple[Exchange, list[FindingLine]]]) -> Run:
    """A record with a failed case for each exchange, read back."""
    ids = [runs.case_id(f"stream-stateless-{n}") for n in range(len(found))]
    with RunWriter(folder, runs.head(ids)) as writer:
        for id_, (exchange, findings) in zip(ids, found, strict=True):
            writer.case(case(writer, id_, [exchange], findings))
    return Run.read(folder)


def case(writer: RunWriter, id_: str, exchanges: list[Exchange], findings: list[FindingLine]) -> CaseLine:
    """The line of a case of one turn whose exchanges are kept."""
    wheres = tuple(writer.exchanges(id_, "turn-1", n, exchange) for n, exchange in enumerate(exchanges))
    turn = runs.turn(exchanges=wheres, usage=Usage(41, 9, 50), latency=Latency(0.1, 0.12, exchanges[-1].ended_at))
    verdict = Verdict.FAILED if findings else Verdict.PASSED
    return runs.case(id_, verdict, turns=(turn,), findings=tuple(findings))
