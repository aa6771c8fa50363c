"""What is said of something wrong, as golden texts hold it: sections of a name and a line for each finding."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.findings import Finding

FOLDER = Path(__file__).parents[1] / "golden" / "rules"
HEAD = "## "
LONGEST = 300
Said = Mapping[str, Callable[[], list[str]]]
"""Names, and what makes the lines of each."""


def line(finding: Finding) -> str:
    """A finding in one line: how bad, which rule, where, in which words, with which values."""
    wire = finding.wire
    where = f"{wire.exchange}/{'-' if wire.event is None else wire.event} {wire.pointer or '(whole)'}"
    values = "".join(
        f" | {name} {shortened(json.dumps(value, ensure_ascii=True, default=repr))}"
        for name, value in (("expected", finding.expected), ("actual", finding.actual))
        if value is not None
    )
    return f"{finding.level.value} {finding.rule} at {where}: {finding.message}{values}"


def shortened(text: str) -> str:
    """A value that may be a whole file."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… of {len(text)}"


def named(rows: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Rows by name; the second of one name is called `name (2)`."""
    found: dict[str, Any] = {}
    for name, row in rows:
        number, free = 1, name
        while free in found:
            number += 1
            free = f"{name} ({number})"
        found[free] = row
    return found


def read(name: str) -> dict[str, list[str]]:
    """The sections of a golden text."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    sections = (section.split("\n") for section in f"\n{text}".split(f"\n{HEAD}")[1:])
    return {title: [one for one in lines if one] for title, *lines in sections}


def write(name: str, told: Said) -> None:
    """Writes a golden text anew."""
    sections = ("\n".join([HEAD + title, *lines()]) for title, lines in told.items())
    (FOLDER / f"{name}.txt").write_text("\n\n".join(sections) + "\n", encoding="utf-8", newline="\n")
