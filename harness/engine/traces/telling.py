"""A case's line in the record → what a person reads in a terminal.

Everything that came from a model or an endpoint is shown with its control characters as visible escapes, and never
stands at the start of a line.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from harness.findings import Level, Verdict
from harness.record.lines import CaseLine, FindingLine

LONGEST: Final = 400
"""Characters of a value that are shown; the record has more."""


def told(line: CaseLine) -> str:
    """Why a case did not pass: its findings, each with its line in the YAML and its place on the wire."""
    parts = [finding for finding in line.findings if finding.level is not Level.NOTE]
    blocks = ["\n".join(_drawn(line))] if line.examples else []
    blocks += ["\n".join(_finding(finding)) for finding in parts]
    if line.verdict is Verdict.ERRORED and line.reason:
        blocks.append("the harness or its input is at fault:\n" + _indented(line.reason.rstrip()))
    return "\n\n".join([f"{line.verdict}: {visible(line.title)}", *blocks])


def _drawn(line: CaseLine) -> Iterator[str]:
    """The generated parameters with which it did not pass."""
    count = f"{line.examples} examples ran" if line.examples != 1 else "one example ran"
    yield f"generated parameters ({count}); this is the smallest found that does not pass:"
    yield from (f"  | {visible(name)} = {_value(value)}" for name, value in line.values.items())


def _finding(finding: FindingLine) -> Iterator[str]:
    yield f"{finding.level}[{finding.rule}]: {_short(finding.message)}"
    if finding.place is not None:
        yield f" --> {visible(str(finding.place))}"
        if finding.source_line is not None:
            margin = " " * len(str(finding.place.line))
            yield f"{margin} |"
            yield f"{finding.place.line} | {_short(finding.source_line)}"
            yield f"{margin} | {' ' * (finding.place.column - 1)}{'^' * max(1, finding.place.width)}"
    yield f"  on the wire: {_where(finding)}"
    if finding.expected is not None or finding.actual is not None:
        yield f"  expected: {_value(finding.expected)}"
        yield f"  actual:   {_value(finding.actual)}"
    if finding.difference:
        yield "  difference (- expected, + actual):"
        yield from (f"  | {_short(line)}" for line in finding.difference.split("\n"))


def _where(finding: FindingLine) -> str:
    parts = [f"turn {visible(finding.turn)}" if finding.turn else "", f"exchange {finding.exchange}"]
    parts.append(f"event {finding.event}" if finding.event is not None else "")
    parts.append(f"byte {finding.offset}" if finding.offset is not None else "")
    parts.append(visible(finding.pointer))
    return ", ".join(part for part in parts if part)


def _value(value: Any) -> str:
    return _short(json.dumps(value, ensure_ascii=False, default=str))


def _short(text: str) -> str:
    return visible(text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)")


def _indented(text: str) -> str:
    return "\n".join("  | " + visible(line) for line in text.splitlines())


def visible(text: str) -> str:
    """The text with control, format and other unprintable characters as escapes; line ends among them.

    Commands that some CI services obey wherever they stand in a line (`##[…]`, `##vso[…]`) are broken up.
    """
    if "##" in text:
        text = _COMMAND.sub(r"#\\x23\1[", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(char) if unicodedata.category(char) in _HIDDEN else char for char in text)


_COMMAND: Final = re.compile(r"##(vso)?\[", re.IGNORECASE)
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
