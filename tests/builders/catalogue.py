"""Group A of the catalogue of faults, as the judge must see it: written by hand, from the catalogue alone.

`FAULTS` holds what each row must be found under; the mock's own table says it too, and a test holds the two against
each other. `SOLE` names the codes that are never the only explanation of a row, with the reason.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from harness.findings import Level


class Fault(NamedTuple):
    """The codes that a row must be found under at this level, all or any of them, and what must not be there."""

    codes: frozenset[str]
    level: Level = Level.ERROR
    any_of: bool = False


def _rows(text: str) -> dict[str, Fault]:
    """Rows as lines: id, codes; `|` between codes where any will do, `note` first where it is no error."""
    faults = {}
    for line in text.strip().splitlines():
        row, *words = line.split()
        level = Level.NOTE if words[0] == "note" else Level.ERROR
        codes = words[level is Level.NOTE :]
        faults[row] = Fault(frozenset(codes) - {"|"}, level, "|" in codes)
    return faults


FAULTS: Final[Mapping[str, Fault]] = _rows("""
A01 wire.no_terminal
A02 avail.stream_cut
A03 avail.stream_cut
A04 wire.no_terminal wire.close_delimited
A05 avail.stream_cut wire.unterminated_event
A06 note wire.bad_close
A07 wire.content_type
A08 wire.content_type wire.no_terminal
A09 wire.not_streamed
A10 wire.empty_body
A11 wire.bad_status
A12 wire.content_type
A13 avail.body_cut
A14 wire.bad_json
A15 wire.bad_encoding
A16 wire.bad_encoding
A17 wire.too_large
A18 wire.redirect
A19 wire.protocol
A20 wire.protocol
A21 wire.protocol
A22 avail.stall
A23 avail.no_progress
A24 avail.deadline
A25 note wire.buffered
A26 wire.unterminated_event wire.no_terminal
A27 wire.bad_json
A28 wire.event_name_mismatch
A29 note wire.event_name_missing
A30 wire.unknown_field order.seq_gap
A31 wire.bad_json
A32 wire.bad_utf8
A33 wire.bad_utf8
A34 wire.bad_utf8
A35 wire.bad_json
A36 wire.not_object
A37 wire.bad_json
A38 wire.duplicate_key
A39 wire.too_deep
A40 wire.bad_number
A41 wire.too_large
A42 wire.too_large
A43 wire.done_sentinel_early
A44 wire.no_terminal
A45 wire.lone_surrogate
A46 wire.missing_type
A47 wire.missing_type
A48 order.missing_created
A49 order.lifecycle
A50 order.duplicate_created
A51 order.orphan_event
A52 order.orphan_event
A53 text.done_mismatch
A54 order.seq_gap text.done_mismatch
A55 order.seq_repeat
A56 text.done_mismatch
A57 order.seq_back
A58 text.done_mismatch
A59 order.missing_done
A60 order.missing_done
A61 order.missing_done
A62 text.done_mismatch
A63 text.part_mismatch
A64 text.item_mismatch
A65 text.final_mismatch
A66 order.final_output_missing
A67 order.final_output_extra
A68 order.final_output_order
A69 order.wrong_index
A70 order.wrong_index
A71 order.item_mismatch
A72 order.duplicate_index
A73 note order.index_gap
A74 wire.bad_type
A75 wire.bad_type
A76 order.seq_missing
A77 order.seq_start
A78 wire.bad_type
A79 order.response_id_changed
A80 order.two_terminals
A81 order.two_terminals
A82 order.after_done
A83 order.after_terminal
A84 order.after_terminal
A85 order.done_before_added
A86 order.terminal_status_mismatch
A87 sem.incomplete_no_details
A88 tool.args_mismatch
A89 order.missing_done
A90 tool.args_not_json
A91 order.item_mismatch
A92 tool.duplicate_call_id
A93 order.orphan_event | tool.args_mismatch
A94 order.item_status
A95 order.item_mismatch
A96 text.done_mismatch
A97 state.reasoning_not_encrypted
A98 order.after_error
A99 avail.stream_error
A100 order.lifecycle
A101 order.snapshot_changed
A102 sem.usage_sum
A103 sem.failed_no_error
A104 order.duplicate_part
A105 order.lifecycle
A106 order.lifecycle
A107 order.duplicate_done
A108 order.items_overlap
A109 text.done_mismatch
A110 text.done_mismatch | text.item_mismatch
A111 order.hosted_phase
A112 order.hosted_phase
A113 order.annotation_index | order.annotations_differ
A114 order.annotations_differ
A115 order.partial_index
A116 note order.lifecycle
A117 order.missing_done
A118 note order.hosted_phase
A119 reply.shape
A120 reply.shape
""")

TRANSPORT: Final = (*(f"A{n:02d}" for n in range(2, 7)), *(f"A{n}" for n in range(13, 26)))
"""Rows that only a socket shows; the raw door of the embedded endpoint commits them."""

CONTROLS_ELSEWHERE: Final[Mapping[str, str]] = {
    "N27": "a law of its own, for any bytes: test_sse.py, and test_defects_on_the_wire.py for every defect",
    "N28": "gzip and closing between turns are the raw client's: test_client.py",
    "N29": "the lag of a stored response shows over time: conversations, tellings.PASSES",
    "N30": "a cancel after the end is a second exchange: tellings.PASSES",
    "N31": "regions are compared by the catalogue of models and regions",
    "N32": "an alias beside a dated name: no rule compares body and headers",
    "N33": "the model's wording is never judged by a rule",
    "N34": "the corpus: test_recorded_traffic.py, test_recorded_streams.py",
    "N40": "service_tier differs in every stream of every table here",
}
"""Controls that no table of streams can show, and where they are held instead."""
