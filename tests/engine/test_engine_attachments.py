"""Attachments in a plan: one case for each way, and what cannot be fetched is skipped with its reason."""

from pathlib import Path
from typing import Any

import pytest
from builders.cases import Paper, cases, facts
from builders.scenarios import mistakes, scenario

from harness.engine.targets.embedded import embedded_family
from harness.engine.targets.live import LiveTarget
from harness.scenario.load import bound
from harness.source.place import Refused
from harness.targets.reading import load

TEXT = """
modes: {delivery: [plain, stream]}
cases: [{n: 1}, {n: 2}]
turns:
  - user: "Look ${n}."
    attach: [{image: attachments/dot.png, via: [data_uri, url]}, {file: attachments/note.txt}]
    expect: {status: completed}
"""


def test_each_way_is_a_case():
    """Of each row and mode; its name says the way where there are several."""
    found = [case.id.partition("[")[2] for case in cases(TEXT, embedded_family()[0])]

    assert [each.removeprefix("mock/swedencentral/gpt-5-mini-") for each in found[:4]] == [
        "plain-chained-data_uri-0]",
        "plain-chained-url-0]",
        "stream-chained-data_uri-0]",
        "stream-chained-url-0]",
    ]
    assert len(set(found)) == 8


@pytest.mark.parametrize(
    ("published", "skipped"),
    [({}, True), ({"attachments/dot.png": "https://files.example/dot.png"}, False), ({"dot.png": "https://x"}, True)],
)
def test_what_a_live_service_cannot_fetch_is_skipped(published: dict[str, str], skipped: bool):
    """Unless the operator says where it lies; the other ways run in any case."""
    found = cases(TEXT, Paper(facts(attachments=published)))

    reasons = {case.id: case.skipped for case in found}
    assert {name: bool(reason) for name, reason in reasons.items()} == {
        name: skipped and "-url-" in name for name in reasons
    }
    if skipped:
        assert next(filter(None, reasons.values())) == (
            "stand-in cannot fetch attachments/dot.png from this machine: name its address under `attachments`"
        )


def test_the_operator_says_where_files_lie(tmp_path: Path):
    """In targets.yaml, by the name that scenarios use; only https is taken."""
    path = tmp_path / "targets.yaml"
    base = "https://x.openai.azure.com/openai/v1/"
    entry = f"targets:\n  - {{name: a, endpoint: {base}, deployment: d, auth: entra, attachments: {{a.png: %s}}}}\n"
    path.write_text(entry % "https://files.example/a.png")
    (target,) = load(path, "targets.yaml").targets
    assert target.attachments == {"a.png": "https://files.example/a.png"}

    for wrong in ("http://files.example/a.png", "https://u@files.example/a.png", "file:///a.png"):
        path.write_text(entry % wrong)
        with pytest.raises(Refused, match="is no https address"):
            load(path, "targets.yaml")


def test_a_live_target_publishes_what_the_operator_named():
    target = LiveTarget(facts(attachments={"a.png": "https://files.example/a.png"}))

    assert target._published("a.png", "image/png", b"") == "https://files.example/a.png"
    assert target._published("b.png", "image/png", b"") is None


def test_rows_reach_what_tools_return():
    """Columns are put in when the case is planned, arguments when the tool is called."""
    text = """
    cases: [{town: Bergen}]
    tools:
      - type: function
        name: look
        returns: [{when: {city: "${town}"}, value: "${town} is ${arguments.city}, ${town}$$"}]
    turns: [{user: "${town}", expect: {status: completed}}]
    """
    returns: Any = bound(scenario(text), {"town": "Bergen"}).returns["look"]

    assert returns.outcomes[0].when == {"city": "Bergen"}
    assert returns.outcomes[0].value == "Bergen is ${arguments.city}, Bergen$$"
    assert returns.outcome({"city": "Oslo"}, {}) is None


def test_arguments_are_known_in_returns_alone():
    """Anywhere else the name is a mistake, and nobody can capture into it."""
    told = [each.message for each in mistakes("turns: [{user: '${arguments.city}', expect: {text: a}}]")]
    assert told == ["unknown variable `arguments.city`"]
    told = [each.message for each in mistakes("turns: [{user: a, capture: {arguments: $.id}, expect: {text: a}}]")]
    assert told == ["the name `arguments` is the harness's own"]
