"""The shape of a response: required fields, their types, statuses. The same for plain answers and for snapshots."""

from collections.abc import Collection, Mapping
from typing import Any

from harness.findings import Finding
from harness.protocol.notes import Notes
from harness.protocol.profiles import CORE, Profile
from harness.protocol.vocabulary import (
    ITEMS,
    PARTS,
    RESPONSE,
    RESPONSE_CORE,
    RESPONSE_OPTIONAL,
    RESPONSE_STATUSES,
    Fields,
    json_type,
    names_of,
)


def check_response(response: Mapping[str, Any], profile: Profile = CORE, pointer: str = "") -> list[Finding]:
    """Whatever is wrong with the shape of a plain response; pointers begin with `pointer`."""
    notes = Notes(profile)
    notes.at = -1
    _check(notes, response, RESPONSE, pointer)
    return list(notes.take())


def check_snapshot(notes: Notes, response: Mapping[str, Any], but_for: Collection[int] = ()) -> None:
    """Whatever is wrong with the shape of the terminal snapshot of a stream.

    `but_for`: the indices of items that were found to have become others on the way.
    """
    _check(notes, response, RESPONSE_CORE, "/response", but_for)


def _check(
    notes: Notes, response: Mapping[str, Any], required: Fields, pointer: str, but_for: Collection[int] = ()
) -> None:
    _fields(notes, response, required, pointer, "a response")
    optional = {name: types for name, types in RESPONSE_OPTIONAL.items() if name in response and name not in required}
    _fields(notes, response, optional, pointer, "a response")
    if response.get("object", "response") != "response":
        _wrong(notes, "object is not response", f"{pointer}/object", "response", response["object"])
    status = response.get("status")
    if isinstance(status, str) and status not in RESPONSE_STATUSES:
        _wrong(notes, "not a status of a response", f"{pointer}/status", sorted(RESPONSE_STATUSES), status)
    started, completed = response.get("created_at"), response.get("completed_at")
    if type(started) in (int, float) and type(completed) in (int, float) and completed < started:  # type: ignore[operator]
        _wrong(notes, "completed before it was created", f"{pointer}/completed_at", f"≥ {started}", completed)
    output = response.get("output")
    if isinstance(output, list):
        for index, item in enumerate(output):
            if index not in but_for:
                _item(notes, item, f"{pointer}/output/{index}")


def _item(notes: Notes, item: Any, pointer: str) -> None:
    if not isinstance(item, dict) or not isinstance(item.get("type"), str):
        _wrong(notes, "an output item is an object with a type", pointer, "item", item)
        return
    known = ITEMS.get(item["type"])
    if known is None:
        return
    _fields(notes, item, known.required, pointer, f"a {item['type']}")
    status = item.get("status")
    if isinstance(status, str) and known.statuses and status not in known.statuses:
        _wrong(notes, f"not a status of a {item['type']}", f"{pointer}/status", sorted(known.statuses), status)
    for name in ("content", "summary"):
        parts = item.get(name)
        if isinstance(parts, list) and item["type"] in ("message", "reasoning"):
            for index, part in enumerate(parts):
                _part(notes, part, f"{pointer}/{name}/{index}")


def _part(notes: Notes, part: Any, pointer: str) -> None:
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        _wrong(notes, "a content part is an object with a type", pointer, "part", part)
        return
    _fields(notes, part, PARTS.get(part["type"], {}), pointer, f"a part of type {part['type']}")
    if not isinstance(part.get("annotations", []), list):
        _wrong(notes, "annotations are a list", f"{pointer}/annotations", "list", json_type(part["annotations"]))


def _fields(notes: Notes, value: Mapping[str, Any], fields: Fields, pointer: str, what: str) -> None:
    for name, types in fields.items():
        if name not in value:
            _wrong(notes, f"{what} has no {name}", f"{pointer}/{name}", names_of(types), "nothing")
        elif type(value[name]) not in types:
            message = f"{what}: {name} is not {names_of(types)}"
            _wrong(notes, message, f"{pointer}/{name}", names_of(types), json_type(value[name]))


def _wrong(notes: Notes, message: str, pointer: str, expected: object, actual: object) -> None:
    notes.report("reply.shape", message, pointer, expected=expected, actual=actual)
