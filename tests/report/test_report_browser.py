"""The page in a real browser: it asks for nothing, nothing in it acts, and it does what it offers."""

from typing import Any

import pytest
from builders import runs
from builders.hostile import HOSTILE, hostile_run

from harness.findings import Verdict
from harness.record.run import Run
from harness.report.text import visible


def many(count: int) -> Run:
    ids = [runs.case_id(f"stream-stateless-{n}") for n in range(count)]
    lines = [runs.case(id, Verdict.PASSED if n % 10 else Verdict.FAILED) for n, id in enumerate(ids)]
    return Run(runs.head(ids), tuple(lines))


def test_page_is_quiet_wherever_one_goes(opened: Any, every: Run):
    shown = opened(every)

    for n in range(7):
        shown.page.evaluate(f"location.hash = 'case={n}'")
        shown.page.wait_for_selector("#case h1")
    shown.page.click("text=All cases")
    shown.page.fill("#query", "weather")

    assert shown.quiet()


def test_first_screen_answers(opened: Any, every: Run):
    shown = opened(every, viewport={"width": 1280, "height": 900})

    assert shown.text("h1") == "1 of 7 cases failed."
    assert "not about the service" in shown.text(".about")
    in_sight = shown.page.locator("text=sequence_number jumps from 4 to 6").first.bounding_box()
    assert in_sight["y"] + in_sight["height"] < 900


def test_filter_finds_and_can_be_sent_to_somebody(opened: Any, every: Run):
    shown = opened(every)

    shown.page.fill("#query", "weather function_calling")
    shown.rows(1)
    assert shown.text("#matches") == "1 of 7 cases"
    shown.page.fill("#query", "")
    shown.page.check("input[value='not run']")
    shown.page.check("input[value=failed]")
    shown.rows(2)

    address = shown.page.url
    again = opened(every, "#" + address.partition("#")[2])
    assert again.text("#matches") == "2 of 7 cases"
    assert again.page.is_checked("input[value=failed]")


def test_filter_that_finds_nothing_says_so(opened: Any, every: Run):
    shown = opened(every, "#q=zebra")

    assert shown.text("#matches") == "0 of 7 cases"
    assert shown.page.is_visible("#empty")


def test_keyboard_alone_is_enough(opened: Any, every: Run):
    """From the filter to a case, back, and on to the next."""
    shown = opened(every)

    shown.page.keyboard.press("/")
    shown.page.keyboard.type("follow-up keeps")
    shown.rows(5)
    shown.page.keyboard.press("ArrowDown")
    shown.page.keyboard.press("ArrowDown")
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_selector("#case h1")
    assert "stream-manual" in shown.text("#case code")
    shown.page.keyboard.press("Escape")
    shown.page.wait_for_selector("#rows tr")

    assert shown.page.input_value("#query") == "follow-up keeps"
    assert shown.count("#rows tr") == 5


def test_letters_are_never_taken_back(opened: Any, every: Run):
    """What is typed while the table still follows the letters before stays in the box."""
    shown = opened(every)
    shown.page.evaluate(
        """() => new Promise((done) => {
          const box = document.getElementById("query");
          box.value = "foll";
          box.dispatchEvent(new Event("input"));
          box.value = "follow";
          addEventListener("hashchange", () => setTimeout(done), { once: true });
          setTimeout(done, 100);
        })"""
    )

    assert shown.page.input_value("#query") == "follow"


def test_case_shows_conversation_and_findings_beside(opened: Any, every: Run):
    shown = opened(every, "#case=0")
    shown.page.wait_for_selector("#case h1")

    assert shown.page.locator("#case .words").all_text_contents() == [
        "My parcel number is 4417. Reply with OK.",
        "OK",
        "What is my parcel number?",
        "I do not know your parcel number.",
    ]
    second = shown.page.locator("#case .turn").nth(1).locator(".finding")
    assert second.locator(".said").text_content() == "✕ the text does not contain 4417"
    assert second.locator(".pair pre").all_text_contents() == [
        '{"contains": "4417"}',
        '"I do not know your parcel number."',
    ]
    assert "18 |" in second.locator(".yaml").text_content()
    assert "exchange 2, /output/0/content/0/text" in second.text_content()


def test_tool_calls_and_reasoning_are_read_as_such(opened: Any, every: Run):
    shown = opened(every, "#case=5")
    shown.page.wait_for_selector("#case h1")

    assert shown.page.locator("#case .item h4").all_text_contents() == [
        "user",
        "reasoning",
        "calls weather (call_1)",
        "result of call_1 (function_call_output)",
        "assistant",
    ]
    assert "Malmö" in shown.page.locator("#case .item pre").first.text_content()
    assert "allowed by the scenario: the service rounds it" in shown.text("#case .finding >> nth=0")


ODD = [
    None,
    5,
    "words",
    [],
    {},
    {"type": 5},
    {"type": "message"},
    {"type": "message", "content": None},
    {"type": "message", "content": [None, 3, {"type": "input_image"}, {"text": {"a": 1}}]},
    {"type": "reasoning", "summary": "x", "content": {}},
    {"type": "reasoning", "encrypted_content": "abc"},
    {"type": "function_call", "arguments": "{not json"},
    {"type": "web_search_call", "action": {"query": "x"}},
    {"type": "mcp_call", "server_label": "dice", "name": "roll", "arguments": "{}", "output": "4"},
    {"type": "function_call_output", "output": [{"type": "input_text", "text": "x"}]},
    {"$cut": "begin", "bytes": 9, "sha256": "ab"},
    {"type": "message", "content": [{"type": "refusal", "refusal": "I will not."}]},
    {"type": "hologram", "beam": True},
]


def test_items_of_any_shape_are_shown(opened: Any):
    line = runs.case(turns=(runs.turn(asked="plain", output=ODD), runs.turn("turn-2", asked={"retrieve": "turn-1"})))
    shown = opened(Run(runs.head([line.case]), (line,)), "#case=0")
    shown.page.wait_for_selector("#case h1")

    assert shown.count("#case .item.said") == len(ODD) + 1
    assert shown.quiet()


NAMED = """() => [...document.querySelectorAll("[id], [name]")]
  .flatMap((one) => [one.getAttribute("id"), one.getAttribute("name")])
  .filter((name) => name !== null && !/^[a-z]+(-[a-z]+)*$/.test(name))"""
"""Names that are not of our making: one from a record could stand in the way of a property of the page."""


def test_hostile_text_is_read_and_does_nothing(opened: Any):
    shown = opened(hostile_run(*HOSTILE))
    expected = [visible(text) for text in HOSTILE]
    assert shown.page.locator(".failure .first a:not(.bytes)").all_text_contents()[:-1] == expected
    assert shown.page.locator(".failure .said").all_text_contents()[:-1] == expected
    assert shown.page.locator("#rows a").all_text_contents()[:-1] == expected

    for n, text in enumerate(expected):
        shown.page.evaluate(f"location.hash = 'case={n}'")
        shown.wait(f"document.querySelector('#case code')?.textContent.includes('::{n}[')")
        assert shown.text("#case h1") == text
        assert shown.page.locator("#case .words").all_text_contents() == [text, text]
        assert shown.count("iframe, img, form:not(#filter), base, #case svg, #case script") == 0
    assert shown.page.evaluate(NAMED) == []
    assert shown.quiet()


def test_page_without_scripts_still_answers(opened: Any):
    failed = [
        runs.case(runs.case_id(str(n)), Verdict.FAILED, findings=(runs.finding(message=f"finding {n}"),))
        for n in range(30)
    ]
    shown = opened(Run(runs.head([line.case for line in failed]), tuple(failed)), java_script_enabled=False)

    assert shown.text("h1") == "30 of 30 cases failed."
    assert shown.page.locator(".failure >> visible=true").count() == 30
    assert not shown.page.is_visible("#filter")
    assert "The table needs scripts." in shown.page.inner_text("#cases")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_runs_out_of_the_page(opened: Any, every: Run, width: int, scheme: str):
    shown = opened(every, viewport={"width": width, "height": 800}, color_scheme=scheme)

    for n in (None, 0, 5):
        if n is not None:
            shown.page.evaluate(f"location.hash = 'case={n}'")
            shown.page.wait_for_selector("#case h1")
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_of_ten_thousand_cases_those_in_sight_are_drawn(opened: Any):
    shown = opened(many(10_000))

    assert shown.count("#rows tr") <= 200
    assert shown.text("#matches") == "10,000 cases"
    shown.page.evaluate("document.getElementById('after').scrollIntoView({block: 'end'})")
    shown.page.locator("#rows tr[data-at='9999']").wait_for()
    assert shown.count("#rows tr") <= 200
    shown.page.fill("#query", "stateless-7777")
    shown.rows(1)
    shown.page.click("#rows a")
    shown.page.wait_for_selector("#case h1")
    assert "stateless-7777]" in shown.text("#case code")
    assert shown.quiet()


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (Run(runs.head(), ()), "No case was planned."),
        (Run(runs.head([runs.case_id()]), ()), "follow-up"),
    ],
)
def test_empty_runs_say_so(opened: Any, run: Run, said: str):
    shown = opened(run)

    assert said in shown.page.inner_text("#table")
    assert shown.quiet()
