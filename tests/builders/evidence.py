"""What shows each rule: the tables of defects of both hands, judged.

One table is the embedded endpoint's own; the others were written by hand without it: events, bytes, replies, shapes.
"""

from collections import defaultdict
from functools import cache

from builders import (
    answer_defects,
    mode_signs,
    stream_controls,
    stream_defects,
    streams,
    target_signs,
    tellings,
    wire_defects,
)
from builders.on_wire import asking, exchange, payload, sse, text
from builders.replies import of, plain, streamed
from builders.reply_defects import DEFECTS as REPLY_DEFECTS
from builders.reply_defects import SHAPES
from builders.spoilt import found as found_in
from builders.spoilt import of_group_a, spoilt
from builders.streams import changed

from harness.conversation import Conversation
from harness.findings import Finding
from harness.reply import Reply
from harness.rules import judge
from harness.wire.exchange import Exchange


def by_hand() -> dict[str, list[Exchange | Reply | Conversation]]:
    """Every defect written by hand, by its id; several may share one."""
    rows: dict[str, list[Exchange | Reply | Conversation]] = defaultdict(list)
    for row in wire_defects.ROWS:
        rows[row.id].append(row.exchange)
    rows["A25"].append(wire_defects.burst(0.0001, late=6.0))
    rows["A42"].append(exchange(wire_defects.too_many()))
    for id_, events, asked, *_ in (*REPLY_DEFECTS, *answer_defects.DEFECTS):
        rows[id_].append(streamed(events, asked))
    for id_, pointer, value in SHAPES:
        (response,) = changed([streams.x1()[-1]["response"]], 0, pointer, value)
        rows[id_].append(exchange(payload(response), kind="application/json", request=asking(stream=False)))
    for row in stream_defects.ROWS:
        if row.resumed_after is None and all(isinstance(event.get("type"), str) for event in row.events):
            rows[row.id].append(streamed(row.events, row.request))
    for id_, conversation, *_ in (*tellings.DEFECTS, *mode_signs.DEFECTS, *target_signs.DEFECTS):
        rows[id_].append(conversation)
    rows["B70"].append(plain(headers={"date": "Thu, 28 May 2026 20:26:40 GMT"}, created_at=streams.CREATED_AT - 3600))
    return rows


def judged(one: Exchange | Reply | Conversation) -> tuple[Finding, ...]:
    if isinstance(one, Conversation):
        return judge(one).findings
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


@cache
def by_hand_ids() -> frozenset[str]:
    return frozenset(by_hand()) | {row.id for row in stream_defects.ROWS}
