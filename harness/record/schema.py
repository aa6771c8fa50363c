"""The JSON Schema of a record's lines, made from the dataclasses: `python -m harness.record.schema` writes it anew."""

import json
from pathlib import Path
from typing import Any, Final

from harness.record.fields import schema
from harness.record.lines import FORMAT, KINDS

FILE: Final = Path(__file__).with_name("schema.json")
"""Where it is shipped."""


def line_schema() -> dict[str, Any]:
    """The schema of one line of a record file or an exchanges file."""
    definitions: dict[str, Any] = {}
    lines = [_line(kind, schema(form, definitions)) for kind, form in KINDS.items()]
    for head in ("Head", "ExchangesHead"):
        definitions[head]["properties"]["format"] = {"const": FORMAT}
        definitions[head]["required"].append("format")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A line of a run's record, format {FORMAT}",
        "oneOf": lines,
        "$defs": dict(sorted(definitions.items())),
    }


def _line(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    hash_ = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    properties = {
        "n": {"type": "integer", "minimum": 0},
        "kind": {"const": kind},
        "body": body,
        "before": hash_,
        "sum": hash_,
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(line_schema(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8", newline="\n")
