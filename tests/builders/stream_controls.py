"""Correct streams that look odd, as events: the controls of the catalogue of faults, written by hand.

A row of `CONTROLS`: name, events, the number after which the stream was resumed, the codes that it may be found under:
notes, and for an `error` event its availability.
"""

from builders import streams as s
from builders.stream_defects import ERROR, NESTED, failed
from builders.streams import Events, at, changed, inserted, renumbered, without

CONTROLS: list[tuple[str, Events, int | None, frozenset[str]]] = []


def _control(id_: str, events: Events, *notes: str, resumed_after: int | None = None, keep: bool = False) -> None:
    CONTROLS.append((id_, events if keep else renumbered(events), resumed_after, frozenset(notes)))


def _controls() -> None:
    for name, base in s.BASES.items():
        _control(name, base())
    x1, x3, x16 = s.x1(), s.x3(), s.x16()
    _control(
        "N13 unknown type",
        inserted(x1, 5, {"type": "response.new", "x": 1, "sequence_number": 0}),
        "order.unknown_event",
    )
    _control("N14 unknown fields", [{**e, "obfuscation": "x", "extra": {"a": [1]}} for e in x1])
    _control("N14 one field", changed(x1, 5, "/obfuscation", "abc"))
    queued = {"type": "response.queued", "sequence_number": 0, "response": s.response("queued")}
    _control("N20", inserted(x1, 1, queued))
    for start in range(1, 12):
        _control(f"N21 from {start}", s.x8()[start:], resumed_after=start - 1, keep=True)
    emoji = changed(changed(x1, 4, "/delta", "\ud83d"), 5, "/delta", "\ude00")
    emoji = changed(changed(emoji, 7, "/text", "😀is Paris."), 8, "/part/text", "😀is Paris.")
    emoji = changed(
        changed(emoji, 9, "/item/content/0/text", "😀is Paris."), -1, "/response/output/0/content/0/text", "😀is Paris."
    )
    _control("N22", emoji)
    _control("N24", inserted(x1, 5, {**x1[4], "delta": ""}), "text.empty_delta")
    _control("N25", changed(x1, -1, "/response/usage", None))
    _control("N35", [*x1[:2], NESTED, failed({"code": "rate_limit_exceeded", "message": "m"})], "avail.stream_error")
    _control("N36", [*x1[:2], failed(None), NESTED], "avail.stream_error")
    _control("N37 flat", [ERROR], "avail.stream_error")
    _control("N37 nested", [NESTED], "avail.stream_error")
    _control("N37 in the middle", [*x1[:6], ERROR], "avail.stream_error")
    x17 = s.x17()
    for nth, kind, status in ((0, "web_search_call", "searching"), (2, "image_generation_call", "generating")):
        azure = without(x17, at(x17, f"{kind}.completed"))
        azure = changed(azure, at(azure, "output_item.done", nth), "/item/status", status)
        _control(f"N38 {kind}", changed(azure, -1, f"/response/output/{nth}/status", status))
    _control("N39", changed(x3, -1, "/response/output/0/encrypted_content", "gAAAA-other"))
    x18 = s.x18()
    _control("N45 custom tool", without(x18, at(x18, "custom_tool_call_input.done")))
    x9 = s.x9()
    again = at(x9, "mcp_call.in_progress")
    _control("N45 mcp", inserted(x9, again + 2, x9[again]))
    search = {"id": "tsc_1", "type": "tool_search_call", "status": "in_progress", "arguments": {}, "call_id": "call_1"}
    telling = s.Telling().begin().item(None, {**search, "execution": "client"}, call_id="call_2")
    _control("N41", telling.end())
    _control("N42", x18)
    program = s.call(s.Telling().begin(), "{", "}", status="in_progress").end()
    for pointer in ("/item/caller",):
        program = changed(program, at(program, "output_item.added"), pointer, {"type": "program"})
        program = changed(program, at(program, "output_item.done"), pointer, {"type": "program"})
    _control("N43", changed(program, -1, "/response/output/0/caller", {"type": "program"}))
    old = [{k: v for k, v in e.items() if k != "sequence_number"} for e in x1]
    for index in (0, 1, 10):
        old = changed(old, index, "/response/created_at", 1_742_000_000)
    _control("N44", old, "order.seq_absent")
    _control("N46", s.message(s.reasoning(s.message(s.Telling().begin(), "a"), ("b",)), "c").end())
    _control("N46 nothing", s.Telling().begin().end("incomplete"))
    _control("keepalive", inserted(x16, 2, {"type": "keepalive", "sequence_number": 0}))


_controls()
