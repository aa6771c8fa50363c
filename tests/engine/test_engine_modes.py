"""The modes of one scenario side by side on the embedded endpoint: alike, or different where it is wrong."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

import pytest
from builders import runs
from builders.scenarios import scenario

from harness.catalogue import Catalogue
from harness.engine.engine import Engine
from harness.engine.planning.plan import Case, plan
from harness.engine.targets.embedded import embedded_family
from harness.record.lines import CaseLine
from harness.record.writer import RunWriter

ALL = """
modes:
  delivery: [plain, stream, background, background_stream, resumed]
  state: [chained, manual, stateless, compacted, compacted_chained, auto_compacted, conversation]
  client: [wire, openai]
  compact_threshold: 40
turns:
  - {user: "The number of my parcel is 4417. Reply with OK.", expect: {status: completed}}
  - {user: What is the number of my parcel?, expect: {status: completed, text: {contains: "4417"}}}
"""
SOME = """
modes: {delivery: [plain, stream, background, background_stream]}
turns: [{user: Hi, expect: {status: completed}}]
"""


def planned(text: str, *defects: str) -> list[Case]:
    (first, *_) = embedded_family(defects)
    return list(plan(scenario(dedent(text)), [first], Catalogue.load()).cases)


def run(cases: Sequence[Case], folder: Path, concurrency: int = 32) -> list[CaseLine]:
    """The cases through one engine, in order; their lines in the same order."""

    async def go() -> list[CaseLine]:
        with RunWriter(folder, runs.head([case.id for case in cases])) as writer:
            engine = Engine(writer, concurrency)
            loop = asyncio.get_running_loop()
            futures = [loop.create_future() for _ in cases]
            engine.add([(case, f.set_result, f.set_exception) for case, f in zip(cases, futures, strict=True)])
            try:
                return [finished.line for finished in await asyncio.gather(*futures)]
            finally:
                await engine.stop()

    return asyncio.run(go())


def differing(lines: Sequence[CaseLine]) -> list[str]:
    """The deliveries of the cases that differ from the first."""
    return [line.delivery for line in lines for found in line.findings if found.rule == "modes.differ"]


def test_every_mode_comes_to_the_same(tmp_path: Path):
    """The whole matrix but what cannot be: each case passes without a finding, and is compared with the first."""
    lines = run(planned(ALL), tmp_path / "run")

    assert len(lines) == 2 * (5 * 7 - 3)
    assert {line.verdict for line in lines} == {"passed"}
    assert [finding for line in lines for finding in line.findings] == []
    assert [line.applied_rules.get("modes.differ", 0) for line in lines] == [0, *[1] * (len(lines) - 1)]


@pytest.mark.parametrize("concurrency", [1, 3, 32])
def test_what_only_one_way_shows_is_found(tmp_path: Path, concurrency: int):
    """Each of these cases is right by itself; beside the others the background is too dear. Both are named."""
    lines = run(planned(SOME, "B79"), tmp_path / "run", concurrency)

    assert [line.verdict for line in lines] == ["passed", "passed", "failed", "failed"]
    assert differing(lines) == ["background", "background_stream"]
    for line in lines[2:]:
        (found,) = [finding for finding in line.findings if finding.level == "error"]
        assert lines[0].case in found.message
        assert (found.pointer, found.turn) == ("/usage/input_tokens", "turn-1")
        assert found.actual == found.expected + 1000


def test_alone_there_is_nothing_to_compare_with(tmp_path: Path):
    """Of a selection only what ran is compared: the first of what was taken on stands for the others."""
    plain, stream, background, again = planned(SOME, "B79")

    assert differing(run([background], tmp_path / "one")) == []
    assert differing(run([background, again], tmp_path / "two")) == []
    assert differing(run([background, stream, plain], tmp_path / "three")) == ["stream", "plain"]


def test_a_case_that_fails_by_itself_is_not_compared(tmp_path: Path):
    """Neither as the first, which would make the others differ, nor as another, which is told already."""
    wrong = planned(SOME.replace("status: completed", "text: never"), "B79")

    assert differing(run(wrong, tmp_path / "run")) == []


def test_rows_and_targets_are_not_mixed_up(tmp_path: Path):
    """Only what differs in its mode alone is compared."""
    rows = SOME + "cases: [{n: 1}, {n: 2}]\n"
    cases = planned(rows.replace("user: Hi", "user: 'Hi ${n}'"), "B79")

    lines = run(cases, tmp_path / "run")
    for line in lines:
        for found in line.findings:
            assert f"-{line.row}]" in found.message


MODE_ONLY = {
    "B18": ("background", "avail.no_progress"),
    "B19": ("resumed", "order.resume_duplicate"),
    "B20": ("resumed", "order.resume_gap"),
    "B21": ("resumed", "text.done_mismatch"),
    "B22": ("resumed", "order.resume_duplicate"),
}


@pytest.mark.parametrize("defect", MODE_ONLY)
def test_a_defect_of_one_delivery_is_found_there_and_nowhere_else(tmp_path: Path, defect: str):
    delivery, rule = MODE_ONLY[defect]
    text = """
    modes: {delivery: [plain, stream, background, background_stream, resumed], client: [wire, openai]}
    turns: [{user: "Repeat these words: one two three four five six seven", expect: {status: completed}}]
    """
    lines = run(planned(text, defect), tmp_path / "run")

    red = {(line.delivery, found.rule) for line in lines for found in line.findings if found.level == "error"}
    assert (delivery, rule) in red
    assert {where for where, _ in red} == {delivery}


@pytest.mark.parametrize(("defect", "rule"), [("B29", "expect.text"), ("B31", "expect.answered")])
def test_a_defect_of_compaction_is_found_in_compacted_states_alone(tmp_path: Path, defect: str, rule: str):
    """Facts that are gone after a compaction, and a window that is refused."""
    text = ALL.replace("[plain, stream, background, background_stream, resumed]", "[plain]").replace(
        "[wire, openai]", "[wire]"
    )
    lines = run(planned(text, defect), tmp_path / "run")

    red = {line.state for line in lines if rule in {found.rule for found in line.findings}}
    assert red >= {"compacted", "compacted_chained"}
    assert red <= {"compacted", "compacted_chained", "auto_compacted"}
    assert {line.state for line in lines if line.verdict != "passed"} <= {*red}
