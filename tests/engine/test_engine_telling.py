"""What a person reads of a case that did not pass: golden texts, and hostile ones that act nowhere.

After a deliberate change `python tests/engine/test_engine_telling.py` (with `tests` on the path) writes the golden
texts anew, for review.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from builders import runs
from hypothesis import given
from hypothesis import strategies as st

from harness.engine.traces.telling import LONGEST, told, visible
from harness.findings import Level, Verdict
from harness.record.lines import CaseLine, FindingLine
from harness.source.place import Place

FOLDER = Path(__file__).parents[1] / "golden" / "telling"
ID = runs.case_id()
PLACE = Place("specs/chaining/follow-up.yaml", 12, 14, 4)
MISSED = FindingLine(
    "expect.text",
    Level.ERROR,
    'text: does not contain "4417"',
    "turn-2",
    1,
    None,
    None,
    "/output",
    {"contains": "4417"},
    "I do not know — sorry.",
    PLACE,
    '    expect: {text: {contains: "4417"}}',
)
GAP = FindingLine("order.seq_gap", Level.ERROR, "a number is left out", "turn-1", 0, 4, 812, "/sequence_number", 4, 5)


def hostile(text: str) -> CaseLine:
    """A case that holds a text from outside wherever one can come from outside."""
    found = FindingLine("expect.text", Level.ERROR, text, text, 0, None, None, text, text, {text: [text]}, PLACE, text)
    found = replace(found, difference=text)
    return runs.case(ID, Verdict.FAILED, title=text, findings=(found,))


def errored(text: str) -> CaseLine:
    return runs.case(ID, Verdict.ERRORED, reason=text)


CASES = {
    "failed": runs.case(ID, Verdict.FAILED, findings=(GAP, MISSED)),
    "inconclusive": runs.case(
        ID, Verdict.INCONCLUSIVE, findings=(FindingLine("avail.connect", Level.ERROR, "refused", "turn-1"),)
    ),
    "notes_are_left_out": runs.case(
        ID,
        Verdict.FAILED,
        findings=(
            FindingLine("wire.unusual_framing", Level.NOTE, "a comment"),
            FindingLine("sem.usage_sum", Level.WARNING, "9 is not 1 + 1 (allowed: known here)", expected=2, actual=9),
            MISSED,
        ),
    ),
    "difference": runs.case(
        ID,
        Verdict.FAILED,
        findings=(replace(MISSED, difference="  … 3 lines the same\n  two\n- three\n+ \x1b[2Jfour\n  five"),),
    ),
    "generated": runs.case(
        ID,
        Verdict.FAILED,
        findings=(MISSED,),
        values={"number": "100", "order": {"count": 2}},
        examples=37,
    ),
    "errored": errored('Traceback (most recent call last):\n  File "x.py", line 1\nZeroDivisionError: \x1b[2Jno\n'),
    "hostile": hostile(
        "\x1b]0;title\x07\u202egpj.exe\r\n::error::gone\n##[group]x ##vso[task.complete]\u2028\x9b2J\ud800"
    ),
    "long": runs.case(
        ID,
        Verdict.FAILED,
        findings=(FindingLine("expect.answered", Level.ERROR, "m" * 5000, expected="an answer", actual="a" * 5000),),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_case_as_it_is_told(name: str):
    assert told(CASES[name]) + "\n" == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_there_is_no_golden_text_too_many():
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)


BEGINNINGS = re.compile(
    r"(failed|errored): |(error|warning)\[[a-z._]+\]: | --> |\d+ \| | +\|( |$)|  (on the wire|expected|actual|difference .*): |  \| |  difference|$|the harness or"  # noqa: E501
)
"""What a line may begin with: words of ours."""

hostile_texts = st.text(
    st.characters() | st.sampled_from("\x1b\x07\r\n\x85\x9b\u2028\u2029\u202e\u2066\u200b\ufeff::##[]"), max_size=30
)


def holds_only_what_is_seen(text: str) -> bool:
    return not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]", text
    )


@given(hostile_texts)
def test_no_text_from_outside_acts_or_begins_a_line(text: str):
    """Law: nothing that moves a cursor or turns text around gets out, and every line begins with words of ours."""
    for line in (hostile(text), errored(text), errored(f"x\n{text}\n{text}")):
        shown = told(line)
        assert holds_only_what_is_seen(shown)
        assert [each for each in shown.split("\n") if not BEGINNINGS.match(each)] == []
        assert "##[" not in shown
        assert "##vso[" not in shown


@pytest.mark.parametrize("command", ["##[group]x", "##vso[task.complete]", "a ##[error]b", "##VSO[x]"])
def test_commands_that_act_in_mid_line_are_broken_up(command: str):
    """Some services read them wherever they stand in a line."""
    assert not re.search(r"##(vso)?\[", visible(command), re.IGNORECASE)


@given(hostile_texts)
def test_what_is_shown_says_what_came(text: str):
    """Law: plain text stays as it is; what is shown is printable and on one line."""
    assert len(visible(text).split("\n")) == 1
    if text.isascii() and text.isprintable() and "##" not in text:
        assert visible(text) == text


def test_long_values_are_cut():
    """Neither a message nor a value floods a terminal: cut, with its length."""
    text = told(CASES["long"])

    assert max(len(line) for line in text.splitlines()) < LONGEST + 100
    assert "5000 characters" in text


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, line in CASES.items():
        (FOLDER / f"{name}.txt").write_text(told(line) + "\n", encoding="utf-8")
