"""Every seeded defect of a stream is found under its code and no other; what is correct is passed in silence."""

import pytest
from builders.stream_controls import CONTROLS
from builders.stream_defects import ROWS, Row
from builders.streams import Events

from harness.findings import CODES, Finding, Level
from harness.protocol.profiles import CORE, Profile
from harness.protocol.stream import StreamChecker


def judge(events: Events, profile: Profile = CORE, **more) -> list[Finding]:
    """What is found in a stream."""
    checker = StreamChecker(profile, **more)
    findings = [finding for event in events for finding in checker.feed(event)]
    return [*findings, *checker.finish()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_defect_is_found_under_its_code_and_no_other(row: Row):
    found = judge(row.events, resumed_after=row.resumed_after, request=row.request)

    errors = {finding.rule for finding in found if finding.level is Level.ERROR}
    assert errors == (errors & row.codes if row.level == "error" else set()), found
    assert {finding.rule for finding in found if finding.level == row.level} & row.codes, found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_one_root_cause_gives_one_finding(row: Row):
    found = judge(row.events, resumed_after=row.resumed_after, request=row.request)

    most = 2 if row.id in ("A54", "LIF-3 gap") else 1
    assert len([finding for finding in found if finding.level == row.level]) <= most, found


@pytest.mark.parametrize(("name", "events", "resumed_after", "notes"), CONTROLS, ids=lambda value: str(value)[:40])
def test_what_is_correct_is_passed_in_silence(name, events, resumed_after, notes):
    found = judge(events, resumed_after=resumed_after)

    assert {finding.rule for finding in found} <= notes, found
    assert all(finding.level is Level.NOTE or finding.rule.startswith("avail.") for finding in found)
    if name.startswith(("N35", "N36", "N37")):
        assert [finding.rule for finding in found] == ["avail.stream_error"]


def test_every_code_of_the_grammar_is_the_only_explanation_of_some_defect():
    alone = set()
    for row in ROWS:
        found = judge(row.events, resumed_after=row.resumed_after, request=row.request)
        codes = {finding.rule for finding in found if finding.level == row.level}
        if len(codes) == 1:
            alone |= codes
    of_calls = {"tool.args_mismatch", "tool.args_not_json", "tool.duplicate_call_id"}
    judged_here = {code for code in CODES if code.startswith(("order.", "text."))} | of_calls
    of_others = {"order.seq_absent"}  # a control: N44
    assert judged_here - of_others - alone == set()
