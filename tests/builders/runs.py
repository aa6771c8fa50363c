"""Records of runs that never took place: heads, cases, exchanges, and a whole run of every verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.findings import Level, Verdict
from harness.record.lines import (
    CaseLine,
    FindingLine,
    Head,
    Latency,
    LeftOut,
    RuleLine,
    ScenarioLine,
    TargetLine,
    TurnLine,
    Usage,
    Where,
)
from harness.record.writer import RunWriter
from harness.source.place import Place
from harness.wire import exchange as wire

FILE = "specs/chaining/follow-up.yaml"
SCENARIO = "follow-up-keeps-context"
TITLE = "A follow-up keeps the context of the first turn"
TARGET = TargetLine(
    "mock/swedencentral/gpt-5-mini",
    "embedded",
    "http://127.0.0.1",
    "gpt-5-mini",
    "gpt-5-mini",
    "2025-08-07",
    "swedencentral",
)
RULES = {
    "order.seq_gap": RuleLine(
        Level.ERROR, "Streaming events guide", "Sequence numbers rise by one.", "Every event has its number."
    ),
    "sem.usage_sum": RuleLine(Level.ERROR, "API reference, response.usage", "Input and output add up."),
    "tool.args_json": RuleLine(Level.ERROR, "API reference, function_call", "Arguments are JSON."),
}


def case_id(mode: str = "stream-stateless", scenario: str = SCENARIO, file: str = FILE) -> str:
    return f"{file}::{scenario}[{TARGET.name}-{mode}]"


def head(planned: Sequence[str] = (), **changes: Any) -> Head:
    """The head of a small run on the embedded endpoint."""
    plain = Head(
        run="2026-07-01T10-00-00-k3f9",
        started="2026-07-01T10:00:00.000Z",
        versions={"harness": "0.1.0", "python": "3.11.7", "openai": "3.54.0", "aiohttp": "3.13.2"},
        seed=7,
        settings={"concurrency": 32},
        targets=(TARGET,),
        scenarios=(ScenarioLine(SCENARIO, FILE, 2, TITLE, "Chained turns share state.", ("chaining",), "ab" * 32),),
        planned=tuple(planned),
        left_out=(LeftOut(SCENARIO, "background + stateless", "background needs a stored response"),),
        rules=RULES,
    )
    return replace(plain, **changes)


def said(text: str = "Your parcel number is 4417.") -> Mapping[str, Any]:
    """An output message."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }


def turn(id: str = "turn-1", asked: Any = None, output: Sequence[Any] = (), **changes: Any) -> TurnLine:
    """A turn that was answered in four fifths of a second."""
    plain = TurnLine(
        id,
        "user",
        [{"role": "user", "content": "What is my parcel number?"}] if asked is None else asked,
        tuple(output) or (said(),),
        "completed",
        (Where("exchanges.jsonl", 0, 10),),
        Usage(41, 9, 50, 0, 0),
        Latency(0.11, 0.24, 0.8),
    )
    return replace(plain, **changes)


def case(id: str | None = None, verdict: Verdict = Verdict.PASSED, **changes: Any) -> CaseLine:
    """A case of one turn; `id` names the mode in its brackets."""
    plain = CaseLine(
        id or case_id(),
        SCENARIO,
        FILE,
        2,
        TITLE,
        TARGET.name,
        verdict,
        TARGET.region,
        TARGET.model,
        "stream",
        "stateless",
        "wire",
        turns=(turn(),),
        applied_rules={"order.seq_gap": 11, "sem.usage_sum": 1, "tool.args_json": 0},
        applied_expectations={"turn-1/text": 1, "turn-1/status": 1},
        usage=Usage(41, 9, 50, 0, 0),
        latency=Latency(0.11, 0.24, 0.8),
        started="2026-07-01T10:00:01.000Z",
        seconds=0.85,
    )
    return replace(plain, **changes)


def finding(rule: str = "order.seq_gap", **changes: Any) -> FindingLine:
    """A gap in the numbers of a stream's events."""
    plain = FindingLine(
        rule,
        Level.ERROR,
        "sequence_number jumps from 4 to 6",
        "turn-1",
        0,
        5,
        812,
        "/sequence_number",
        5,
        6,
    )
    return replace(plain, **changes)


def missed_text() -> FindingLine:
    """An expectation that was not met, with its place in the YAML."""
    return finding(
        "expect.text",
        message="the text does not contain 4417",
        turn="turn-2",
        exchange=1,
        event=None,
        offset=None,
        pointer="/output/0/content/0/text",
        expected={"contains": "4417"},
        actual="I do not know your parcel number.",
        place=Place(FILE, 18, 13, 18),
        source_line='      text: {contains: "4417"}  # the number that the first turn told',
    )


def exchange(body: bytes = b'{"id":"resp_1","status":"completed"}', **changes: Any) -> wire.Exchange:
    """An exchange that ended well."""
    request = wire.Request(
        "POST",
        "http://127.0.0.1:1/openai/v1/responses",
        (("Content-Type", "application/json"), ("api-key", "key-that-must-not-be-kept")),
        b'{"model":"gpt-5-mini","input":"hello"}',
    )
    plain = wire.Exchange(
        request,
        wire.Head(200, (("Content-Type", "application/json"), ("x-request-id", "r-1")), "OK", "1.1"),
        body,
        (wire.Arrival(0, 0.1), wire.Arrival(5, 0.25)),
        wire.Ending(wire.How.COMPLETE),
        1_780_000_000.5,
        0.09,
        0.3,
        None,
    )
    return replace(plain, **changes)


def every_verdict() -> tuple[Head, tuple[CaseLine, ...]]:
    """A run with a case of each verdict, one that is missing, one that is flaky."""
    ids = {mode: case_id(mode) for mode in ("plain-chained", "stream-chained", "plain-manual", "stream-manual")}
    tools = "specs/tools/weather.yaml"
    weather = f"{tools}::weather-is-asked[{TARGET.name}-stream-chained]"
    skipped = f"{tools}::weather-is-asked[{TARGET.name}-plain-chained]"
    lost = case_id("plain-stateless")
    first = turn("turn-1", [{"role": "user", "content": "My parcel number is 4417. Reply with OK."}], [said("OK")])
    wrong = turn("turn-2", output=[said("I do not know your parcel number.")])
    cases = (
        case(ids["plain-chained"], delivery="plain", state="chained", turns=(first, turn("turn-2"))),
        case(
            ids["stream-chained"],
            Verdict.FAILED,
            state="chained",
            turns=(first, wrong),
            findings=(finding(), missed_text()),
        ),
        case(
            ids["plain-manual"],
            Verdict.INCONCLUSIVE,
            delivery="plain",
            state="manual",
            turns=(turn(output=[{}], status=None, usage=Usage(), latency=Latency()),),
            reason="the connection was refused five times",
            findings=(
                finding(
                    "avail.connect",
                    message="no connection in 10 s",
                    event=None,
                    offset=None,
                    pointer="",
                    expected=None,
                    actual=None,
                ),
            ),
        ),
        case(
            ids["stream-manual"],
            Verdict.ERRORED,
            state="manual",
            turns=(),
            reason="attachments/photo.png is gone",
        ),
        case(
            weather,
            scenario="weather-is-asked",
            file=tools,
            title="The weather is asked of the tool",
            state="chained",
            turns=(turn("turn-1", output=tool_round()),),
            applied_rules={"order.seq_gap": 20, "sem.usage_sum": 2, "tool.args_json": 0},
            applied_expectations={"turn-1/tool_calls": 0},
            findings=(
                finding(
                    "state.echo_mismatch",
                    level=Level.WARNING,
                    message="temperature comes back as 1.0",
                    pointer="/temperature",
                    expected=1,
                    actual=1.0,
                    event=None,
                    offset=None,
                    allowed="the service rounds it",
                ),
            ),
        ),
        case(
            skipped,
            Verdict.SKIPPED,
            scenario="weather-is-asked",
            file=tools,
            title="The weather is asked of the tool",
            delivery="plain",
            turns=(),
            usage=Usage(),
            latency=Latency(),
            seconds=0.0,
            reason="the target does not document function_calling",
            applied_rules={},
            applied_expectations={},
        ),
    )
    planned = (*ids.values(), lost, weather, skipped)
    scenarios = (*head().scenarios, ScenarioLine("weather-is-asked", tools, 1, "The weather is asked of the tool"))
    return head(planned, scenarios=scenarios), cases


def tool_round() -> list[dict[str, Any]]:
    """Reasoning, a function call and its result, and the answer."""
    return [
        {
            "type": "reasoning",
            "id": "rs_1",
            "summary": [{"type": "summary_text", "text": "The tool must be asked."}],
        },
        {
            "type": "function_call",
            "id": "fc_1",
            "call_id": "call_1",
            "name": "weather",
            "arguments": '{"city":"Malmö"}',
        },
        {"type": "function_call_output", "call_id": "call_1", "output": '{"sky":"clear"}'},
        dict(said("It is clear in Malmö.")),
    ]


def write(directory: Path, head: Head, cases: Sequence[CaseLine], shard: str | None = None) -> Path:
    """Writes a record; answers the directory."""
    with RunWriter(directory, head, shard=shard) as writer:
        for line in cases:
            writer.case(line)
    return directory
