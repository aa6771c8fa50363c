"""A closed item: is it the one that was announced, is everything in it closed, does it repeat what was streamed?"""

import json
from typing import Any

from harness.protocol.compare import differences, same_logprobs
from harness.protocol.grammar import CHANGES_CALL_ID, KEPT, LEVELS, PHASES, STEADY
from harness.protocol.notes import Notes
from harness.protocol.spans import Item, Part, Text, at_path, word

Event = dict[str, Any]

UNSETTLED = frozenset({"in_progress", "searching", "generating", "interpreting", "calling"})
"""Statuses of work that is still going on."""


def judge(notes: Notes, item: Item, told: Event) -> None:
    """Judges an item as `response.output_item.done` tells it."""
    if not _same(notes, item, told):
        return
    if not item.holed:
        _complete(notes, item, told)
        _phases_over(notes, item, told)
    _contents(notes, item, told)
    _status(notes, item, told)
    _arguments(notes, item, told)
    if item.type == "reasoning" and item.added and told.get("encrypted_content"):
        _encrypted_from_the_start(notes, item.added)


def _same(notes: Notes, item: Item, told: Event) -> bool:
    """Whether this is the announced item; one finding says where it is another one."""
    if item.added is None:
        item.type = told["type"] if type(told.get("type")) is str else item.type
        return True
    for name in (*KEPT, *STEADY.get(item.type or "", ())):
        if name not in item.added or name not in told or item.added[name] == told[name]:
            continue
        if name == "call_id" and item.type in CHANGES_CALL_ID:
            continue
        if "order.item_mismatch" not in item.complaints:
            message = f"the item was announced with another {name}"
            pointer = f"/item/{name}"
            expected, actual = item.added[name], told[name]
            notes.report("order.item_mismatch", message, pointer, expected=expected, actual=actual)
            item.complaints.add("order.item_mismatch")
        if name == "type":
            return False
    return True


# -- is everything in it closed ----------------------------------------------------------------------------------------


def _complete(notes: Notes, item: Item, told: Event) -> None:
    left = [f"{part.level.name} {part.index}" for part in item.parts.values() if not part.closed]
    left += [
        text.level.name
        for text in item.texts.values()
        if text.level.inside == "item" and text.level.must_settle and not text.settled and not text.holed
    ]
    left += [name for name in _never_begun(item, told) if name not in left]
    if left:
        item.complaints.add("order.missing_done")
        message = f"an item was closed while something in it was not: {', '.join(left)}"
        notes.report("order.missing_done", message, actual=left)


def _never_begun(item: Item, told: Event) -> list[str]:
    """Levels of this item whose value is there although no event ever told it."""
    return [
        level.name
        for level in LEVELS.values()
        if level.inside == "item" and level.items == {item.type} and level.must_settle and not level.index
        if at_path(told, level.path) and not any(text.level is level for text in item.texts.values())
    ]


def _phases_over(notes: Notes, item: Item, told: Event) -> None:
    phases = PHASES.get(item.type or "")
    if phases is None or not phases.required or "order.hosted_phase" in item.complaints:
        return
    last = len(phases.places) - 1
    if item.stage >= last or told.get("status") in ("incomplete", "failed"):
        return
    if item.stage == last - 1 and (item.type, word(told, "status")) in notes.profile.closes_as:
        return
    missing = "|".join(phases.places[item.stage + 1])
    message = f"a {item.type} was closed before it reached the phase {missing}"
    notes.report("order.hosted_phase", message, "/item/status", expected=missing, actual=told.get("status"))
    item.complaints.add("order.hosted_phase")


# -- does it repeat what was streamed ----------------------------------------------------------------------------------


def _contents(notes: Notes, item: Item, told: Event) -> None:
    for text in item.texts.values():
        if text.level.inside == "item":
            _repeats(notes, item, text, told)
    for part in item.parts.values():
        _part_repeats(notes, item, part, told)
    if item.holed or item.complaints & {"order.missing_done", "text.item_mismatch"}:
        return
    for level, name in (("part", "content"), ("summary", "summary")):
        parts = told.get(name)
        if item.type not in LEVELS[level].items or not isinstance(parts, list):
            continue
        if len(parts) != item.count(level):
            message = f"{name} has another number of parts than were streamed"
            expected, actual = item.count(level), len(parts)
            item.complaints.add("text.item_mismatch")
            notes.report("text.item_mismatch", message, f"/item/{name}", expected=expected, actual=actual)


def _repeats(notes: Notes, item: Item, text: Text, told: Event) -> None:
    if not text.settled:
        text.voices.append(text.sum())
    value = text.whole(at_path(told, text.path))
    if text.level.name == "output":
        value = _output_of(item, text, told)
    if value in text.voices or (text.holed and not text.settled):
        return
    if text.level.name == "output" and (item.holed or "text.item_mismatch" in item.complaints):
        return  # the outputs of all commands stand in one list: what was lost of one, or said of one, is so of all
    pointer = "/item/" + "/".join(map(str, text.path))
    code = "tool.args_mismatch" if text.level.code == "tool.args_mismatch" else "text.item_mismatch"
    message = f"the closed item has another {text.level.name} than was streamed"
    item.complaints.add(code)
    notes.report(code, message, pointer, expected=text.voices[-1], actual=value)
    text.voices.append(value)


def _output_of(item: Item, text: Text, told: Event) -> Any:
    """All outputs of a shell call stand in one list: they are compared together, at the first command."""
    outputs = [other for other in item.texts.values() if other.level is text.level]
    whole = text.whole(told.get("output"))
    if whole is None or not all(other.voices and other.voices[-1] for other in outputs):
        return text.voices[-1]
    joined = tuple("".join(other.voices[-1][stream] for other in outputs) for stream in (0, 1))
    return text.voices[-1] if joined == whole else whole


def _part_repeats(notes: Notes, item: Item, part: Part, told: Event) -> None:
    text = part.text
    pointer = f"/item/{part.level.path[0]}/{part.index}"
    value = at_path(told, (part.level.path[0], part.index))
    if not text.voices:
        if text.holed:
            return
        text.voices.append(text.sum())
    whole = value.get(text.level.value) if isinstance(value, dict) else None
    if whole not in text.voices:
        message = f"the closed item has another {text.level.name} than was streamed"
        item.complaints.add("text.item_mismatch")
        expected, place = text.voices[-1], f"{pointer}/{text.level.value}"
        notes.report("text.item_mismatch", message, place, expected=expected, actual=whole)
        text.voices.append(whole)
        return
    if part.done is None or not isinstance(value, dict):
        return
    for place, expected, actual in differences(part.done, value, pointer):
        name = place.removeprefix(pointer).split("/")[1]
        if name in ("logprobs", text.level.value):
            continue
        code = "order.annotations_differ" if name == "annotations" else "text.item_mismatch"
        if code not in item.complaints:
            item.complaints.add(code)
            message = "a part of the closed item is not the part that was closed"
            notes.report(code, message, place, expected=expected, actual=actual)
    if text.logprobs and not text.holed and not same_logprobs(text.logprobs, value.get("logprobs")):
        message = "the closed item has other log probabilities than were streamed"
        notes.report("text.item_mismatch", message, f"{pointer}/logprobs")


def _encrypted_from_the_start(notes: Notes, added: Event) -> None:
    if not added.get("encrypted_content"):
        message = "encrypted content comes with done, but was not there when the item was announced"
        notes.report("state.encrypted_late", message, "/item/encrypted_content")


# -- status and arguments ----------------------------------------------------------------------------------------------


def _status(notes: Notes, item: Item, told: Event) -> None:
    status = word(told, "status")
    if status not in UNSETTLED:
        return
    if item.type == "message":
        item.complaints.add("order.item_status")
        message = "a closed message is not in progress any more"
        notes.report("order.item_status", message, "/item/status", expected="completed", actual=status)
        return
    caller = told.get("caller")
    if item.type in notes.profile.runs_on and isinstance(caller, dict) and caller.get("type") == "program":
        return
    if (item.type, status) not in notes.profile.closes_as:
        message = f"a {item.type} was closed with a status of work that goes on"
        notes.report("order.item_unsettled", message, "/item/status", expected="completed", actual=status)


def _arguments(notes: Notes, item: Item, told: Event) -> None:
    arguments = told.get("arguments")
    if item.type != "function_call" or told.get("status") == "incomplete" or not isinstance(arguments, str):
        return
    if "tool.args_mismatch" in item.complaints or item.holed:
        return
    if not is_json(arguments):
        message = "the arguments of a completed call are not JSON"
        notes.report("tool.args_not_json", message, "/item/arguments", actual=arguments)


def is_json(text: str) -> bool:
    """Whether a text is JSON as RFC 8259 has it: NaN and Infinity are not."""
    try:
        json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(name: str) -> None:
    raise ValueError(name)
