"""The forms in which `harness check` prints what it found.

Whatever came over the wire is untrusted text: it is shown on one line with nothing hidden in it, it starts no line,
and it holds no workflow command.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from harness.findings import Finding, Level
from harness.source.place import escaped, shown
from harness.summary.pipelines import attribute
from harness.summary.pipelines import message as command_message

SHOWN: Final = 100
"""How many bytes of a body an excerpt shows."""


@dataclass
class Checked:
    """One file as it was checked. `excerpts` stand beside `findings`; `unreadable` says why it broke off, or None."""

    file: str
    exchanges: int = 0
    events: int = 0
    findings: list[Finding] = field(default_factory=list)
    excerpts: list[str] = field(default_factory=list)
    unreadable: str | None = None

    def count(self, level: Level) -> int:
        return sum(1 for finding in self.findings if finding.level is level)


class Format(Protocol):
    """Prints files as they are checked: lines for each, and lines at the end."""

    def file(self, checked: Checked) -> Iterator[str]: ...

    def end(self) -> Iterator[str]: ...


def excerpt(body: bytes, offset: int | None) -> str:
    """The bytes from an offset on, on one line, with nothing hidden in it."""
    if offset is None:
        return ""
    text = escaped(body[offset : offset + SHOWN].decode("utf-8", "backslashreplace"))
    return text + "…" * (len(body) > offset + SHOWN)


class Text:
    """For people: each finding with frame, byte offset and excerpt, then a sum."""

    def __init__(self) -> None:
        self._files = self._unreadable = self._events = 0
        self._levels = dict.fromkeys(Level, 0)

    def file(self, checked: Checked) -> Iterator[str]:
        self._files += 1
        self._events += checked.events
        name = escaped(checked.file)
        for finding, words in zip(checked.findings, checked.excerpts, strict=True):
            self._levels[finding.level] += 1
            yield f"{name}: {finding.level}: {finding.rule}: {escaped(finding.message)}"
            where = _where(finding, checked.exchanges > 1)
            if where:
                yield f"  --> {where}"
            if finding.expected is not None or finding.actual is not None:
                yield f"  = expected {_value(finding.expected)}, got {_value(finding.actual)}"
            if words:
                yield f"  | {words}"
        if checked.unreadable is not None:
            self._unreadable += 1
            yield f"{name}: cannot be read: {escaped(checked.unreadable)}"

    def end(self) -> Iterator[str]:
        levels = ", ".join(_many(count, str(level)) for level, count in self._levels.items())
        unreadable = f", {self._unreadable} unreadable" if self._unreadable else ""
        yield f"{_many(self._files, 'file')}{unreadable}, {_many(self._events, 'event')}: {levels}"


class Json:
    """For programs: one line a file."""

    def file(self, checked: Checked) -> Iterator[str]:
        line: dict[str, Any] = {
            "file": checked.file,
            "events": checked.events,
            "findings": [_as_json(finding, checked.exchanges > 1) for finding in checked.findings],
        }
        if checked.unreadable is not None:
            line["error"] = checked.unreadable
        yield json.dumps(line)

    def end(self) -> Iterator[str]:
        yield from ()


class GitHub:
    """For workflows: one command a finding, which shows it beside the file."""

    def file(self, checked: Checked) -> Iterator[str]:
        for finding in checked.findings:
            level = "notice" if finding.level is Level.NOTE else str(finding.level)
            where = _where(finding, checked.exchanges > 1)
            message = finding.message + (f" ({where})" if where else "")
            title = attribute(finding.rule)
            yield f"::{level} file={attribute(checked.file)},title={title}::{command_message(message)}"
        if checked.unreadable is not None:
            yield f"::error file={attribute(checked.file)},title=unreadable::{command_message(checked.unreadable)}"

    def end(self) -> Iterator[str]:
        yield from ()


class Sarif:
    """For code scanning: one SARIF 2.1.0 log of all files. `rules` are the titles by code."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        self._rules = rules
        self._results: list[dict[str, Any]] = []
        self._problems: list[dict[str, Any]] = []

    def file(self, checked: Checked) -> Iterator[str]:
        self._results += [_sarif(finding, checked.file) for finding in checked.findings]
        if checked.unreadable is not None:
            place = {"physicalLocation": {"artifactLocation": {"uri": checked.file}}}
            message = {"text": escaped(checked.unreadable)}
            self._problems.append({"level": "error", "message": message, "locations": [place]})
        yield from ()

    def end(self) -> Iterator[str]:
        rules = [{"id": code, "shortDescription": {"text": title}} for code, title in self._rules.items()]
        run = {
            "tool": {"driver": {"name": "harness", "rules": rules}},
            "invocations": [
                {"executionSuccessful": not self._problems, "toolExecutionNotifications": self._problems},
            ],
            "results": self._results,
        }
        schema = "https://json.schemastore.org/sarif-2.1.0.json"
        yield json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _as_json(finding: Finding, several: bool) -> dict[str, Any]:
    wire = finding.wire
    found: dict[str, Any] = {"exchange": wire.exchange} if several else {}
    return found | {
        "code": finding.rule,
        "level": str(finding.level),
        "message": finding.message,
        "frame": wire.event,
        "offset": wire.offset,
        "pointer": wire.pointer,
    }


def _sarif(finding: Finding, file: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": file}}
    if finding.wire.offset is not None:
        place["region"] = {"byteOffset": finding.wire.offset}
    about = {"exchange": finding.wire.exchange, "frame": finding.wire.event, "pointer": finding.wire.pointer}
    return {
        "ruleId": finding.rule,
        "level": str(finding.level),
        "message": {"text": escaped(finding.message)},
        "locations": [{"physicalLocation": place}],
        "properties": about,
    }


def _where(finding: Finding, several: bool) -> str:
    wire = finding.wire
    parts = [
        f"exchange {wire.exchange}" if several else "",
        f"frame {wire.event}" if wire.event is not None else "",
        f"byte {wire.offset}" if wire.offset is not None else "",
        shown(wire.pointer) if wire.pointer else "",
    ]
    return ", ".join(part for part in parts if part)


def _value(value: object) -> str:
    return "nothing" if value is None else shown(value if isinstance(value, int | float) else repr(value))


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
