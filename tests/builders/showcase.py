"""A run worth looking at: three regions, two models, a cut and resumed stream, and a baseline that was better."""

from dataclasses import replace
from pathlib import Path

from builders import on_wire, runs, streams, wired

from harness.comparison.comparison import Comparison, compare
from harness.comparison.gated import Gated
from harness.findings import Level, Verdict
from harness.gate.decide import decide
from harness.gate.policy import Policy, Read
from harness.record.lines import CaseLine, FindingLine, Latency, ScenarioLine, TargetLine, Usage
from harness.record.run import Run
from harness.record.writer import RunWriter
from harness.reply import Reply
from harness.wire.exchange import Ending, Exchange, How, Request

REGIONS = ("eastus2", "swedencentral", "westeurope")
MODELS = ("gpt-5", "gpt-5-mini")
SCENARIOS = (
    ("chaining/follow-up", "A follow-up keeps the context of the first turn"),
    ("streaming/order", "A stream tells the answer in order, piece by piece"),
    ("functions/weather", "The weather is asked of the tool"),
    ("files/attached", "A document that is attached is read"),
    ("structured/schema", "An answer follows its JSON schema"),
    ("reasoning/summary", "Reasoning is summed up where that is asked for"),
)
MODES = (("plain", "chained"), ("stream", "chained"), ("stream", "stateless"))
URL = f"{wired.URL}/resp_1?stream=true&starting_after=5"


def resumed(broken: bool) -> list[Exchange]:
    """A stream that we cut and resumed; broken, its second part leaves an event out."""
    blocks = on_wire.blocks(streams.x3())
    first = wired.streamed(blocks[:6], ending=Ending(How.CUT_BY_US), ended_at=0.2)
    rest = [*blocks[6:8], *blocks[9:]] if broken else blocks[6:]
    return [first, wired.streamed(rest, request=Request("GET", URL), started=first.started + 0.6)]


def showcase(folder: Path) -> tuple[Run, Comparison, Gated]:
    """The run, recorded with its exchanges, beside its baseline, and what a gate without a file finds."""
    base = _written(folder / "base", "20260630-060000-9d41", False)
    run = _written(folder / "run", "20260701-060000-4b7e", True)
    comparison = compare(base, run)
    return run, comparison, decide(run, Read(Policy(), None), comparison)


def _written(folder: Path, name: str, worse: bool) -> Run:
    targets = tuple(
        TargetLine(f"{r}/{m}", "live", f"https://{r}.service.invalid", m, m, "2025-08-07", r)
        for r in REGIONS
        for m in MODELS
    )
    scenarios = tuple(
        ScenarioLine(id_.replace("/", "-"), f"specs/{id_}.yaml", 2, title, digest="ab" * 32, owner="chat")
        for id_, title in SCENARIOS
    )
    cases = [(scenario, target, mode) for scenario in scenarios for target in targets for mode in MODES]
    ids = [f"{s.file}::{s.id}[{t.name}-{'-'.join(m)}]" for s, t, m in cases]
    head = runs.head(ids, run=name, targets=targets, scenarios=scenarios, started="2026-07-01T06:00:00.000Z")
    with RunWriter(folder, head) as writer:
        for n, (id_, (scenario, target, mode)) in enumerate(zip(ids, cases, strict=True)):
            if n != 40:
                writer.case(_case(writer, n, id_, scenario, target, mode, worse))
    return Run.read(folder)


def _case(
    writer: RunWriter, n: int, id_: str, scenario: ScenarioLine, target: TargetLine, mode: tuple[str, str], worse: bool
) -> CaseLine:
    bad = worse and target.region == "westeurope" and mode[0] == "stream" and "order" in scenario.file
    lost = worse and target.name == "eastus2/gpt-5-mini" and "schema" in scenario.file
    exchanges = resumed(bad) if mode[0] == "stream" else [wired.whole(streams.x3())]
    line = wired.case(writer, id_, exchanges, [])
    first = 0.18 + (n * 37 % 50) / 100 + (0.4 if target.region == "westeurope" else 0)
    turn = replace(line.turns[0], usage=Usage(90 + n % 40, 20 + n % 25, 110 + n % 65))
    line = replace(
        line,
        scenario=scenario.id,
        file=scenario.file,
        title=scenario.title,
        target=target.name,
        region=target.region,
        model=target.model,
        delivery=mode[0],
        state=mode[1],
        turns=(turn,),
        usage=turn.usage,
        latency=Latency(first / 2, first, first + 0.6 + n % 11 / 10),
        started="2026-07-01T06:00:01.000Z",
        seconds=first + 0.7,
    )
    if bad:
        return replace(line, verdict=Verdict.FAILED, findings=tuple(_found(exchanges[1])))
    if lost:
        said = runs.turn(output=[runs.said("The sum is forty-two.")], exchanges=turn.exchanges)
        return replace(line, verdict=Verdict.FAILED, findings=(_missed(scenario),), turns=(said,))
    if n == 77:
        refused = runs.finding("avail.throttled", message="status 429: wait 20 s", event=None, offset=None, pointer="")
        return replace(line, verdict=Verdict.INCONCLUSIVE, findings=(refused,))
    return line


def _found(exchange: Exchange) -> list[FindingLine]:
    found = [one for one in Reply(exchange, 1).findings if one.level is Level.ERROR]
    return [replace(FindingLine.of(one), turn="turn-1") for one in found][:2]


def _missed(scenario: ScenarioLine) -> FindingLine:
    missed = runs.missed_text()
    assert missed.place is not None
    return replace(
        missed,
        rule="expect.json",
        turn="turn-1",
        exchange=0,
        message="the answer is no JSON",
        pointer="/output/0/content/0/text",
        expected={"type": "object"},
        actual="The sum is forty-two.",
        place=replace(missed.place, file=scenario.file, line=14, column=7, width=4),
        source_line="      json: {schema: sum.json}",
    )
