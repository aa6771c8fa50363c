"""A finding as the page shows it: in words, with both values, its line of YAML and its place on the wire."""

import json
from typing import Any, Final

from harness.record.lines import FindingLine, Head

SIGNS: Final = {"error": "✕", "warning": "!", "note": "i"}
"""Level → the sign that stands beside the word."""


def finding(line: FindingLine, head: Head, number: int = 0) -> dict[str, Any]:
    """Plain data of a finding; `number` counts those of its attempt as they stand in the record."""
    rule = head.rules.get(line.rule)
    has_values = line.expected is not None or line.actual is not None
    demanded = line.rule.startswith("expect.")  # then null is a value like any other
    return {
        "number": number,
        "rule": line.rule,
        "level": line.level.value,
        "sign": SIGNS[line.level.value],
        "message": line.message,
        "title": rule.title if rule else "",
        "source": rule.source if rule else "",
        "page": rule.page if rule else "",
        "turn": line.turn or "",
        "expected": shown(line.expected) if line.expected is not None or (has_values and demanded) else None,
        "actual": shown(line.actual) if has_values else None,
        "difference": line.difference,
        "place": str(line.place) if line.place else "",
        "yaml": _yaml(line),
        "wire": wire(line),
        "exchange": line.exchange,
        "event": line.event,
        "allowed": line.allowed,
    }


def shown(value: Any) -> str:
    """A plain value as text: JSON, and in words where it was cut or missing."""
    match value:
        case {"$cut": str(text), "bytes": int(length), "sha256": str(digest)}:
            return f"{text} … (cut: {length} bytes, sha256 {digest})"
        case {"$missing": True}:
            return "(nothing there)"
    return json.dumps(value, ensure_ascii=False, indent=2 if _is_deep(value) else None)


def _is_deep(value: Any) -> bool:
    return isinstance(value, dict | list) and len(json.dumps(value)) > 60


def _yaml(line: FindingLine) -> str:
    """The line of YAML with its number, and carets under what is meant."""
    if line.place is None or line.source_line is None:
        return ""
    number = str(line.place.line)
    text = line.source_line.rstrip("\n").replace("\t", " ")
    width = max(1, min(line.place.width, len(text) - line.place.column + 1))
    marks = " " * (line.place.column - 1) + "^" * width
    return f"{number} | {text}\n{' ' * len(number)} | {marks}"


def wire(line: FindingLine) -> str:
    """Where on the wire, in words; exchanges counted from 1 as people do, events and bytes from 0 as on the wire."""
    parts = [f"exchange {line.exchange + 1}"]
    if line.event is not None:
        parts.append(f"event {line.event}")
    if line.offset is not None:
        parts.append(f"byte {line.offset}")
    if line.pointer:
        parts.append(line.pointer)
    return ", ".join(parts)
