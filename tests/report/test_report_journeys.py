"""What people do with a page, in a real browser: find the byte, send a view, find what was lost, step a stream."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import on_wire, runs, streams, wired
from builders.hostile import PAYLOADS, hostile_run
from builders.lots import drawn

from harness.comparison.comparison import Comparison, compare
from harness.findings import Level, Verdict
from harness.gate.decide import decide
from harness.gate.policy import Policy, Read
from harness.pointer import resolve, tokens
from harness.record.lines import CaseLine, FindingLine, Where
from harness.record.run import Run
from harness.report.text import visible
from harness.wire.exchange import Head

MARKED = """() => {
  const marks = [...document.querySelectorAll("#case mark.on")];
  return [Number(marks[0].dataset.from), Number(marks.at(-1).dataset.to), marks.map((one) => one.textContent).join("")];
}"""


def expected_value(body: bytes, finding: FindingLine) -> Any:
    """What a finding is about, read from the stream without the report's code: its value, or the nearest around it."""
    block = body.split(b"\n\n")[finding.event or 0]
    event = json.loads(block.partition(b"data: ")[2])
    path = tokens(finding.pointer)
    while True:
        pointer = "".join(f"/{token}" for token in path)
        found = resolve(event, pointer)
        if repr(found) != "MISSING" or not path:
            return found
        path.pop()


def test_fifty_findings_are_reached_to_their_bytes(opened: Any, tmp_path: Path):
    """Fifty by lot from a record of broken streams: what is marked is the value, where it stands on disk."""
    run = wired.wrong_streams(tmp_path / "run", 120, each=3)
    known = [
        (number, at) for number, one in enumerate(run.attempts) for at, _ in enumerate(run.attempts[one][0].findings)
    ]
    assert len(known) > 100
    shown = opened(run)
    cases = list(run.attempts)
    rules = set()
    for number, at in random.Random(50).sample(known, 50):
        (line,) = run.attempts[cases[number]]
        finding = line.findings[at]
        body = run.wire(line.turns[0].exchanges[0]).body
        shown.go(f"case={number}&finding={at}", f"#case code:text-is('{cases[number]}')")
        shown.page.wait_for_selector("#case mark.on")
        start, end, text = shown.page.evaluate(MARKED)
        assert body[start:end].decode() == text
        if finding.pointer:
            assert json.loads(text) == expected_value(body, finding)
        else:
            assert text.rstrip("\n").encode() == body.split(b"\n\n")[finding.event or 0]
        rules.add(finding.rule)
    assert len(rules) > 10
    assert shown.quiet()


def test_value_in_a_body_of_many_bytes_a_letter_is_marked(opened: Any, tmp_path: Path):
    """Offsets count bytes, not characters; the value of a pointer is found between others."""
    exchange = wired.whole(streams.x2())
    finding = runs.finding(exchange=0, event=None, offset=None, pointer="/response/status", message="wrong status")
    run = wired.written(tmp_path / "run", [(exchange, [finding])])
    shown = opened(run, "#case=0&finding=0")

    shown.page.wait_for_selector("#case mark.on")
    start, end, text = shown.page.evaluate(MARKED)
    assert (text, exchange.body[start:end]) == ('"completed"', b'"completed"')
    assert len(exchange.body[:start].decode()) < start


def test_from_the_answer_to_the_failing_byte_in_two_clicks(opened: Any, tmp_path: Path):
    run = wired.wrong_streams(tmp_path / "run", 5)
    shown = opened(run, viewport={"width": 1280, "height": 900})

    shown.page.locator(".failure .first a").first.click()
    shown.page.locator("#case .finding a.bytes").first.click()
    shown.page.wait_for_selector("#case mark.on")

    assert shown.page.evaluate(
        "(() => { const box = document.querySelector('#case mark.on').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; })()"
    )


def test_view_that_is_sent_to_somebody_is_the_same_view(opened: Any):
    """Filter, outcomes, order and axis stand in the address; so does the case."""
    ids = [runs.case_id(f"stream-stateless-{n}") for n in range(40)]
    lines = [
        runs.case(
            id_,
            Verdict.FAILED if n % 3 == 0 else Verdict.PASSED,
            findings=(runs.finding(),) if n % 3 == 0 else (),
            latency=replace(runs.case().latency, first_token=n / 10),
        )
        for n, id_ in enumerate(ids)
    ]
    run = Run(runs.head(ids), tuple(lines))
    shown = opened(run)
    shown.page.fill("#query", "verdict:failed rule:order.seq_gap ttft>2s region:sweden -title:zebra")
    shown.page.click("[data-axis=feature]")
    shown.page.click("[data-sort=ttft]")
    shown.page.click("[data-sort=ttft]")
    shown.rows(7)
    assert shown.text("#matches") == "7 of 40 cases"
    titles = shown.page.locator("#rows .amount:nth-child(5)").all_text_contents()
    assert titles == ["3.9 s", "3.6 s", "3.3 s", "3.0 s", "2.7 s", "2.4 s", "2.1 s"]

    again = opened(run, "#" + shown.page.url.partition("#")[2])
    assert again.page.locator("#rows").inner_html() == shown.page.locator("#rows").inner_html()
    assert again.page.is_visible("[data-axis-table=feature]")
    assert not again.page.is_visible("[data-axis-table=model]")
    assert again.page.get_attribute("th:has([data-sort=ttft])", "aria-sort") == "descending"

    shown.page.locator("#rows a").nth(1).click()
    shown.page.wait_for_selector("#case h1")
    there = opened(run, "#" + shown.page.url.partition("#")[2])
    there.page.wait_for_selector("#case h1")
    assert there.text("#case code") == shown.text("#case code")
    there.page.click("text=All cases")
    there.rows(7)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("verdict:failed", 1),
        ("verdict=failed,errored", 2),
        ("-verdict:passed", 5),
        ("verdict:not-run", 1),
        ("region=swedencentral", 7),
        ("region:east", 0),
        ("model:gpt-5 verdict:passed", 2),
        ("state:chained delivery:plain", 1),
        ("state:chained delivery=stream client:wire", 2),
        ("rule:order", 1),
        ("rule=order", 0),
        ("tokens>40", 5),
        ("tokens>=51", 0),
        ("ttft<1s", 5),
        ("ttft>200ms", 5),
        ("tag:chaining", 4),
        ("cause=1", 1),
        ("flaky:no", 7),
        ('"keeps the context"', 5),
        ("follow keeps", 5),
        ("findings=2", 1),
        ("https://nowhere", 0),
    ],
)
def test_fields_of_the_filter(filtered: Any, query: str, count: int):
    shown = filtered
    shown.go(f"q={query.replace('%', '%25').replace('+', '%2B')}", "#matches")
    shown.wait(f"document.getElementById('matches').textContent.startsWith('{count} of 7')")


@pytest.fixture(scope="module")
def filtered(browser: Any, every: Run, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One page for all rows of the table of queries."""
    from conftest import Opened  # type: ignore[import-not-found]
    from harness.report import page as report

    target = tmp_path_factory.mktemp("filter") / "report.html"
    report.write(every, target)
    context = browser.new_context()
    shown = Opened(context.new_page())
    shown.page.goto(target.as_uri())
    shown.page.wait_for_selector("html[data-ready]")
    return shown


def test_what_is_no_number_is_said(opened: Any, every: Run):
    shown = opened(every, "#q=ttft>fast colour=red")

    said = shown.text("#matches")
    assert "“ttft>fast” needs a number of seconds, such as 2s or 300ms" in said
    assert "“colour” is no field: it is looked for as text" in said


def lost_one() -> tuple[Run, Run, Comparison]:
    """Two runs of which the later one lost a single scenario of thirty."""
    scenarios = [replace(runs.head().scenarios[0], id=f"scenario-{n}") for n in range(30)]
    ids = [runs.case_id(scenario=one.id) for one in scenarios]
    plain = [runs.case(id_, scenario=one.id, title=f"Title {one.id}") for id_, one in zip(ids, scenarios, strict=True)]
    base = Run(runs.head(ids, run="base", scenarios=tuple(scenarios)), tuple(plain))
    wrong = replace(plain[17], verdict=Verdict.FAILED, findings=(runs.finding(),))
    wrong = replace(wrong, turns=(runs.turn(output=[runs.said("I do not know.")]),))
    new = Run(runs.head(ids, scenarios=tuple(scenarios)), (*plain[:17], wrong, *plain[18:]))
    return base, new, compare(base, new)


def test_of_two_runs_the_lost_scenario_is_found(opened: Any):
    """On the first screen how many were lost; first in its panel which; in the case both answers side by side."""
    _, new, comparison = lost_one()
    shown = opened(new, comparison=comparison)

    assert "1 lost" in shown.text("header .change")
    first = shown.page.locator("#changes .lost a").first
    assert first.text_content() == "Title scenario-17"
    first.click()
    shown.page.wait_for_selector("#case .before")
    assert shown.page.locator("#case .side .words").all_text_contents() == [
        "Your parcel number is 4417.",
        "I do not know.",
    ]
    assert shown.page.locator("#case .side mark").all_text_contents() == ["Your parcel number is 4417", "I do not know"]


def test_what_is_as_before_is_said_and_what_is_not_is_marked(opened: Any):
    """Turns that said the same are one line; of the others the part that differs is underlined on both sides."""
    first = runs.turn("turn-1", output=[runs.said("Noted.")])
    old, new = (runs.turn("turn-2", output=[runs.said(f"It costs {price} today 🙂.")]) for price in ("40 €", "4 €"))
    case = runs.case(turns=(first, old))
    wrong = replace(case, verdict=Verdict.FAILED, findings=(runs.finding(),), turns=(first, new))
    base = Run(runs.head([case.case], run="base"), (case,))
    run = Run(runs.head([case.case]), (wrong,))
    shown = opened(run, "#case=0", comparison=compare(base, run))
    shown.page.wait_for_selector("#case .before")

    assert "turn-1: the same items and the same words (message)" in shown.text("#case .before")
    assert shown.page.locator("#case .side .words").all_text_contents() == [
        "It costs 40 € today 🙂.",
        "It costs 4 € today 🙂.",
    ]
    assert shown.page.locator("#case .side mark").all_text_contents() == ["0"]
    assert shown.quiet()


def test_gate_says_why_it_is_shut_and_leads_there(opened: Any):
    _, new, comparison = lost_one()
    gated = decide(new, Read(Policy(), None), comparison)
    shown = opened(new, comparison=comparison, gated=gated)

    assert "gate shut" in shown.text(".gate")
    assert shown.page.locator(".reasons li").count() == len(gated.reasons)
    shown.page.locator(".reasons a").first.click()
    shown.page.wait_for_selector("#case h1")
    assert shown.text("#case h1") == "Title scenario-17"
    assert gated.reasons[0].code in shown.page.inner_text("#case")


def test_passed_case_names_its_place_in_the_record(opened: Any, every: Run):
    shown = opened(every, "#case=4")
    shown.page.wait_for_selector("#case h1")

    assert "exchanges.jsonl, byte 0, 10 bytes long" in shown.page.inner_text("#case")


def test_cells_lead_to_their_cases_and_count_what_is_shown(opened: Any, every: Run):
    shown = opened(every)

    cell = shown.page.locator("[data-axis-table=model] .cell a").first
    assert "failed" in cell.inner_text()
    cell.click()
    shown.wait("document.getElementById('matches').textContent.startsWith('7 of 7')")
    shown.page.fill("#query", "verdict:passed")
    shown.wait("document.querySelector('.cell .here')?.textContent === ' · 2 shown'")


ALL = """async (count) => {
  const found = [];
  const textOf = (one) => one.textContent;
  for (let n = 0; n < count; n += 1) {
    location.hash = `case=${n}`;
    const there = () => document.querySelector("#case code")?.textContent.includes(`::${n}[`);
    while (!there()) await new Promise((go) => setTimeout(go, 1));
    found.push([...document.querySelectorAll("#case h1, #case .words")].map(textOf));
  }
  return found;
}"""


def test_three_hundred_hostile_texts_do_nothing(opened: Any):
    """In every field of a case: no dialog, no request, no broken policy, and the text is shown as it is."""
    assert len(set(PAYLOADS)) == 300
    shown = opened(hostile_run(*PAYLOADS))
    expected = [visible(text) for text in PAYLOADS]

    assert shown.page.locator("#overview .failure .first a").first.text_content() == expected[0]
    found = shown.page.evaluate(ALL, len(PAYLOADS))

    assert found == [[text] * 3 for text in expected]
    assert shown.count("iframe, img, object, link, form:not(#filter), base") == 0
    assert shown.quiet()


def test_hostile_bytes_on_the_wire_are_shown_as_they_are(opened: Any, tmp_path: Path):
    event = {"type": "response.output_text.delta", "delta": "".join(PAYLOADS[::20]), "sequence_number": 3}
    exchange = wired.streamed([on_wire.block(event)])
    headers = tuple((f"x-{n}", text) for n, text in enumerate(PAYLOADS[:20]))
    exchange = replace(exchange, head=Head(200, (("Content-Type", "text/event-stream"), *headers), PAYLOADS[1]))
    finding = runs.finding(event=0, offset=0, pointer="/delta", level=Level.ERROR)
    shown = opened(wired.written(tmp_path / "run", [(exchange, [finding])]), "#case=0&finding=0")

    shown.page.wait_for_selector("#case mark.on")
    assert shown.page.evaluate(MARKED)[2] == visible(json.dumps(event["delta"], ensure_ascii=False))
    assert shown.count("iframe, #case img, object") == 0
    assert shown.quiet()


def test_exchange_that_is_gone_is_said(opened: Any):
    line = runs.case(
        verdict=Verdict.FAILED, findings=(runs.finding(),), turns=(runs.turn(exchanges=(Where("gone.jsonl", 0, 9),)),)
    )
    shown = opened(Run(runs.head([line.case]), (line,)), "#case=0&finding=0")
    shown.page.wait_for_selector("#case h1")

    assert "this exchange cannot be shown" in shown.page.inner_text("#case")
    assert shown.quiet()


def counted_again(lines: list[CaseLine]) -> dict[str, list[str]]:
    """The row of the rates and that of the times to the first token, of these attempts; none where there is none."""
    judged = [line.verdict for line in lines if line.verdict in (Verdict.PASSED, Verdict.FAILED)]
    firsts = sorted(line.latency.first_token for line in lines if line.latency.first_token is not None)
    rows = {"rates": ["none", ""], "ttft": ["none", "", "", "", "", ""]}
    if judged:
        passed, n = judged.count(Verdict.PASSED), len(judged)
        p, z = passed / n, 1.959963984540054
        middle, half = p + z * z / 2 / n, z * (p * (1 - p) / n + z * z / 4 / n / n) ** 0.5
        low, high = (max(0.0, middle - half) / (1 + z * z / n), min(1.0, (middle + half) / (1 + z * z / n)))
        rows["rates"] = [f"{passed} of {n}", f"{100 * p:.1f} % (95 %: {100 * low:.1f} to {100 * high:.1f})"]
    if firsts:
        shares = [next(v for k, v in enumerate(firsts, 1) if k >= share * len(firsts)) for share in (0.5, 0.9, 0.99)]
        rows["ttft"] = [str(len(firsts)), *(f"{1000 * value:.0f} ms" for value in (firsts[0], *shares, firsts[-1]))]
    return rows


ROWS = """(table) => [...document.querySelectorAll(`#measures table[${table}] tbody tr`)].map((line) =>
  [...line.cells].filter((cell) => !cell.matches(".drawn")).map((cell) => cell.textContent))"""


def test_rates_and_times_follow_the_filter(opened: Any):
    """Of what is shown they are counted anew, repeats one by one; without a filter stands what was written."""
    plain = drawn(3)
    again = [
        replace(line, repeat=1, verdict=Verdict.PASSED, latency=replace(line.latency, first_token=0.0411 + n / 997))
        for n, line in enumerate(plain.cases)
        if n % 5 == 0 and line.verdict is Verdict.PASSED
    ]
    run = Run(plain.head, (*plain.cases, *again))
    shown = opened(run)
    written = {table: shown.page.evaluate(ROWS, table) for table in ("data-rates", "data-figure=ttft")}

    for query, keep in (
        ("mode:chained", lambda line: line.state == "chained"),
        ("region:east", lambda line: "east" in line.region),
        ("scenario:s7 -verdict:failed", lambda line: line.scenario == "s7" and line.verdict is not Verdict.FAILED),
    ):
        shown.page.fill("#query", query)
        kept = [line for line in run.cases if keep(line)]
        count = len({case for case in run.head.planned if any(line.case == case for line in kept)})
        missing = [case for case in run.missing if query.startswith("mode") and "-chained]" in case]
        missing += [case for case in run.missing if query.startswith("region") and "east" in case]
        missing += [case for case in run.missing if query.startswith("scenario") and "::s7[" in case]
        shown.wait(f"document.getElementById('measured').textContent.startsWith('Of the {count + len(missing)} cases')")
        for table, name in (("data-rates", "rates"), ("data-figure=ttft", "ttft")):
            for place, *told in shown.page.evaluate(ROWS, table):
                region, model = place.split(" · ")
                lines = [line for line in kept if (line.region, line.model) == (region, model)]
                assert told == counted_again(lines)[name], (query, place)
        assert shown.page.is_visible("#filtered")

    shown.page.click("#unfilter")
    shown.wait("document.getElementById('measured').hidden")
    assert {table: shown.page.evaluate(ROWS, table) for table in written} == written
    assert not shown.page.is_visible("#filtered")
    assert shown.quiet()


def test_what_stands_beside_a_baseline_speaks_of_all_and_says_so(opened: Any):
    """A filter leaves the comparison as it is, with words on it; each row tells how many of its cases are shown."""
    _, new, comparison = lost_one()
    shown = opened(new, comparison=comparison)
    before = shown.page.locator("#changes .paired").first.inner_text()
    assert not shown.page.is_visible("#changes .whole")

    shown.page.fill("#query", "title:scenario-17 verdict:failed")
    shown.rows(1)

    assert shown.page.is_visible("#changes .whole")
    assert shown.page.locator("#changes .lost .here").all_text_contents() == [" · 1 shown"]
    assert shown.page.locator("#changes .paired").first.inner_text().replace(" · 1 shown", "") == before


def test_everything_below_is_reached_from_the_top(opened: Any, every: Run):
    """The parts are named in a line that stays in sight; the table of cases is the last of them."""
    shown = opened(every, viewport={"width": 1280, "height": 700})
    links = shown.page.locator(".parts li a")

    assert links.all_text_contents() == ["Answer", "Regions", "Modes", "Rates and times", "Not proved", "Cases"]
    for name in ("measures", "cases", "answer"):
        shown.page.click(f".parts a[href='#{name}']")
        shown.wait(f"document.getElementById('{name}').getBoundingClientRect().top >= 0")
        shown.wait(f"document.getElementById('{name}').getBoundingClientRect().top < innerHeight")
        assert shown.page.locator(".parts").bounding_box()["y"] == 0
    assert shown.page.locator("#overview > section").last.get_attribute("id") == "cases"
