"""The terminal snapshot against the items that were streamed."""

from collections.abc import Sequence
from typing import Any

from harness.protocol.compare import differences
from harness.protocol.grammar import KEPT
from harness.protocol.notes import Notes
from harness.protocol.spans import Item, at_path

Event = dict[str, Any]


def judge(notes: Notes, items: Sequence[Item], response: Event, *, resumed: bool) -> None:
    """Judges `response.output` of a terminal event: the items that were streamed, each as it was closed."""
    output = response.get("output")
    if not isinstance(output, list):
        return
    told = [item if isinstance(item, dict) else {} for item in output]
    if response.get("status") == "completed":
        _all_settled(notes, items)
    if not told and notes.profile.may_end_empty:
        return
    for item, final in _paired(notes, items, told, complete=response.get("status") != "failed", resumed=resumed):
        if item.done is not None:
            _same(notes, item, final, told.index(final))


def _all_settled(notes: Notes, items: Sequence[Item]) -> None:
    for item in items:
        if item.done is not None and item.done.get("status") == "incomplete":
            message = f"a {item.type} is incomplete in a completed response"
            notes.report("order.item_unsettled", message, f"/response/output/{item.index}/status")


def _paired(
    notes: Notes, items: Sequence[Item], told: list[Event], *, complete: bool, resumed: bool
) -> list[tuple[Item, Event]]:
    """Which streamed item is told by which item of the output; what is left over is a finding."""
    streamed, final = [_id(item) for item in items], [item.get("id") for item in told]
    pointer = "/response/output"
    if resumed:  # the items before the first one that was seen are not known
        known = items[-1].index + 1 if items else len(told)
        if len(told) < known and complete:
            notes.report("order.final_output_missing", "items that were streamed are missing", pointer, actual=final)
        elif len(told) > known:
            notes.report("order.final_output_extra", "there are items that were never streamed", pointer, actual=final)
        return [(item, told[item.index]) for item in items if item.index < len(told)]
    if streamed == final:
        return list(zip(items, told, strict=True))
    if sorted(map(repr, streamed)) == sorted(map(repr, final)):
        message = "the items stand in another order than they were streamed in"
        notes.report("order.final_output_order", message, pointer, expected=streamed, actual=final)
        return [(item, told[final.index(_id(item))]) for item in items]
    if len(streamed) == len(final):
        return list(zip(items, told, strict=True))
    missing = [id_ for id_ in streamed if id_ not in final]
    extra = [id_ for id_ in final if id_ not in streamed]
    if missing and complete and not all(item.holed for item in items):
        message = "items that were streamed are missing"
        notes.report("order.final_output_missing", message, pointer, expected=streamed, actual=final)
    elif extra and not notes.lost:
        message = "there are items that were never streamed"
        notes.report("order.final_output_extra", message, pointer, expected=streamed, actual=final)
    return [(item, told[final.index(_id(item))]) for item in items if _id(item) in final]


def _id(item: Item) -> Any:
    return item.done.get("id") if item.done is not None else item.id


def _same(notes: Notes, item: Item, final: Event, index: int) -> None:
    """Whether an item is told as it was closed. What was complained of already is not complained of again."""
    assert item.done is not None
    pointer = f"/response/output/{index}"
    spoken = {text.path: text for text in item.texts.values()}
    quiet = _excused(item)
    for place, expected, actual in differences(item.done, final, pointer):
        path = place.removeprefix(pointer + "/").split("/")
        code = _code(path)
        if code in quiet:
            continue
        if code == "text.final_mismatch":
            text = next((text for way, text in spoken.items() if list(map(str, way)) == path), None)
            if text is not None and len(text.voices) > 1 and at_path(final, text.path) in text.voices:
                continue
        quiet.add(code)
        message = "the last event tells an item otherwise than it was closed"
        notes.report(code, message, place, expected=expected, actual=actual)


def _excused(item: Item) -> set[str]:
    quiet = {code for code in item.complaints if code.startswith("order.")}
    return quiet | {"text.final_mismatch"} if item.excused else quiet


def _code(path: list[str]) -> str:
    if path[0] in KEPT:
        return "order.item_mismatch"
    if path[0] == "status":
        return "order.item_status"
    if "annotations" in path:
        return "order.annotations_differ"
    return "text.final_mismatch"
