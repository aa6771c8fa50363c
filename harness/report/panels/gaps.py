"""What the run does not prove: modes that were left out, rules and expectations that never had anything to judge."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from harness.record.lines import LeftOut
from harness.report.evidence import Evidence


def build(evidence: Evidence) -> dict[str, Any]:
    """Plain data: `left_out` by reason, `rules` and `expectations` that applied 0 times."""
    run = evidence.run
    rules: Counter[str] = Counter()
    expectations: Counter[tuple[str, str, str]] = Counter()
    for line in run.cases:
        rules.update(line.applied_rules)
        for key, times in line.applied_expectations.items():
            expectations[line.file, line.scenario, key] += times
    known = dict.fromkeys([*run.head.rules, *rules])
    return {
        "left_out": _left_out(run.head.left_out),
        "rules": [
            {"code": code, "title": run.head.rules[code].title if code in run.head.rules else ""}
            for code in known
            if not rules[code]
        ],
        "rules_known": len(known),
        "expectations": [
            {"file": file, "scenario": scenario, "key": key}
            for (file, scenario, key), times in sorted(expectations.items())
            if not times
        ],
        "expectations_known": len(expectations),
        "ran": bool(run.cases),
    }


def _left_out(all_of: Iterable[LeftOut]) -> list[dict[str, Any]]:
    """What was left out for the same reason, told once with its scenarios."""
    groups: dict[tuple[str, str], list[str]] = {}
    for left in all_of:
        groups.setdefault((left.what, left.reason), []).append(left.scenario)
    return [
        {"what": what, "reason": reason, "scenarios": list(dict.fromkeys(names))}
        for (what, reason), names in groups.items()
    ]
