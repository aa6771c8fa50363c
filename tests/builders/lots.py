"""A run by lot, and a page's tables as texts: what the figures of the report are counted again from and in."""

import random
import re
from collections import defaultdict
from html.parser import HTMLParser

from builders import runs

from harness.findings import Level, Verdict
from harness.record.lines import CaseLine, Latency, TargetLine, Usage
from harness.record.run import Run

REGIONS = ("eastus2", "swedencentral", "westeurope")
MODELS = ("gpt-5", "gpt-5-mini")
MODES = (("plain", "chained"), ("stream", "chained"), ("stream", "stateless"))
VERDICTS = [Verdict.PASSED] * 6 + [Verdict.FAILED] * 2 + [Verdict.INCONCLUSIVE, Verdict.ERRORED, Verdict.SKIPPED]


def drawn(seed: int) -> Run:
    """A run of 14 scenarios in three modes on six targets with verdicts, times and tokens by lot; some never ran."""
    lot = random.Random(seed)
    targets = tuple(TargetLine(f"t/{r}/{m}", "live", "https://x", m, m, None, r) for r in REGIONS for m in MODELS)
    planned, lines = [], []
    for scenario in range(14):
        for target in targets:
            for delivery, state in MODES:
                file = f"specs/part{scenario % 4}/one.yaml"
                id_ = f"{file}::s{scenario}[{target.name}-{delivery}-{state}]"
                planned.append(id_)
                if lot.random() > 0.05:
                    lines.append(_line(lot, id_, f"s{scenario}", file, target, delivery, state))
    scenarios = tuple(
        runs.ScenarioLine(f"s{n}", f"specs/part{n % 4}/one.yaml", 1, f"Scenario {n}", digest="ab") for n in range(14)
    )
    head = runs.head(planned, run=f"run-{seed}", targets=targets, scenarios=scenarios)
    return Run(head, tuple(lines))


def _line(lot: random.Random, id_: str, scenario: str, file: str, target: TargetLine, *mode: str) -> CaseLine:
    verdict = lot.choice(VERDICTS)
    findings = []
    if verdict is Verdict.FAILED:
        findings.append(runs.finding(lot.choice(["order.seq_gap", "sem.usage_sum", "tool.args_json"])))
    if verdict is Verdict.INCONCLUSIVE:
        findings.append(runs.finding("avail.throttled", message="429"))
    if lot.random() < 0.1:
        findings.append(runs.finding("avail.retried", level=Level.NOTE, message="sent 3 times", actual=3))
    first = lot.random()
    return runs.case(
        id_,
        verdict,
        scenario=scenario,
        file=file,
        title=f"Scenario {scenario}",
        target=target.name,
        region=target.region,
        model=target.model,
        delivery=mode[0],
        state=mode[1],
        findings=tuple(findings),
        latency=Latency(first / 2, first, first + lot.random() * 3),
        usage=Usage(lot.randrange(200), lot.randrange(100), lot.randrange(300)),
        reason="no reason at all" if verdict in (Verdict.ERRORED, Verdict.SKIPPED) else None,
    )


class Text(HTMLParser):
    """The page's tables as rows of cell texts by the id of their section, and all text of each section."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[list[str]]]] = defaultdict(list)
        self.said: dict[str, str] = defaultdict(str)
        self.section, self.quiet, self.inside = "header", 0, False
        self.feed(re.sub(r"<noscript>.*?</noscript>", "", text, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self.section = dict(attrs).get("id") or "columns"
        elif tag in ("script", "style"):
            self.quiet += 1
        elif tag == "table":
            self.tables[self.section].append([])
            self.inside = True
        elif tag == "tr":
            self.tables[self.section][-1].append([])
        elif tag in ("td", "th"):
            self.tables[self.section][-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in ("script", "style")
        if tag == "table":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.quiet:
            return
        self.said[self.section] += data
        tables = self.tables[self.section]
        if self.inside and tables[-1] and tables[-1][-1]:
            tables[-1][-1][-1] += data

    def table(self, section: str, at: int = 0) -> list[list[str]]:
        return [[re.sub(r"\s+", " ", cell).strip() for cell in row] for row in self.tables[section][at]]
