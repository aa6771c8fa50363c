"""One case as a person reads it, in a real browser: what was replaced, allowed, attached and drawn, and its streams."""

import base64
import json
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from builders import on_wire, runs, streams, wired

from harness.record.lines import CaseLine, TurnLine
from harness.record.run import Run
from harness.record.writer import RunWriter
from harness.wire.exchange import Arrival, Ending, Exchange, Head, How, Request

ROOT = Path(__file__).parents[2]
HUGE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff"
"""The beginning of a PNG of 65,535 by 65,535 pixels."""
JSON = Head(200, (("Content-Type", "application/json"),), "OK")


def answered(value: Any, url: str = wired.URL, asked: Any = None) -> Exchange:
    """An exchange of two JSON bodies."""
    request = Request("POST", url, (), json.dumps(asked or {}).encode())
    return wired.streamed([json.dumps(value).encode()], head=JSON, request=request, url=url)


def recorded(folder: Path, exchanges: list[Exchange], turn: TurnLine | None = None) -> Run:
    """A run of one passed case of one turn, on disk with these exchanges."""
    id_ = runs.case_id()
    with RunWriter(folder, runs.head([id_])) as writer:
        line = wired.case(writer, id_, exchanges, [])
        told = replace(turn, exchanges=line.turns[0].exchanges) if turn else line.turns[0]
        writer.case(replace(line, turns=(told,)))
    return Run.read(folder)


def talk(*turns: TurnLine) -> Run:
    """A run of one case of these turns, without exchanges on disk."""
    line: CaseLine = runs.case(turns=turns)
    return Run(runs.head([line.case]), (line,))


def case_of(opened: Any, run: Run) -> Any:
    shown = opened(run, "#case=0")
    shown.page.wait_for_selector("#case h1")
    return shown


def test_compaction_shows_what_was_replaced_and_by_what(opened: Any, tmp_path: Path):
    """Between two turns the client asked for it: the items that went in, and the fewer that stand for them."""
    before = [
        {"type": "message", "role": "user", "content": "The key is under the mat."},
        dict(runs.said("Noted.")),
        {"type": "message", "role": "user", "content": "And the lamp is on."},
    ]
    after = [before[0], {"type": "compaction", "id": "cmp_1", "encrypted_content": "x" * 164}]
    exchanges = [
        answered({"output": after}, f"{wired.URL}/compact", {"input": before}),
        answered({"output": [runs.said("Under the mat.")]}, asked={"input": [*after, "Where is it?"]}),
    ]
    shown = case_of(opened, recorded(tmp_path / "run", exchanges))

    part = shown.page.locator("#case .replaced")
    assert part.locator("summary").text_content() == "⇢ compaction in exchange 1: 3 items replaced by 2 items"
    assert part.locator(".words").all_text_contents() == [
        "The key is under the mat.",
        "Noted.",
        "And the lamp is on.",
        "The key is under the mat.",
        "stands in place of what was said before",
    ]
    assert "164 characters of encrypted content" in part.text_content()
    assert part.locator(".item").last.is_visible()


def test_compaction_of_a_stored_conversation_names_its_end(opened: Any, tmp_path: Path):
    """A turn that compacts shows what it answers as its answer, so only what was replaced is told above."""
    into = [{"type": "compaction", "id": "cmp_1", "encrypted_content": "x" * 9000}]
    exchange = answered({"output": into}, f"{wired.URL}/compact", {"previous_response_id": "resp_7"})
    turn = runs.turn("turn-1", asked=[], output=into, action="compact")
    shown = case_of(opened, recorded(tmp_path / "run", [exchange], turn))

    assert "everything up to resp_7 replaced by 1 item" in shown.text("#case .replaced summary")
    assert shown.count("#case .item") == 1
    assert "9,000 characters of encrypted content" in shown.text("#case .item")


def test_approvals_are_read_as_question_and_answer(opened: Any):
    request = {
        "type": "mcp_approval_request",
        "id": "mcpr_1",
        "server_label": "dice",
        "name": "roll",
        "arguments": '{"expression":"2d4"}',
    }
    listed = {"type": "mcp_list_tools", "server_label": "dice", "tools": [{"name": "roll", "description": "Rolls."}]}
    yes = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}
    no = {**yes, "approve": False, "reason": "not today"}
    called = {
        "type": "mcp_call",
        "id": "mcp_1",
        "server_label": "dice",
        "name": "roll",
        "arguments": "{}",
        "output": "7",
    }
    shown = case_of(
        opened,
        talk(
            runs.turn("turn-1", output=[listed, request]),
            runs.turn("turn-2", asked=[yes], output=[called], action="approve"),
            runs.turn("turn-3", asked=[no], output=[runs.said("Then not.")], action="approve"),
        ),
    )

    assert shown.page.locator("#case .item h4").all_text_contents() == [
        "user",
        "tools of dice",
        "asks leave to call dice / roll (mcpr_1)",
        "✓ allowed: mcpr_1",
        "calls dice / roll (mcp_1)",
        "✕ refused: mcpr_1",
        "assistant",
    ]
    assert shown.page.locator("#case .item li").all_text_contents() == ["roll Rolls."]
    assert '"expression": "2d4"' in shown.page.inner_text("#case")
    assert shown.page.locator("#case .words").all_text_contents()[-3:] == ["7", "not today", "Then not."]


@pytest.mark.parametrize(
    ("name", "kind", "size"),
    [
        ("teal.png", "png", "1024 × 1024"),
        ("amber.jpg", "jpeg", "320 × 200"),
        ("crimson.webp", "webp", "200 × 100"),
        ("still.gif", "gif", "40 × 30"),
    ],
)
def test_pictures_are_drawn_by_thumbnail(opened: Any, name: str, kind: str, size: str):
    """From their own bytes, never larger than a thumbnail, with words that say what they are."""
    coded = base64.b64encode((ROOT / "specs/images/attachments" / name).read_bytes()).decode()
    part = {"type": "input_image", "image_url": f"data:image/{kind};base64,{coded}"}
    shown = case_of(opened, talk(runs.turn(asked=[{"role": "user", "content": [part]}])))

    picture = shown.page.locator("#case img.thumbnail")
    assert picture.get_attribute("alt") == f"{kind} image, {size} pixels"
    picture.scroll_into_view_if_needed()
    shown.wait("document.querySelector('#case img').naturalWidth > 0")
    width, height = size.split(" × ")
    drawn = picture.evaluate("one => [one.naturalWidth, one.naturalHeight, one.clientWidth, one.clientHeight]")
    assert drawn[:2] == [int(width), int(height)]
    assert max(drawn[2:]) <= 240
    assert shown.quiet()


def test_picture_that_was_drawn_is_shown_though_its_text_is_cut(opened: Any, tmp_path: Path):
    """The line of a case keeps the beginning of a long text; the picture comes from the exchange."""
    coded = base64.b64encode((ROOT / "specs/images/attachments/teal.png").read_bytes()).decode()
    call = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": coded}
    kept = {**call, "result": {"$cut": coded[:400], "bytes": len(coded), "sha256": "ab" * 32}}
    gone = {**kept, "id": "ig_2"}
    run = recorded(tmp_path / "run", [answered({"output": [call]})], runs.turn(output=[kept, gone]))
    shown = case_of(opened, run)

    assert shown.page.get_attribute("#case img.thumbnail", "alt") == "png image, 1024 × 1024 pixels"
    assert f"a picture of {len(coded):,} characters that is not drawn here" in shown.page.inner_text("#case")
    assert coded[:100] not in shown.page.inner_text("#case")
    assert shown.quiet()


@pytest.mark.parametrize(
    "coded",
    [
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,iVBORw0KGgo=",
        "https://example.com/picture.png",
        "data:image/png;base64,"
        + base64.b64encode(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff").decode(),
    ],
)
def test_picture_that_is_none_or_too_large_is_text(opened: Any, coded: str):
    shown = case_of(
        opened, talk(runs.turn(asked=[{"role": "user", "content": [{"type": "input_image", "image_url": coded}]}]))
    )

    assert shown.count("#case img") == 0
    assert coded in shown.page.inner_text("#case")
    assert shown.quiet()


def test_files_are_named_with_their_size(opened: Any):
    files = [
        {"type": "input_file", "filename": "bill.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
        {"type": "input_file", "file_id": "file_7"},
        {"type": "input_file", "file_url": "https://example.com/bill.pdf"},
    ]
    shown = case_of(opened, talk(runs.turn(asked=[{"role": "user", "content": files}])))

    assert shown.page.locator("#case .item.asked h4").all_text_contents() == ["user", "file", "file", "file"]
    assert shown.page.locator("#case .item.asked .words").all_text_contents() == [
        "bill.pdf (36 characters of data)",
        "file_7",
        "https://example.com/bill.pdf",
    ]
    assert shown.count("#case .item a") == 0
    assert shown.quiet()


def told_again(blocks: list[bytes], times: list[float]) -> list[str]:
    """The figures of a time line, from the blocks of a stream and when each came, in milliseconds."""
    types = [json.loads(block.partition(b"data: ")[2])["type"] for block in blocks]
    first = next((at for at, type_ in zip(times, types, strict=True) if type_.endswith(".delta")), None)
    gaps = [after - before for before, after in pairwise(times)]
    longest = max(gaps)
    figures = [f"{len(blocks)} events", f"first event {in_words(times[0])}"]
    figures += [] if first is None else [f"first token {in_words(first)}"]
    return [*figures, f"longest gap {in_words(longest)}, before event {gaps.index(longest) + 1}"]


def in_words(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def at_times(blocks: list[bytes], times: list[float], **changes: Any) -> Exchange:
    """A stream whose blocks came at these milliseconds after its request."""
    offsets = [sum(map(len, blocks[:n])) for n in range(len(blocks))]
    arrivals = tuple(Arrival(offset, at / 1000) for offset, at in zip(offsets, times, strict=True))
    return replace(wired.streamed(blocks, **changes), arrivals=arrivals, ended_at=times[-1] / 1000)


def test_figures_of_time_lines_are_those_of_the_record(opened: Any, tmp_path: Path):
    """Events, first event, first token and longest gap of streams by lot, and a tick for each event."""
    lot = random.Random(7)
    exchanges, expected, counts = [], [], []
    for name in ("x2", "x3", "x8", "x9"):
        blocks = on_wire.blocks(getattr(streams, name)())
        at, times = lot.uniform(20, 300), []
        for _ in blocks:
            times.append(float(round(at)))
            at += lot.choice([lot.uniform(1, 40), lot.uniform(200, 900)])
        exchanges.append(at_times(blocks, times))
        expected.append(" · ".join(told_again(blocks, times)))
        counts.append(len(blocks))
    shown = case_of(opened, recorded(tmp_path / "run", exchanges))

    assert shown.page.locator(".timeline figcaption .where").all_text_contents() == expected
    lines = shown.page.locator(".timeline")
    assert [lines.nth(n).locator(".strip .tick").count() for n in range(len(counts))] == counts


def test_waiting_is_left_out_of_a_line_that_would_hold_little_else(opened: Any, tmp_path: Path):
    """Where all came at the end, the axis begins with the first event and says so."""
    blocks = on_wire.blocks(streams.x2())
    late = [2000.0 + 30 * n for n in range(len(blocks))]
    once = [2000.0] * len(blocks)
    shown = case_of(opened, recorded(tmp_path / "run", [at_times(blocks, late), at_times(blocks, once)]))

    axes = shown.page.locator(".strips .axis")
    assert axes.nth(0).locator("span").first.text_content() == "2.0 s (first event)"
    assert axes.nth(1).locator("span").first.text_content() == "0 ms"
    ticks = shown.page.locator(".timeline").first.locator(".strip .tick")
    assert min(float(x) for x in ticks.evaluate_all("all => all.map(one => one.getAttribute('x'))")) == 0


def test_parts_of_a_stream_stand_on_one_line_with_marks_where_they_join(opened: Any, tmp_path: Path):
    """Cut twice and resumed twice: one line, two marks on every lane, times from the start of the first request."""
    blocks = on_wire.blocks(streams.x3())
    cut: dict[str, Any] = {"ending": Ending(How.CUT_BY_US)}
    exchanges = [at_times(blocks[:3], [100.0, 110.0, 120.0], **cut)]
    for part, started, after, ending in ((blocks[3:6], 1.0, 2, cut), (blocks[6:], 3.0, 5, {})):
        url = f"{wired.URL}/resp_1?stream=true&starting_after={after}"
        times = [50.0 + 10 * n for n in range(len(part))]
        began = exchanges[0].started + started
        exchanges.append(at_times(part, times, url=url, request=Request("GET", url), started=began, **ending))
    shown = case_of(opened, recorded(tmp_path / "run", exchanges))

    assert shown.count(".timeline") == 1
    assert shown.text(".timeline h4") == "Time line of turn-1, resumed 2 times"
    said = shown.text(".timeline figcaption .where")
    assert said.startswith(f"{len(blocks)} events · first event 100 ms")
    assert said.endswith("resumed after event 2 at 1.0 s · resumed after event 5 at 3.0 s")
    assert "longest gap 2.0 s, before event 6" in said
    lanes = shown.count(".strips .strip")
    assert lanes >= 2
    assert shown.count(".strip .resumed") == 2 * lanes
    assert "resumed here" in shown.page.locator(".marks li").all_text_contents()
    assert shown.page.locator(".timeline .strip .tick").count() == len(blocks)
    assert [box.split(" · ")[0] for box in shown.page.locator(".exchange summary").all_text_contents()] == [
        "exchange 1",
        "exchange 2",
        "exchange 3",
    ]


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
