"""Every figure on the page, counted once more from the record with nothing of the page's own code."""

import base64
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from builders.lots import Text, drawn

from harness.comparison.comparison import compare
from harness.findings import Verdict
from harness.record.lines import CaseLine, Usage
from harness.record.run import Run
from harness.report import page


@pytest.fixture(scope="module", params=[1, 2])
def told(request: pytest.FixtureRequest) -> tuple[Run, Run, Text, str]:
    base, new = drawn(10 * request.param), drawn(request.param)
    text = page.html(new, compare(base, new))
    return base, new, Text(text), text


def outcome(run: Run, case: str) -> str:
    return next((line.verdict.value for line in run.cases if line.case == case), "not run")


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest value at or below which so large a share lies."""
    ordered = sorted(values)
    return next(value for n, value in enumerate(ordered, 1) if n >= share * len(ordered))


def span(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def test_counts_and_facts(told: tuple[Run, Run, Text, str]):
    _, run, text, _ = told
    counts = Counter(outcome(run, case) for case in run.head.planned)
    header = re.sub(r"\s+", " ", text.said["header"])
    assert f"{counts['failed']} of {len(run.head.planned)} cases failed." in header
    for name, count in counts.items():
        assert f"{name} {count}" in header
    columns = text.said["columns"]
    total = {name: sum(getattr(line.usage, name) or 0 for line in run.cases) for name in Usage.__slots__}
    assert f"{total['total_tokens']:,} in all: {total['input_tokens']:,} in" in columns
    assert f"{total['output_tokens']:,} out" in columns
    assert f"{sum(len(turn.exchanges) for line in run.cases for turn in line.turns):,}" in columns


def test_causes(told: tuple[Run, Run, Text, str]):
    _, run, _, whole = told
    failed = Counter(line.findings[0].rule for line in run.cases if line.verdict is Verdict.FAILED)
    cards = re.findall(r"<b>(\d+) cases?</b></a> · <code>([a-z._]+)</code>", whole.partition("<noscript>")[0])
    assert {(rule, int(count)) for count, rule in cards} >= set(failed.items())
    lost = re.search(r"(\d+) lost</a>", whole)
    assert lost is not None


def cells(text: Text, run: Run, section: str, at: int, key: Callable[[str], tuple[str, str]]) -> None:
    """Each cell's worst outcome and how many of its cases had it."""
    head, *rows = text.table(section, at)
    grouped: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for case in run.head.planned:
        grouped[key(case)][outcome(run, case)] += 1
    order = ("failed", "errored", "inconclusive", "not run", "passed", "skipped")
    seen = 0
    for row in rows:
        for column, cell in zip(head[1:], row[1:], strict=True):
            found = next((c for (r, m), c in grouped.items() if row[0].endswith(r) and m == column), None)
            if found is None:
                continue
            worst = next(name for name in order if found[name])
            share = str(found.total()) if found[worst] == found.total() else f"{found[worst]} of {found.total()}"
            assert f"{worst} {share} (" in cell, (row[0], column)
            seen += 1
    assert seen == len(grouped)


def test_regions_by_model_and_by_feature(told: tuple[Run, Run, Text, str]):
    _, run, text, _ = told

    def of(case: str) -> list[str]:
        return case.partition("[")[2].split("-stream")[0].split("-plain")[0].split("/")

    cells(text, run, "regions", 0, lambda case: (of(case)[1], of(case)[2]))
    cells(text, run, "regions", 1, lambda case: (of(case)[1], case.split("/")[1]))


def test_modes(told: tuple[Run, Run, Text, str]):
    """Each scenario's states down, deliveries across; those whose modes differ stand apart."""
    _, run, text, _ = told
    grouped: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for case in run.head.planned:
        delivery, state = case[:-1].split("-")[-2:]
        grouped[case.partition("[")[0].partition("::")[2], state, delivery][outcome(run, case)] += 1
    order = ("failed", "errored", "inconclusive", "not run", "passed", "skipped")
    seen, differing = 0, set()
    for at in range(len(text.tables["modes"])):
        head, *rows = text.table("modes", at)
        for row in rows:
            if len(row) == len(head):
                scenario, row = row[0].rpartition(" ")[2], row[1:]
                ways = {frozenset(count) for (name, *_), count in grouped.items() if name == scenario}
                differing.add((at, len(ways) > 1))
            for delivery, cell in zip(head[2:], row[1:], strict=True):
                found = grouped.get((scenario, row[0], delivery))
                if found is None:
                    assert cell == "·nothing planned"
                    continue
                worst = next(name for name in order if found[name])
                share = str(found.total()) if found[worst] == found.total() else f"{found[worst]} of {found.total()}"
                assert f"{worst} {share} (" in cell, (scenario, row[0], delivery)
                seen += 1
    assert seen == len(grouped)
    assert len({at for at, _ in differing}) == len(differing)


def test_rates_times_and_tokens(told: tuple[Run, Run, Text, str]):
    _, run, text, _ = told
    groups: dict[str, list[CaseLine]] = defaultdict(list)
    for line in run.cases:
        groups[f"{line.region} · {line.model}"].append(line)
    for name, passed, _, said in text.table("measures", 0)[1:]:
        judged = [line.verdict for line in groups[name] if line.verdict in (Verdict.PASSED, Verdict.FAILED)]
        good = judged.count(Verdict.PASSED)
        z, n, p = 1.959964, len(judged), good / len(judged)
        middle = (p + z * z / 2 / n) / (1 + z * z / n)
        half = z * ((p * (1 - p) / n + z * z / 4 / n / n) ** 0.5) / (1 + z * z / n)
        assert passed == f"{good} of {n}"
        high = 100.0 if good == n else 100 * (middle + half)
        assert said == f"{100 * p:.1f} % (95 %: {100 * (middle - half):.1f} to {high:.1f})"
    figures: list[tuple[Callable[[CaseLine], Any], Callable[[float], str]]] = [
        (lambda line: line.latency.first_token, span),
        (lambda line: line.latency.total, span),
        (lambda line: line.usage.total_tokens, lambda value: f"{value:,.0f}"),
    ]
    for at, (look, form) in enumerate(figures, 1):
        for name, count, _, *shown in text.table("measures", at)[1:]:
            values = [look(line) for line in groups[name]]
            wanted = [min(values), *(quantile(values, share) for share in (0.5, 0.9, 0.99)), max(values)]
            assert (count, shown) == (str(len(values)), [form(value) for value in wanted])


def test_waits(told: tuple[Run, Run, Text, str]):
    _, run, text, _ = told
    for region, within, again, refused, _ in text.table("measures", 4)[1:]:
        lines = [line for line in run.cases if line.region == region]
        found = [(line.case, finding) for line in lines for finding in line.findings if "avail." in finding.rule]
        assert within == f"{len({case for case, _ in found})} cases"
        assert int(again) == sum(2 for _, finding in found if finding.rule == "avail.retried")
        assert int(refused) == sum(1 for _, finding in found if finding.rule == "avail.throttled")


def test_comparison(told: tuple[Run, Run, Text, str]):
    base, new, text, whole = told
    judged = (Verdict.PASSED, Verdict.FAILED)
    before = {line.case: line.verdict for line in base.cases if line.verdict in judged}
    after = {line.case: line.verdict for line in new.cases if line.verdict in judged}
    both = [case for case in after if case in before]
    lost = [case for case in both if (before[case], after[case]) == judged]
    won = [case for case in both if (after[case], before[case]) == judged]
    passed = [sum(run[case] is Verdict.PASSED for case in both) for run in (before, after)]
    row = text.table("changes", 0)[1]
    assert row[2:5] == [f"{passed[0]} → {passed[1]} of {len(both)}", str(len(lost)), str(len(won))]
    assert f"{len(lost)} lost</a>" in whole
    assert f"{len(won)} won</a>" in whole
    for row in text.table("changes", 1)[1:]:
        id_, file = row[0].split()
        assert row[3:5] == [str(sum(case.startswith(f"{file}::{id_}[") for case in changed)) for changed in (lost, won)]


def test_rows_of_the_table(told: tuple[Run, Run, Text, str]):
    _, run, _, whole = told
    found = re.search(r'id="rows-data">"([^"]+)"', whole)
    assert found is not None
    data = json.loads(zlib.decompress(base64.b64decode(found[1])))
    rows = [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]
    assert sorted(row["case"] for row in rows) == sorted(run.head.planned)
    lines = {line.case: line for line in run.cases}
    for row in rows:
        line = lines.get(row["case"])
        assert row["outcome"] == outcome(run, row["case"])
        if line is not None:
            assert (row["ttft"], row["tokens"]) == (line.latency.first_token, line.usage.total_tokens)
            assert row["rules"] == list(dict.fromkeys(finding.rule for finding in line.findings))


def test_what_is_drawn_is_what_is_said(told: tuple[Run, Run, Text, str]):
    """Every interval that is drawn on a line from 0 to 100 begins, ends and has its mark where its words say."""
    whole = told[3]
    drawings = re.findall(r'<svg class="interval[^>]*aria-label="([^"]+)">(.*?)</svg>', whole, re.DOTALL)
    seen = 0
    for said, drawing in drawings:
        words = re.findall(r"([\d.]+) % \((?:95 %: )?([\d.]+) to ([\d.]+)\)", said)
        spreads = re.findall(r'class="spread[^"]*" x="([\d.]+)" y="\d+" width="([\d.]+)"', drawing)
        points = re.findall(r'class="point" x="([\d.]+)"', drawing)
        for (rate, low, high), (x, width), point in zip(words, spreads, points, strict=True):
            assert float(x) == pytest.approx(float(low), abs=0.06)
            assert float(x) + float(width) == pytest.approx(max(float(high), float(x) + 0.5), abs=0.12)
            assert float(point) == pytest.approx(min(99, float(rate)), abs=0.06)
            seen += 1
    assert seen > 30
