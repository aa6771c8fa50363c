"""Each rule is the only explanation of some defect, and each defect stands in tables of two hands.

The tables: the embedded endpoint's defects, and those written by hand without it (events, bytes, replies, shapes).
"""

from collections import defaultdict
from functools import cache

import pytest
from builders import stream_controls, stream_defects, streams, wire_defects
from builders.catalogue import CONTROLS_ELSEWHERE, FAULTS
from builders.on_wire import asking, exchange, payload, sse, text
from builders.replies import of, plain, streamed
from builders.reply_defects import DEFECTS as REPLY_DEFECTS
from builders.reply_defects import SHAPES
from builders.spoilt import found as found_in
from builders.spoilt import of_group_a, spoilt
from builders.streams import changed

from harness.findings import CODES, Finding
from harness.mock.defects import DEFECTS
from harness.reply import Reply
from harness.rules import RULES, judge
from harness.wire.exchange import Exchange

FAMILIES = ("wire", "order", "text", "tool", "reply", "sem", "state", "avail")
NEVER_ALONE = {
    "wire.close_delimited": "a close-delimited body is only wrong where it also lacks its end: A04 shows both",
}


def by_hand() -> dict[str, list[Exchange | Reply]]:
    """Every defect written by hand, by its id; several may share one."""
    rows: dict[str, list[Exchange | Reply]] = defaultdict(list)
    for row in wire_defects.ROWS:
        rows[row.id].append(row.exchange)
    rows["A25"].append(wire_defects.burst(0.0001, late=6.0))
    rows["A42"].append(exchange(wire_defects.too_many()))
    for id_, events, asked, *_ in REPLY_DEFECTS:
        rows[id_].append(streamed(events, asked))
    for id_, pointer, value in SHAPES:
        (response,) = changed([streams.x1()[-1]["response"]], 0, pointer, value)
        rows[id_].append(exchange(payload(response), kind="application/json", request=asking(stream=False)))
    for row in stream_defects.ROWS:
        if row.resumed_after is None and all(isinstance(event.get("type"), str) for event in row.events):
            rows[row.id].append(streamed(row.events, row.request))
    rows["B70"].append(plain(headers={"date": "Thu, 28 May 2026 20:26:40 GMT"}, created_at=streams.CREATED_AT - 3600))
    return rows


def judged(one: Exchange | Reply) -> tuple[Finding, ...]:
    return judge(of(one if isinstance(one, Reply) else Reply(one))).findings


@cache
def alone() -> dict[str, set[str]]:
    """Code → the defects of which it is the only finding of the highest level found; notes also from controls."""
    sole: dict[str, set[str]] = defaultdict(set)
    findings = [(id_, judged(one)) for id_, some in by_hand().items() for one in some]
    findings += [(one.id, found_in(spoilt(one))) for one in of_group_a()]
    for row in stream_defects.ROWS:
        if row.resumed_after is not None:
            findings.append((row.id, Reply(resumed(row)).findings))
    findings += [(id_, judged(text(body))) for id_, (body, _) in wire_defects.CONTROLS.items()]
    findings += [
        (name, judged(streamed(events))) for name, events, after, _ in stream_controls.CONTROLS if after is None
    ]
    for id_, some in findings:
        for level in ("error", "warning", "note"):
            codes = {finding.rule for finding in some if finding.level == level}
            if codes:
                if len(codes) == 1:
                    sole[codes.pop()].add(id_)
                break
    return sole


def resumed(row: stream_defects.Row) -> Exchange:
    url = f"https://service.invalid/openai/v1/responses/resp_1?stream=true&starting_after={row.resumed_after}"
    return exchange(sse(row.events), request=asking(method="GET", url=url))


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


@cache
def by_hand_ids() -> frozenset[str]:
    return frozenset(by_hand()) | {row.id for row in stream_defects.ROWS}


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
