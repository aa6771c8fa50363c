"""The rows of the fault catalogue about order, identity and completeness, as mutations of the base exchanges.

A row is what is done to which base, and the codes of which at least one must be found, and no other at error level.
`ROWS` are defects; what is correct stands in `stream_controls`.
"""

from dataclasses import dataclass
from typing import Any

from builders import streams as s
from builders.streams import Event, Events, at, changed, inserted, moved, renumbered, swapped, twice, without


@dataclass(frozen=True)
class Row:
    """One seeded defect: `id` names the catalogue's row, `codes` what must be found."""

    id: str
    events: Events
    codes: frozenset[str]
    resumed_after: int | None = None
    level: str = "error"
    request: Event | None = None


ROWS: list[Row] = []


def row(id_: str, events: Events, *codes: str, keep: bool = False, **more: Any) -> None:
    """Adds a defect; its events are numbered anew unless `keep`."""
    ROWS.append(Row(id_, events if keep else renumbered(events), frozenset(codes), **more))


ERROR: Event = {"type": "error", "sequence_number": 0, "code": "server_error", "message": "sorry", "param": None}
NESTED: Event = {
    "type": "error",
    "sequence_number": 0,
    "error": {"type": "too_many_requests", "code": "rate_limit_exceeded", "message": "slow down", "param": None},
}


def failed(error: object) -> Event:
    """A `response.failed` event."""
    return {"type": "response.failed", "sequence_number": 0, "response": s.response("failed", error=error)}


def _lifecycle() -> None:
    x1 = s.x1()
    row("A48", without(x1, 0), "order.missing_created")
    row("A49", swapped(x1, 0), "order.lifecycle")
    row("A50", twice(x1, 0), "order.duplicate_created")
    row("A79", changed(x1, -1, "/response/id", "resp_2"), "order.response_id_changed")
    row("A80", twice(x1, 10), "order.two_terminals")
    row("A81", [*x1, failed({"code": "server_error", "message": "no"})], "order.two_terminals")
    row("A83", inserted(x1, 11, x1[4]), "order.after_terminal")
    row("A84", moved(x1, 10, 2), "order.after_terminal")
    row("A86", changed(x1, -1, "/response/status", "in_progress"), "order.terminal_status_mismatch")
    row("A86 error set", changed(x1, -1, "/response/error", {"code": "x"}), "order.terminal_status_mismatch")
    row("A98", inserted(x1, 5, ERROR), "order.after_error")
    row("A98 nested", inserted(x1, 5, NESTED), "order.after_error")
    row("A99", [*x1[:6], ERROR], "avail.stream_error")
    row("A99 nested, failed", [*x1[:6], NESTED, failed(None)], "avail.stream_error")
    row("A100", changed(x1, 0, "/response/status", "completed"), "order.lifecycle")
    row("A100 output", changed(x1, 1, "/response/output", x1[-1]["response"]["output"]), "order.lifecycle")
    row("A101", changed(x1, -1, "/response/model", "gpt-5"), "order.snapshot_changed")
    row("A101 created_at", changed(x1, -1, "/response/created_at", 1), "order.snapshot_changed")
    row("A105", without(x1, 1), "order.lifecycle")
    row("A106 twice", twice(x1, 1), "order.lifecycle")
    row("A106 late", moved(x1, 1, 3), "order.lifecycle")
    x8 = s.x8()
    row("A116 missing", without(x8, 1), "order.lifecycle", level="note")
    row("A116 twice", twice(x8, 1), "order.lifecycle", level="note")
    row("A01", x1[:-1], "wire.no_terminal")


def _numbers() -> None:
    x1 = s.x1()
    row("A54", without(x1, 5), "order.seq_gap", "text.done_mismatch", keep=True)
    jumped = [*x1[:5], *renumbered(x1[5:], 8)]
    row("A54 numbers alone", jumped, "order.seq_gap", keep=True)
    row("LIF-3 gap", without(x1, 1), "order.seq_gap", "order.lifecycle", keep=True)
    row("A55", twice(x1, 5), "order.seq_repeat", keep=True)
    row("A57", swapped(x1, 4), "order.seq_back", keep=True)
    for index in range(10):
        row(f"A57 at {index}", swapped(x1, index), "order.seq_back", keep=True)
    row("A76", changed(x1, 5, "/sequence_number", ...), "order.seq_missing", keep=True)
    row("A76 first", changed(x1, 0, "/sequence_number", ...), "order.seq_missing", keep=True)
    row(
        "A76 none", [{k: v for k, v in e.items() if k != "sequence_number"} for e in x1], "order.seq_missing", keep=True
    )
    row("A77", renumbered(x1, 5), "order.seq_start", keep=True)
    row("A78", changed(x1, 5, "/sequence_number", "5"), "wire.bad_type", keep=True)
    row("B19", s.x8()[4:], "order.resume_duplicate", keep=True, resumed_after=5)
    row("B20", s.x8()[6:], "order.resume_gap", keep=True, resumed_after=4)
    row("B22", s.x8(), "order.resume_duplicate", keep=True, resumed_after=5)


def _types() -> None:
    x1 = s.x1()
    row("A46", changed(x1, 5, "/type", ...), "wire.missing_type")
    row("A47", changed(x1, 5, "/type", 7), "wire.missing_type")
    for index in range(11):
        row(f"A46 at {index}", changed(x1, index, "/type", ...), "wire.missing_type")
    row("A74", changed(x1, 5, "/output_index", "0"), "wire.bad_type")
    row("A74 added", changed(x1, 2, "/output_index", "0"), "wire.bad_type")
    row("A75", changed(x1, 5, "/delta", 7), "wire.bad_type")
    row("A75 absent", changed(x1, 5, "/delta", ...), "wire.bad_type")
    row("A45", changed(x1, 5, "/delta", lambda text: text + "\ud83d"), "wire.lone_surrogate")


def _texts() -> None:
    for name, base, first in (("", s.x1(), 0), (" second", s.two_messages(), 1)):
        delta, done = at(base, "output_text.delta", 3 * first + 1), at(base, "output_text.done", first)
        part, item = at(base, "content_part.done", first), at(base, "output_item.done", first)
        row(f"A53{name}", without(base, delta), "text.done_mismatch")
        row(f"A56{name}", twice(base, delta), "text.done_mismatch")
        one, two = base[delta]["delta"], base[delta + 1]["delta"]
        exchanged = changed(changed(base, delta, "/delta", two), delta + 1, "/delta", one)
        row(f"A58{name}", exchanged, "text.done_mismatch")
        row(f"A59{name}", without(base, done), "order.missing_done")
        row(f"A60{name}", without(base, part), "order.missing_done")
        row(f"A61{name}", without(base, item), "order.missing_done")
        row(f"A62{name}", changed(base, done, "/text", "Else."), "text.done_mismatch")
        row(f"A63{name}", changed(base, part, "/part/text", "Else."), "text.part_mismatch")
        wrong = changed(base, item, "/item/content/0/text", "Else.")
        row(f"A64{name}", changed(wrong, -1, f"/response/output/{first}/content/0/text", "Else."), "text.item_mismatch")
        row(f"A64 alone{name}", wrong, "text.item_mismatch")
        final = f"/response/output/{first}/content/0/text"
        row(f"A65{name}", changed(base, -1, final, "Else."), "text.final_mismatch")
        row(f"A69{name}", changed(base, delta, "/output_index", 7), "order.wrong_index")
        row(f"A70{name}", changed(base, delta, "/content_index", 3), "order.wrong_index")
        row(f"A71{name}", changed(base, delta, "/item_id", "msg_else"), "order.item_mismatch")
        row(f"A82{name}", inserted(base, done + 1, base[delta]), "order.after_done")
        row(f"A82 part{name}", inserted(base, part + 1, base[delta]), "order.after_done")
        added = at(base, "output_item.added", first)
        row(f"A51{name}", without(base, added), "order.orphan_event")
        row(f"A52{name}", without(base, added + 1), "order.orphan_event")
        row(f"A85{name}", moved(base, item, added), "order.done_before_added")
        row(f"A85 exchanged{name}", swapped(base, item, added), "order.done_before_added")
        both = changed(base, item, "/item/type", "function_call")
        both = changed(both, -1, f"/response/output/{first}/type", "function_call")
        row(f"A95 and at the end{name}", both, "order.item_mismatch")
        row(f"A94{name}", changed(base, item, "/item/status", "in_progress"), "order.item_status")
        row(f"A95{name}", changed(base, item, "/item/type", "function_call"), "order.item_mismatch")
        row(f"A104{name}", twice(base, added + 1), "order.duplicate_part")
        row(f"A107 text{name}", twice(base, done), "order.duplicate_done")
        row(f"A107 part{name}", twice(base, part), "order.duplicate_done")
        row(f"A107 item{name}", twice(base, item), "order.duplicate_done")
        row(f"added full{name}", changed(base, added + 1, "/part/text", "a"), "text.opened_full")


def _logprobs() -> None:
    """What is said of the log probabilities of a text is said once, beside the text or alone."""
    told = s.with_logprobs()
    row("A53 logprobs", without(told, 5), "text.done_mismatch")
    row("A56 logprobs", twice(told, 5), "text.done_mismatch")
    row("MSG-9a", changed(told, 5, "/logprobs/0/logprob", -1.5), "text.done_mismatch")
    final = "/response/output/0/content/0/logprobs/1/logprob"
    both = changed(changed(told, 9, "/item/content/0/logprobs/1/logprob", -1.5), -1, final, -1.5)
    row("MSG-9b", both, "text.item_mismatch")
    row("MSG-9b end", changed(told, -1, final, -1.5), "text.final_mismatch")


def _items() -> None:
    x1, x2 = s.x1(), s.x2()
    row("A66", changed(x1, -1, "/response/output", []), "order.final_output_missing")
    row("A66 one of two", changed(x2, -1, "/response/output/1", ...), "order.final_output_missing")
    extra = {**x1[-1]["response"]["output"][0], "id": "msg_9"}
    row("A67", changed(x1, -1, "/response/output", lambda told: [*told, extra]), "order.final_output_extra")
    row("A68", changed(x2, -1, "/response/output", lambda told: told[::-1]), "order.final_output_order")
    second = at(x2, "output_item.added", 1)
    row("A72", changed(x2, second, "/output_index", 0), "order.duplicate_index")
    all_zero = [{**e, "output_index": 0} if "output_index" in e else e for e in x2]
    row("A72 all", all_zero, "order.duplicate_index")
    shifted = [{**e, "output_index": 2} if e.get("output_index") == 1 else e for e in x2]
    row("A73", shifted, "order.index_gap", level="note")
    row("added twice", twice(x2, second), "order.duplicate_index")
    row("id changed at the end", changed(x1, -1, "/response/output/0/id", "msg_9"), "order.item_mismatch")
    row("A119 stream", changed(x1, -1, "/response/object", "answer"), "reply.shape")
    row("A120 stream", _everywhere(x1, "item_status"), "reply.shape")
    first_done = at(x2, "output_item.done")
    row("A108", swapped(x2, first_done), "order.items_overlap")
    x14 = s.x14()
    row("A117", without(x14, at(x14, "output_item.done")), "order.missing_done")


def _everywhere(events: Events, what: str) -> Events:
    del what
    index = at(events, "output_item.done")
    events = changed(events, index, "/item/status", "finished")
    return changed(events, -1, "/response/output/0/status", "finished")


def _calls() -> None:
    for nth in (0, 1):
        x2 = s.x2()
        name = " second" if nth else ""
        done, item = at(x2, "function_call_arguments.done", nth), at(x2, "output_item.done", nth)
        row(f"A88{name}", changed(x2, done, "/arguments", "{}"), "tool.args_mismatch")
        row(f"A89{name}", without(x2, done), "order.missing_done")
        row(f"A107 arguments{name}", twice(x2, done), "order.duplicate_done")
        broken = changed(changed(x2, done - 1, "/delta", ""), done, "/arguments", lambda text: text[:-1])
        broken = changed(broken, item, "/item/arguments", lambda text: text[:-1])
        broken = changed(broken, -1, f"/response/output/{nth}/arguments", lambda text: text[:-1])
        row(f"A90{name}", broken, "tool.args_not_json")
        row(f"A91{name}", changed(x2, item, "/item/call_id", "call_9"), "order.item_mismatch")
        both = changed(changed(x2, item, "/item/call_id", "call_9"), -1, f"/response/output/{nth}/call_id", "call_9")
        row(f"A91 and at the end{name}", both, "order.item_mismatch")
        delta = at(x2, "function_call_arguments.delta", 3 * nth + 1)
        other = at(x2, "function_call_arguments.delta", 3 * (1 - nth))
        names = {key: x2[other][key] for key in ("output_index", "item_id")}
        stray = [{**e, **names} if index == delta else e for index, e in enumerate(x2)]
        row(f"A93{name}", stray, "order.orphan_event", "tool.args_mismatch")
        row(
            f"arguments at the end{name}",
            changed(x2, -1, f"/response/output/{nth}/arguments", "{}"),
            "text.final_mismatch",
        )
    x2 = s.x2()
    same = [_with_call_id(event, "call_1") for event in x2]
    row("A92", same, "tool.duplicate_call_id")


def _with_call_id(event: Event, call_id: str) -> Event:
    if "item" in event:
        return {**event, "item": {**event["item"], "call_id": call_id}}
    for index in range(len(event.get("response", {}).get("output", []))):
        event = changed([event], 0, f"/response/output/{index}/call_id", call_id)[0]
    return event


def _summaries() -> None:
    for nth in (0, 1):
        x3 = s.x3()
        name = " second" if nth else ""
        done, part = at(x3, "reasoning_summary_text.done", nth), at(x3, "reasoning_summary_part.done", nth)
        row(f"A96{name}", changed(x3, done, "/text", "Else."), "text.done_mismatch")
        row(f"A107 summary{name}", twice(x3, part), "order.duplicate_done")
        row(f"A63 summary{name}", changed(x3, part, "/part/text", "Else."), "text.part_mismatch")
        row(f"A59 summary{name}", without(x3, done), "order.missing_done")
        row(f"A60 summary{name}", without(x3, part), "order.missing_done")
        delta = at(x3, "reasoning_summary_text.delta", 3 * nth + 1)
        row(f"A70 summary{name}", changed(x3, delta, "/summary_index", 5), "order.wrong_index")
    x3 = s.x3()
    row("A108 summary", swapped(x3, at(x3, "reasoning_summary_part.done")), "order.items_overlap")


_TOLD_IN_DELTAS = {
    "A109": (s.x12, "code_interpreter_call_code"),
    "A110 mcp": (s.x9, "mcp_call_arguments"),
    "A110 input": (s.x18, "custom_tool_call_input"),
    "A110 diff": (s.x18, "apply_patch_call_operation_diff"),
    "A110 command": (s.x18, "shell_call_command"),
    "A110 output": (s.x18, "shell_call_output_content"),
}


def _tools() -> None:
    for name, (base, family) in _TOLD_IN_DELTAS.items():
        events = base()
        delta = at(events, f"{family}.delta", 1)
        row(f"{name} dropped", without(events, delta), "text.done_mismatch")
        row(f"{name} doubled", twice(events, delta), "text.done_mismatch")
        row(f"{name} swapped", swapped(events, delta), "text.done_mismatch")
    x18 = s.x18()
    no_done = without(x18, at(x18, "custom_tool_call_input.done"))
    row("A110 input without done", without(no_done, at(no_done, "custom_tool_call_input.delta")), "text.item_mismatch")
    phases = {
        "web_search_call": (s.x17, "in_progress searching completed"),
        "file_search_call": (s.x17, "in_progress searching completed"),
        "image_generation_call": (s.x17, "in_progress generating completed"),
        "code_interpreter_call": (s.x12, "in_progress interpreting completed"),
        "mcp_list_tools": (s.x9, "in_progress completed"),
        "mcp_call": (s.x9, "in_progress completed"),
    }
    for kind, (base, names) in phases.items():
        events = base()
        first, *_, last = (at(events, f"{kind}.{phase}") for phase in names.split())
        row(f"A111 {kind} first missing", without(events, first), "order.hosted_phase")
        row(f"A112 {kind} last missing", without(events, last), "order.hosted_phase")
        row(f"A111 {kind} last twice", twice(events, last), "order.hosted_phase")
        if kind != "mcp_call":
            row(f"A111 {kind} first twice", twice(events, first), "order.hosted_phase")
        row(f"A111 {kind} exchanged", swapped(events, first, last), "order.hosted_phase")
    x9 = s.x9()  # once more is fine only after a delta of the arguments
    row("A111 mcp_call first twice", twice(x9, at(x9, "mcp_call.in_progress")), "order.hosted_phase")
    x12, x9 = s.x12(), s.x9()
    early = swapped(x12, at(x12, "code_interpreter_call_code.done"))
    row("A118 code", early, "order.hosted_phase", level="note")
    row("A118 arguments", swapped(x9, at(x9, "mcp_call_arguments.done")), "order.hosted_phase", level="note")
    x11 = s.x11()
    image = at(x11, "image_generation_call.partial_image", 1)
    row("A115 skips", without(x11, image), "order.partial_index")
    row("A115 repeats", twice(x11, image), "order.partial_index")


def _annotations() -> None:
    x16 = s.x16()
    for nth in (0, 1, 2):
        index = at(x16, "output_text.annotation.added", nth)
        row(f"A113 left out {nth}", without(x16, index), "order.annotation_index", "order.annotations_differ")
        row(f"A113 doubled {nth}", twice(x16, index), "order.annotation_index", "order.annotations_differ")
        row(f"A113 re-indexed {nth}", changed(x16, index, "/annotation_index", 7), "order.annotation_index")
    part, item = at(x16, "content_part.done"), at(x16, "output_item.done")
    row("A114 lost", changed(x16, part, "/part/annotations", []), "order.annotations_differ")
    row("A114 other", changed(x16, part, "/part/annotations/0/url", "https://z.example"), "order.annotations_differ")
    row("A114 item", changed(x16, item, "/item/content/0/annotations", []), "order.annotations_differ")
    row("A114 end", changed(x16, -1, "/response/output/0/content/0/annotations", []), "order.annotations_differ")
    outside = changed(x16, at(x16, "output_text.annotation.added", 2), "/annotation/end_index", 99)
    outside = changed(outside, part, "/part/annotations/2/end_index", 99)
    outside = changed(outside, item, "/item/content/0/annotations/2/end_index", 99)
    outside = changed(outside, -1, "/response/output/0/content/0/annotations/2/end_index", 99)
    row("A114 outside", outside, "order.annotations_differ")


def _warnings() -> None:
    """What no service promises, but all recordings keep to."""
    x1, x3, x12 = s.x1(), s.x3(), s.x12()
    row("LIF-17", changed(x1, -1, "/response/temperature", 0.5), "order.snapshot_drift", level="warning")
    row("LIF-20", changed(x1, 1, "/response/truncation", "auto"), "order.snapshot_drift", level="warning")
    row("ITM-10", changed(s.x2(), 2, "/item/status", "completed"), "order.added_status", level="warning")
    unsettled = changed(x12, at(x12, "output_item.done"), "/item/status", "interpreting")
    unsettled = changed(unsettled, -1, "/response/output/0/status", "interpreting")
    row("ITM-11", unsettled, "order.item_unsettled", level="warning")
    other = [_renamed(event, "msg_1", "m-1") for event in x1]
    row("ITM-14", other, "reply.id_prefix", level="warning")
    row("REA-10", changed(x3, 2, "/item/encrypted_content", ...), "state.encrypted_late", level="warning")
    padded = changed(x1, 5, "/obfuscation", "abc")
    plain = {"stream_options": {"include_obfuscation": False}}
    row("obfuscation", padded, "order.obfuscation", level="warning", request=plain)
    row("DLT-1", inserted(x1, 5, {**x1[4], "delta": ""}), "text.empty_delta", level="note")
    row("N13", inserted(x1, 5, {"type": "response.new", "sequence_number": 0}), "order.unknown_event", level="note")


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(inner, old, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, old, new) for inner in value]
    return new if value == old else value


def _resumed() -> None:
    """What is true of a stream is true of one that was resumed in its first item, as far as it can be seen there."""
    for base, start in ((s.x8(), 3), (s.two_messages(), 2), (s.two_messages(), 5)):
        tail = base[start:]
        last = at(tail, "output_item.done", -1)
        name = f"resumed at {start} of {len(base)}"

        def one(id_: str, events: Events, *codes: str, name: str = name, start: int = start) -> None:
            row(f"{id_} {name}", renumbered(events, start), *codes, keep=True, resumed_after=start - 1)

        one("A59", without(tail, last - 2), "order.missing_done", "order.missing_done")
        one("A60", without(tail, last - 1), "order.missing_done")
        one("A61", without(tail, last), "order.missing_done")
        one("A63", changed(tail, last - 1, "/part/text", "Else."), "text.part_mismatch")
        one("A64", changed(tail, last, "/item/content/0/text", "Else."), "text.item_mismatch")
        one("A65", changed(tail, -1, "/response/output/-1/content/0/text", "Else."), "text.final_mismatch")
        one("A67", changed(tail, -1, "/response/output", lambda told: [*told, told[-1]]), "order.final_output_extra")
        one("A66", changed(tail, -1, "/response/output", lambda told: told[:-1]), "order.final_output_missing")
        one("A80", twice(tail, len(tail) - 1), "order.two_terminals")
        one("A83", inserted(tail, len(tail), tail[1]), "order.after_terminal")
        one("A01", tail[:-1], "wire.no_terminal")
    begun = s.two_messages()[1:]  # resumed before the first item: nothing is older than what is seen
    row("A51 resumed early", renumbered(without(begun, 1), 1), "order.orphan_event", keep=True, resumed_after=0)
    row("A106 resumed early", renumbered(swapped(begun, 0), 1), "order.lifecycle", keep=True, resumed_after=0)
    tail = s.two_messages()[5:]
    second = at(tail, "output_item.added")
    row("A51 resumed", renumbered(without(tail, second), 5), "order.orphan_event", keep=True, resumed_after=4)
    row("A53 resumed", renumbered(without(tail, second + 3), 5), "text.done_mismatch", keep=True, resumed_after=4)


for make in (
    _resumed,
    _lifecycle,
    _numbers,
    _types,
    _texts,
    _logprobs,
    _items,
    _calls,
    _summaries,
    _tools,
    _annotations,
    _warnings,
):
    make()
