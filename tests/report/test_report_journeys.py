"""What people do with a page, in a real browser: find the byte, send a view, find what was lost, step a stream."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import on_wire, runs, streams, wired
from builders.hostile import PAYLOADS, hostile_run

from harness.comparison.comparison import Comparison, compare
from harness.findings import Level, Verdict
from harness.gate.decide import decide
from harness.gate.policy import Policy, Read
from harness.pointer import resolve, tokens
from harness.record.lines import FindingLine, Where
from harness.record.run import Run
from harness.record.writer import RunWriter
from harness.report.text import visible
from harness.wire.exchange import Ending, Head, How, Request

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
    """From a record of broken streams: the marked bytes are those of the value, and stand where they stand on disk."""
    run = wired.wrong_streams(tmp_path / "run")
    shown = opened(run)
    reached = 0
    for number, one in enumerate(run.attempts):
        (line,) = run.attempts[one]
        body = run.wire(line.turns[0].exchanges[0]).body
        for at, finding in enumerate(line.findings):
            shown.go(f"case={number}&finding={at}", f"#case code:text-is('{one}')")
            shown.page.wait_for_selector("#case mark.on")
            start, end, text = shown.page.evaluate(MARKED)
            assert body[start:end].decode() == text
            if finding.pointer:
                assert json.loads(text) == expected_value(body, finding)
            else:
                assert text.rstrip("\n").encode() == body.split(b"\n\n")[finding.event or 0]
            reached += 1
    assert reached >= 50
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


def resumed(folder: Path) -> Run:
    """A stream that was cut by us and resumed, with a violation in its second part."""
    blocks = on_wire.blocks(streams.x2())
    first = wired.streamed(blocks[:4], ending=Ending(How.CUT_BY_US), ended_at=0.2)
    url = f"{wired.URL}/resp_1?stream=true&starting_after=3"
    second = wired.streamed(blocks[4:], url, request=Request("GET", url), started=1_780_000_001.0)
    finding = runs.finding(exchange=1, event=1, offset=len(blocks[4]), pointer="")
    id_ = runs.case_id()
    with RunWriter(folder, runs.head([id_])) as writer:
        writer.case(wired.case(writer, id_, [first, second], [finding]))
    return Run.read(folder)


def test_time_line_is_stepped_by_keyboard(opened: Any, tmp_path: Path):
    """Both parts of a resumed stream on one line; the arrow keys go from event to event, and the address with them."""
    shown = opened(resumed(tmp_path / "run"), "#case=0")
    shown.page.wait_for_selector(".strips")
    events = streams.x2()

    assert shown.count(".strips") == 1
    assert "resumed after event 3 at 500 ms" in shown.text(".timeline figcaption")
    assert shown.count(".strip .violation") == 1
    shown.page.focus(".strips")
    for n in range(6):
        shown.page.keyboard.press("ArrowRight")
        assert shown.page.get_attribute(".strips", "aria-valuenow") == str(n)
        assert shown.text(".event b") == events[n]["type"]
    assert "order.seq_gap" in shown.text(".event")
    assert (
        shown.page.locator(".timeline pre").inner_text().strip().endswith(json.dumps(events[5], separators=(",", ":")))
    )
    shown.page.keyboard.press("End")
    assert shown.text(".event b") == events[-1]["type"]

    again = opened(resumed(tmp_path / "again"), "#" + shown.page.url.partition("#")[2])
    again.page.wait_for_selector(".event b")
    assert again.text(".event b") == events[-1]["type"]
    assert again.quiet()


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


def test_call_of_a_tool_stands_beside_its_result(opened: Any, tmp_path: Path):
    """Both passed between the first question and the last answer of a turn, and only the wire knows of them."""
    call = {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{"city":"Oslo"}'}
    result = {"type": "function_call_output", "call_id": "call_1", "output": "sleet"}
    kind = Head(200, (("Content-Type", "application/json"),), "OK")
    first = wired.streamed([json.dumps({"output": [call]}).encode()], head=kind)
    asked = Request("POST", wired.URL, (), json.dumps({"input": [call, result]}).encode())
    second = wired.streamed([json.dumps({"output": [runs.said("Sleet.")]}).encode()], head=kind, request=asked)
    id_ = runs.case_id()
    with RunWriter(tmp_path / "run", runs.head([id_])) as writer:
        writer.case(wired.case(writer, id_, [first, second], []))
    shown = opened(Run.read(tmp_path / "run"), "#case=0")
    shown.page.wait_for_selector("#case .call")

    assert shown.page.locator("#case .call h4").all_text_contents() == [
        "calls weather (call_1)",
        "result of call_1 (function_call_output)",
    ]
    assert "sleet" in shown.text("#case .call")
    assert shown.quiet()
