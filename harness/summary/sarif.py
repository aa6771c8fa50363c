"""A run as a SARIF 2.1.0 log: each standing error or warning a result at its line of the YAML."""

import json
from typing import Any, Final

from harness.record.outcome import Outcome
from harness.source.place import escaped
from harness.summary.figures import Summary

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
MOST: Final = 5_000
"""Results that code scanning takes of one run; the heaviest cases come first."""


def sarif(summary: Summary) -> str:
    """The log as one line of JSON."""
    results = [result for told in summary.cases if told.needs_eyes for result in _results(told)]
    used = {result["ruleId"] for result in results}
    known = {code: rule for code, rule in summary.run.head.rules.items() if code in used}
    run = {
        "tool": {
            "driver": {
                "name": "harness",
                "version": summary.run.head.versions.get("harness", "0"),
                "rules": [_rule(code, known[code].title if code in known else code) for code in sorted(used)],
            }
        },
        "invocations": [{"executionSuccessful": summary.exit not in (2, 3), "exitCode": summary.exit}],
        "results": results[:MOST],
        "properties": {"counts": dict(summary.counts), "results": len(results)},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(code: str, title: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": escaped(title)}}


def _results(told: Outcome) -> list[dict[str, Any]]:
    if told.shown is None:
        return []
    found = []
    for finding in told.weighty:
        place = finding.place
        region = (
            {"startLine": place.line, "startColumn": place.column}
            if place is not None
            else {"startLine": max(1, told.shown.line)}
        )
        found.append(
            {
                "ruleId": finding.rule,
                "level": str(finding.level),
                "message": {"text": escaped(finding.message)},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": place.file if place is not None else told.shown.file},
                            "region": region,
                        }
                    }
                ],
                "partialFingerprints": {
                    "case/v1": f"{told.case}|{finding.turn or ''}|{finding.rule}|{finding.pointer}"
                },
                "properties": {
                    "case": told.case,
                    "turn": finding.turn,
                    "exchange": finding.exchange,
                    "event": finding.event,
                    "offset": finding.offset,
                },
            }
        )
    return found
