"""Each rule is the only explanation of some defect, and each defect stands in tables of two hands.

The tables: the embedded endpoint's defects, and those written by hand without it (events, bytes, replies, shapes).
"""

import pytest
from builders import stream_controls, target_signs, wire_defects
from builders.catalogue import CONTROLS_ELSEWHERE, FAULTS
from builders.evidence import alone, by_hand, by_hand_ids, judged
from builders.on_wire import exchange, text
from builders.replies import streamed

from harness.findings import CODES
from harness.mock.defects import DEFECTS
from harness.rules import RULES

FAMILIES = (
    "wire",
    "order",
    "text",
    "tool",
    "reply",
    "sem",
    "state",
    "mcp",
    "modes",
    "client",
    "support",
    "secret",
    "avail",
)
NEVER_ALONE = {
    "wire.close_delimited": "a close-delimited body is only wrong where it also lacks its end: A04 shows both",
    "secret.echo": "only the engine knows what was sent and must not come back: tests/engine/test_engine_secrets.py",
    "state.delete_not_idempotent": "a second delete that answers 500 is a fault of the service too: B11 shows both",
}


def test_every_code_is_the_only_explanation_of_some_defect():
    judged_here = {rule.name for rule in RULES if rule.name.partition(".")[0] in FAMILIES}

    assert judged_here == set(CODES)
    assert judged_here - set(alone()) == set(NEVER_ALONE)


@pytest.mark.parametrize("row", FAULTS)
def test_every_row_stands_in_a_table_of_the_endpoint_and_in_one_that_it_never_wrote(row):
    written = {id_.split()[0] for id_ in by_hand_ids()}

    assert any(defect.row == row for defect in DEFECTS.values())
    assert row in written


@pytest.mark.parametrize("kind", ["text/event-stream; charset=utf-8", "Text/Event-Stream", "TEXT/EVENT-STREAM;x=1"])
def test_parameters_and_letter_case_of_the_content_type_do_not_matter(kind):
    """N17, N18."""
    assert judged(exchange(wire_defects.BODY, kind=kind)) == ()


def test_every_row_by_hand_is_found_under_what_the_catalogue_names():
    """The codes of the hand-written tables are those of the catalogue, whoever wrote the table."""
    for id_, some in by_hand().items():
        fault = FAULTS.get(id_.split()[0])
        if fault is None:
            continue
        for one in some:
            at_level = {finding.rule for finding in judged(one) if finding.level is fault.level}
            assert at_level & fault.codes, (id_, at_level)
            assert fault.level != "error" or at_level <= fault.codes, (id_, at_level)


def test_every_control_is_shown_or_held_elsewhere():
    """N01 to N46, each in a table of correct streams, or with the place where it is held."""
    shown = (
        {"N17", "N18"}
        | {name.split()[0] for name, *_ in stream_controls.CONTROLS}
        | {id_.split()[0] for id_ in wire_defects.CONTROLS}
    )
    bases = {"N01", "N02", "N03", "N26"}  # X1, X2, X3 and X14 as they are

    assert {f"N{n:02d}" for n in range(1, 47)} - shown - bases == set(CONTROLS_ELSEWHERE)


def test_every_rule_is_silent_on_every_control():
    """Error and warning of any family, except that an `error` event is availability."""
    for name, events, after, notes in stream_controls.CONTROLS:
        if after is None:
            loud = {one.rule for one in judged(streamed(events)) if one.level != "note"}
            assert loud <= notes, name
    for name, (body, notes) in wire_defects.CONTROLS.items():
        found = judged(text(body))
        assert {one.rule for one in found} <= set(notes.split()), name
        assert all(one.level == "note" for one in found), name


def test_every_rule_about_targets_is_silent_where_they_are_as_promised():
    """Headers that say so in the service's own spelling, and what nobody promised."""
    assert [judged(one) for one in target_signs.CONTROLS] == [()] * len(target_signs.CONTROLS)
