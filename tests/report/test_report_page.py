"""The page as a file: deterministic, escaped, closed to the network, and true to the record."""

import base64
import hashlib
import html
import json
import os
import re
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from builders import runs
from builders.hostile import HOSTILE, hostile_run
from hypothesis import given
from hypothesis import strategies as st

import harness.report
from harness.findings import Level, Verdict
from harness.record.outcome import outcomes
from harness.record.run import Run
from harness.record.unsound import Altered, Cut
from harness.report import page
from harness.report.evidence import Evidence
from harness.report.minimal import minimal
from harness.report.panels import answer, cases, conversation, gaps
from harness.report.panels.finding import finding, shown
from harness.report.text import seconds, visible

FOLDER = Path(harness.report.__file__).parent


def run(*lines: Any, **changes: Any) -> Run:
    """A run of these cases, all of them planned."""
    return Run(runs.head(tuple(dict.fromkeys(line.case for line in lines)), **changes), tuple(lines))


@pytest.fixture(scope="module")
def every() -> Run:
    head, lines = runs.every_verdict()
    return Run(head, lines)


def test_same_record_gives_the_same_bytes(tmp_path: Path):
    directory = runs.write(tmp_path / "run", *runs.every_verdict())

    for name in ("a.html", "b.html"):
        page.write(Run.read(directory), tmp_path / name)

    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_old_page_stays_when_the_disk_is_full(tmp_path: Path, every: Run, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "report.html"
    target.write_text("old")

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(page.NotReported, match="No space left"):
        page.write(every, target)

    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


class Tags(HTMLParser):
    """Every tag with its attributes, and what stands in scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.raw.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.lasttag in ("script", "style") and self.raw and self.tags[-1][0] == self.lasttag:
            tag, attributes, before = self.raw[-1]
            self.raw[-1] = (tag, attributes, before + data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.tags.append(("/" + tag, {}))


def test_policy_allows_one_style_and_one_script_by_hash(every: Run):
    found = Tags(page.html(every))

    policy = next(a["content"] for t, a in found.tags if a.get("http-equiv") == "Content-Security-Policy")
    hashes = {
        (tag, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode())
        for tag, attributes, text in found.raw
        if attributes.get("type") != "application/json"
    }
    assert {tag for tag, _ in hashes} == {"style", "script"}
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert all(f"{tag}-src 'sha256-{digest}'" in policy for tag, digest in hashes)
    assert "unsafe" not in policy


def test_page_asks_nothing_of_the_network_and_places_nothing_in_attributes_that_act(every: Run):
    found = Tags(page.html(every))

    attributes = [(name, value or "") for _, given in found.tags for name, value in given.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name in ("style", "src", "srcset")]
    assert all(value.startswith("#") for name, value in attributes if name == "href")
    assert "http:" not in (FOLDER / "style.css").read_text() + (FOLDER / "script.js").read_text()


def test_no_template_can_go_around_escaping():
    sources = [path for path in FOLDER.rglob("*") if path.suffix in (".j2", ".py", ".js", ".css")]

    assert len(sources) > 15
    for path in sources:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|Markup|autoescape\s+false|innerHTML|outerHTML|insertAdjacent", text), path
        assert not re.search(r"\beval\(|new Function|document\.write|fetch\(|XMLHttp|WebSocket", text), path


def test_shell_is_small(every: Run):
    """What every page carries beside its data."""
    assert len(page.html(run())) < 200_000


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_stays_text_in_every_field(payload: str):
    text = page.html(hostile_run(payload))

    assert "<script>alert" not in text
    assert "<img" not in text
    assert text.count("<script") == text.count("</script>") == len([t for t, _, _ in Tags(text).raw if t == "script"])
    assert html.escape(visible(payload)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in text


@pytest.mark.parametrize(
    ("verdicts", "headline"),
    [
        ("ffp", "2 of 3 cases failed."),
        ("f", "1 of 1 case failed."),
        ("ppp", "All 3 cases passed."),
        ("p", "The only case passed."),
        ("pps", "All 2 cases that ran passed."),
        ("ss", "No case was run: all 2 were skipped."),
        ("pe", "1 of 2 cases could not be judged: the harness or its input is at fault."),
        ("pii", "2 of 3 cases are inconclusive: the endpoint could not be observed."),
        ("pn", "1 of 2 cases was not run."),
        ("", "Nothing was planned, so nothing was tested."),
    ],
)
def test_headline_says_how_it_came_out(verdicts: str, headline: str):
    letters = {verdict.value[0]: verdict for verdict in Verdict}
    planned = [runs.case_id(str(n)) for n in range(len(verdicts))]
    lines = [runs.case(id, letters[letter]) for id, letter in zip(planned, verdicts, strict=True) if letter != "n"]

    assert answer.build(Evidence(Run(runs.head(planned), tuple(lines))))["headline"] == headline


def test_altered_record_is_never_a_green_page():
    line = runs.case()
    problem = Altered(Path("record.jsonl"), 1, "the checksum of the head is wrong")

    built = answer.build(Evidence(Run(runs.head([line.case]), (line,), (problem,))))

    assert built["headline"] == "The record is not as it was written, so it proves nothing."
    assert built["outcome"] == "errored"
    harmless = answer.build(Evidence(Run(runs.head([line.case]), (line,), (Cut(Path("record.jsonl"), 3, 10),))))
    assert (harmless["headline"], harmless["unsound"]) == ("The only case passed.", False)


@pytest.mark.parametrize(
    ("kinds", "about"),
    [(["live"], ""), (["embedded"], "not about the service"), (["replay", "live"], "not about the service today")],
)
def test_page_says_of_what_it_is_evidence(kinds: list[str], about: str):
    targets = tuple(replace(runs.TARGET, kind=kind, name=kind) for kind in kinds)

    assert about in " ".join(answer.build(Evidence(run(runs.case(), targets=targets)))["about"])
    assert bool(about) == bool(answer.build(Evidence(run(runs.case(), targets=targets)))["about"])


def test_facts_are_those_of_the_record(every: Run):
    facts = dict(answer.build(Evidence(every))["facts"])

    assert facts["Duration"] == "1.9 s"
    assert facts["Cases"] == "7 from 2 scenarios"
    assert facts["Tokens"] == "250 in all: 205 in (0 cached), 45 out (0 reasoning)"
    assert facts["Started"] == "2026-07-01 10:00:00 UTC"


def test_what_needs_eyes_stands_first(every: Run):
    assert [row[0] for row in cases.rows(Evidence(every))] == [
        "failed",
        "errored",
        "inconclusive",
        "not run",
        "passed",
        "passed",
        "skipped",
    ]


def test_all_failures_stand_there_without_scripts():
    rules = ["order.seq_gap", *(f"order.rule_{n}" for n in range(29)), *["order.seq_gap"] * 10]
    lines = [
        runs.case(runs.case_id(str(n)), Verdict.FAILED, findings=(runs.finding(rule),)) for n, rule in enumerate(rules)
    ]

    text = page.html(run(*lines))

    static = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)
    assert all(f"gpt-5-mini-{n}]" in static for n in range(40))
    assert "5 more causes: their cases stand in the table below." in static
    assert "<b>11 cases</b></a> · <code>order.seq_gap</code>" in static


def test_case_with_many_findings_says_that_there_are_more():
    line = runs.case(findings=tuple(runs.finding(event=n) for n in range(13)), verdict=Verdict.FAILED)

    (failure,) = answer.build(Evidence(run(line)))["failures"]

    assert (len(failure["findings"]), failure["more"]) == (3, 10)


def test_case_of_several_attempts_is_shown_by_the_one_that_failed():
    lines = [
        runs.case(verdict=Verdict.FAILED, findings=(runs.finding(message="first"),)),
        runs.case(verdict=Verdict.PASSED, attempt=2),
    ]

    (row,) = [dict(zip(cases.COLUMNS, row, strict=True)) for row in cases.rows(Evidence(run(*lines)))]
    assert (row["outcome"], row["attempts"], row["flaky"], row["message"]) == ("failed", 2, True, "first")


def test_details_of_every_case_lie_in_the_page():
    lines = [runs.case(runs.case_id(str(n))) for n in range(120)]

    built = conversation.build(Evidence(run(*lines)))

    parts = [json.loads(zlib.decompress(base64.b64decode(part))) for part in built["parts"]]
    assert [len(part) for part in parts] == [50, 50, 20]
    assert [one["case"] for part in parts for one in part] == [line.case for line in lines]
    assert parts[0][0]["attempts"][0]["turns"][0]["exchanges"] == ["exchanges.jsonl, byte 0, 10 bytes long"]
    assert parts[0][0]["reproduce"] == f"harness run '{lines[0].case}'"


def test_command_that_runs_a_case_again_names_where_it_ran():
    """The file of targets, what was set, and how the endpoint was wrong; what decides nothing is left out."""
    head = runs.head(
        settings={"concurrency": 32, "defects": ["A57"], "number": "4 4"}, options={"targets": "my targets.yaml"}
    )

    assert conversation.reproduce("a.yaml::b[c]", head) == (
        "harness run 'a.yaml::b[c]' --targets 'my targets.yaml' --defect A57 --set 'number=4 4'"
    )


def test_finding_points_into_the_yaml_and_onto_the_wire():
    shown = finding(runs.missed_text(), runs.head())

    assert shown["yaml"].splitlines() == [
        '18 |       text: {contains: "4417"}  # the number that the first turn told',
        "   |             " + "^" * 18,
    ]
    assert shown["place"] == "specs/chaining/follow-up.yaml:18:13"
    assert shown["wire"] == "exchange 2, /output/0/content/0/text"
    assert finding(runs.finding(), runs.head())["wire"] == "exchange 1, event 5, byte 812, /sequence_number"
    assert finding(runs.finding(), runs.head())["title"] == "Sequence numbers rise by one."


@pytest.mark.parametrize(
    ("rule", "values", "texts"),
    [
        ("expect.error", (None, 5), ("null", "5")),
        ("wire.buffered", (None, 5), (None, "5")),
        ("wire.buffered", (5, None), ("5", "null")),
        ("wire.buffered", (None, None), (None, None)),
    ],
)
def test_value_that_a_rule_does_not_name_is_left_out(rule: str, values: tuple[Any, Any], texts: tuple[Any, Any]):
    built = finding(runs.finding(rule, expected=values[0], actual=values[1]), runs.head())

    assert (built["expected"], built["actual"]) == texts


def test_heaviest_finding_speaks_for_its_case():
    note = runs.finding("wire.buffered", level=Level.NOTE, message="a note")
    line = runs.case(verdict=Verdict.FAILED, findings=(note, runs.finding(message="an error")))

    assert cases.rows(Evidence(run(line)))[0][cases.COLUMNS.index("message")] == "an error"
    assert [found["message"] for found in answer.build(Evidence(run(line)))["failures"][0]["findings"]] == [
        "an error",
        "a note",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        (5, "5"),
        ({"$missing": True}, "(nothing there)"),
        ({"$cut": "aaa", "bytes": 9000, "sha256": "ab"}, "aaa … (cut: 9000 bytes, sha256 ab)"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_values_are_shown_as_json(value: object, text: str):
    assert shown(value) == text


def test_what_proved_nothing_is_listed(every: Run):
    built = gaps.build(Evidence(every))

    assert [rule["code"] for rule in built["rules"]] == ["tool.args_json"]
    assert [(one["key"], one["scenario"]) for one in built["expectations"]] == [
        ("turn-1/tool_calls", "weather-is-asked")
    ]
    assert built["left_out"] == [
        {
            "what": "background + stateless",
            "reason": "background needs a stored response",
            "scenarios": [runs.SCENARIO],
        }
    ]
    text = page.html(every)
    assert all(said in text for said in ("background needs a stored response", "tool.args_json", "turn-1/tool_calls"))


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_unseen_is_left_and_letters_stay(text: str):
    kept = visible(text)

    assert visible(kept) == kept
    kept.encode()  # no lone surrogate is left
    assert kept.isprintable() or not text.isprintable() or text == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\x1b[2J", "\\u001b[2J"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("a\u200bb", "a\\u200bb"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\u{e0041}"),
        ("Malmö 東京 🙂\n\t", "Malmö 東京 🙂\n\t"),
    ],
)
def test_characters_that_act_are_spelled(text: str, kept: str):
    assert visible(text) == kept


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0.0004, "0 ms"), (0.24, "240 ms"), (1.26, "1.3 s"), (75, "1 min 15 s"), (7260, "2 h 1 min")],
)
def test_spans_of_time_have_units(value: float | None, text: str):
    assert seconds(value) == text


def test_plain_text_says_the_same(every: Run):
    text = minimal(every)

    assert text.splitlines()[:3] == ["Run 2026-07-01T10-00-00-k3f9", "  failed: 1", "  errored: 1"]
    assert "\n" not in minimal(hostile_run("a\nb")).splitlines()[-1]


def test_a_case_says_whose_it_is_and_how_many_examples_ran():
    """Owner and links come from the scenario's line in the head; other cases say nothing of them."""
    (scenario,) = runs.head().scenarios
    owned = replace(scenario, owner="parcels", links=("https://example.com/wiki",))
    line = runs.case(runs.case_id(), Verdict.FAILED, examples=37, values={"number": "100"})
    found = run(line, scenarios=(owned,))

    (one,) = outcomes(found)
    facts = dict(conversation.detail(one, Evidence(found))["attempts"][0]["facts"])
    assert (facts["Owner"], facts["Links"]) == ("parcels", "https://example.com/wiki")
    assert (facts["Examples"], facts["Values"]) == ("37 with generated values, of which this is one", "number = 100")

    plain = run(runs.case(runs.case_id()))
    (one,) = outcomes(plain)
    assert {"Owner", "Links", "Examples"}.isdisjoint(
        dict(conversation.detail(one, Evidence(plain))["attempts"][0]["facts"])
    )


def test_a_difference_stands_with_its_finding():
    from harness.record.lines import FindingLine

    line = FindingLine("expect.text", Level.ERROR, "differs", difference="- one\n+ two")
    assert finding(line, runs.head())["difference"] == "- one\n+ two"
