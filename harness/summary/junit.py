"""A run as JUnit XML, in the schema that CI services share: one suite a file, one test case a case.

A failed case has a `failure`, an errored or inconclusive one an `error`, a skipped one `skipped`; what was planned and
not finished is an error. Figures stand as properties. Characters that XML cannot hold are shown as escapes.
"""

import re
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as Xml

from harness.record.outcome import Outcome
from harness.source.place import escaped
from harness.summary import words
from harness.summary.figures import Summary

LONGEST: Final = 4_000
"""Characters of one message."""

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(summary: Summary) -> bytes:
    """The document, UTF-8 with its declaration."""
    suites: dict[str, list[Outcome]] = {}
    for told in summary.cases:
        suites.setdefault(told.case.partition("::")[0], []).append(told)
    root = Xml.Element("testsuites", {"name": "harness", **_totals(summary.cases)})
    for name, cases in suites.items():
        suite = Xml.SubElement(
            root,
            "testsuite",
            {"name": _text(name), **_totals(cases), "timestamp": summary.run.head.started.removesuffix("Z")},
        )
        properties = Xml.SubElement(suite, "properties")
        for key, value in _facts(summary).items():
            Xml.SubElement(properties, "property", {"name": key, "value": _text(value)})
        for told in cases:
            _case(suite, told)
    Xml.indent(root)
    document: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _case(suite: Xml.Element, told: Outcome) -> None:
    line = told.shown
    case = Xml.SubElement(
        suite,
        "testcase",
        {
            "name": _text(told.case.partition("::")[2]),
            "classname": _text(told.case.partition("::")[0].removesuffix(".yaml").replace("/", ".")),
            "time": f"{line.seconds if line is not None else 0:.3f}",
        },
    )
    if line is not None:
        properties = Xml.SubElement(case, "properties")
        for key, value in _properties(told).items():
            Xml.SubElement(properties, "property", {"name": key, "value": _text(value)})
    if told.outcome == "passed":
        return
    if told.outcome == "skipped":
        Xml.SubElement(case, "skipped", {"message": _text(line.reason or "") if line is not None else ""})
        return
    kind = "failure" if told.outcome == "failed" else "error"
    element = Xml.SubElement(case, kind, {"message": _text(words.cause(told)), "type": told.outcome})
    element.text = _text("\n".join(_body(told)))


def _body(told: Outcome) -> list[str]:
    lines = []
    for finding in told.weighty:
        lines.append(f"{finding.level}[{finding.rule}]: {escaped(finding.message)}")
        if finding.place is not None:
            lines.append(f"  --> {escaped(str(finding.place))}")
    return lines or [words.cause(told)]


def _properties(told: Outcome) -> Mapping[str, str]:
    line = told.shown
    assert line is not None, "a case that was not run has no figures"
    found = {
        "verdict": told.outcome,
        "target": line.target,
        "region": line.region,
        "model": line.model,
        "delivery": line.delivery,
        "state": line.state,
        "client": line.client,
        "attempts": str(len(told.lines)),
        "total_tokens": _number(line.usage.total_tokens),
        "first_token_seconds": _number(line.latency.first_token),
        "rules": ",".join(dict.fromkeys(finding.rule for finding in told.weighty)),
    }
    return {key: value for key, value in found.items() if value}


def _facts(summary: Summary) -> Mapping[str, str]:
    return {
        "run": summary.run.head.run,
        "targets": ",".join(summary.kinds),
        "requests": str(summary.requests),
        "total_tokens": _number(summary.usage.total_tokens),
        **({"gate": "open" if summary.gated.open else "shut"} if summary.gated is not None else {}),
    }


def _totals(cases: "tuple[Outcome, ...] | list[Outcome]") -> dict[str, str]:
    outcomes = [told.outcome for told in cases]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failed")),
        "errors": str(sum(outcome in ("errored", "inconclusive", "not run") for outcome in outcomes)),
        "skipped": str(outcomes.count("skipped")),
        "time": f"{sum(told.shown.seconds for told in cases if told.shown is not None):.3f}",
    }


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _text(text: str) -> str:
    """A text that XML can hold, cut at LONGEST characters."""
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return _NOT_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", cut)
