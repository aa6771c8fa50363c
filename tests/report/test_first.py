"""What a run failed of, for a terminal: each cause once, and nothing in it acts."""

from builders import runs
from builders.hostile import HOSTILE, hostile_run

from harness.findings import Verdict
from harness.record.run import Run
from harness.report.first import first_failures

CASE = "specs/chaining/follow-up.yaml::follow-up-keeps-context[mock/swedencentral/gpt-5-mini"


def test_each_cause_stands_once_with_its_place_and_reason():
    head, lines = runs.every_verdict()

    assert first_failures(Run(head, lines)) == [
        "4 cases of 7 did not pass, for 4 causes:",
        "  ✕ failed at specs/chaining/follow-up.yaml:2: order.seq_gap: sequence_number jumps from 4 to 6",
        f"      in {CASE}-stream-chained]",
        "  ! errored at specs/chaining/follow-up.yaml:2: attachments/photo.png is gone",
        f"      in {CASE}-stream-manual]",
        "  ? inconclusive at specs/chaining/follow-up.yaml:2: avail.connect: no connection in 10 s",
        f"      in {CASE}-plain-manual]",
        "  ○ not run at its plan: planned; the run ended before it was finished",
        f"      in {CASE}-plain-stateless]",
    ]


def test_same_cause_is_counted_and_demands_are_placed_in_the_yaml():
    lines = [runs.case(runs.case_id(str(n)), Verdict.FAILED, findings=(runs.missed_text(),)) for n in range(9)]
    told = first_failures(Run(runs.head([line.case for line in lines]), tuple(lines)))

    assert told[1].startswith("  ✕ failed at specs/chaining/follow-up.yaml:18:13: expect.text: ")
    assert told[2].endswith("-0] and 8 more cases")
    assert len(told) == 3


def test_passed_run_says_nothing():
    assert first_failures(Run(runs.head([runs.case_id()]), (runs.case(),))) == []


def test_nothing_from_outside_acts_in_a_terminal_or_a_pipeline():
    commands = ["\x1b[2J\x1b]0;x\x07", "a\r\n::error::x", "##[error]x", "##vso[task.complete]", "\u202egnp"]
    for told in (first_failures(hostile_run(text)) for text in [*HOSTILE, *commands]):
        text = "\n".join(told)
        assert text.replace("\n", "").isprintable()
        assert "##" not in text
        assert not any(line.lstrip().startswith(("::", "##")) for line in told)
