"""The first screen: how the run came out, on what, and what failed."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from harness.record.lines import CaseLine, Head, Usage
from harness.record.run import Run
from harness.report.outcome import NEEDS_EYES, NOT_RUN, OUTCOMES, Outcome, outcomes
from harness.report.panels.finding import finding
from harness.report.text import counted, number, seconds

SHOWN: Final = 25
"""Cases that stand on the first screen with their findings; the rest of them stand there where scripts are off."""

FINDINGS: Final = 10
"""Findings of one case that stand there; a case shows all of its own."""

ABOUT: Final = {
    "embedded": "This run used the embedded endpoint: it is evidence about the specs and the harness, "
    "not about the service.",
    "replay": "This run replayed recorded exchanges: it is evidence about the checks, not about the service today.",
}
"""What is said on top where nothing live was asked."""

DOUBTFUL: Final = "The record is not as it was written, so it proves nothing."

SAID: Final = {
    "failed": ("failed", "failed"),
    "errored": ("could not be judged: the harness or its input is at fault",) * 2,
    "inconclusive": (
        "is inconclusive: the endpoint could not be observed",
        "are inconclusive: the endpoint could not be observed",
    ),
    NOT_RUN: ("was not run", "were not run"),
    "skipped": ("was skipped", "were skipped"),
    "passed": ("passed", "passed"),
}
"""Outcome → how a sentence goes on after one case, after several."""


def build(run: Run) -> dict[str, Any]:
    """Plain data of the first screen."""
    found = outcomes(run)
    counts = Counter(one.outcome for one in found)
    bad = [(n, one) for n, one in enumerate(found) if one.outcome in NEEDS_EYES]
    unsound = any(not problem.harmless for problem in run.problems)
    doubtful = unsound and not bad  # a green page must not stand over a record that somebody changed
    return {
        "outcome": "errored" if doubtful else _whole(counts, len(found)),
        "headline": DOUBTFUL if doubtful else _headline(counts, len(found)),
        "about": [ABOUT[kind] for kind in sorted(_kinds(run.head)) if kind in ABOUT],
        "counts": [
            {"outcome": name, "sign": sign, "count": number(counts[name]), "class": name.replace(" ", "-")}
            for name, sign in OUTCOMES.items()
            if counts[name]
        ],
        "bar": _bar(counts, len(found)),
        "unsound": unsound,
        "problems": [str(problem) for problem in run.problems],
        "flaky": len(run.flaky),
        "facts": _facts(run),
        "targets": [_target(run.head, name) for name in range(len(run.head.targets))],
        "failures": [_failure(n, one, run) for n, one in bad[:SHOWN]],
        "more": [_failure(n, one, run) for n, one in bad[SHOWN:]],
    }


def _kinds(head: Head) -> set[str]:
    return {target.kind for target in head.targets}


def _whole(counts: Counter[str], total: int) -> str:
    """The outcome that the whole page takes its colour from."""
    worst = next((name for name in OUTCOMES if counts[name] and name in NEEDS_EYES), None)
    return (worst or ("passed" if counts["passed"] else "skipped")).replace(" ", "-") if total else "not-run"


def _headline(counts: Counter[str], total: int) -> str:
    if not total:
        return "Nothing was planned, so nothing was tested."
    for name in OUTCOMES:
        if name in NEEDS_EYES and counts[name]:
            one, many = SAID[name]
            how = one if counts[name] == 1 else many
            return f"{number(counts[name])} of {counted(total, 'case')} {how}."
    if not counts["passed"]:
        return f"No case was run: {'the only one' if total == 1 else f'all {number(total)}'} were skipped."
    if counts["passed"] == total:
        return "The only case passed." if total == 1 else f"All {number(total)} cases passed."
    return f"All {counted(counts['passed'], 'case')} that ran passed."


def _bar(counts: Counter[str], total: int) -> list[dict[str, Any]]:
    """The shares of all cases as spans of a line of length 100."""
    spans: list[dict[str, Any]] = []
    at = 0
    for name in OUTCOMES:
        if counts[name]:
            start, end = 100 * at / total, 100 * (at + counts[name]) / total
            spans.append({"class": name.replace(" ", "-"), "x": f"{start:.3f}", "width": f"{end - start:.3f}"})
            at += counts[name]
    return spans


def _facts(run: Run) -> list[tuple[str, str]]:
    head = run.head
    usage = Usage.over(line.usage for line in run.cases)
    exchanges = sum(len(turn.exchanges) for line in run.cases for turn in line.turns)
    facts = [
        ("Run", head.run),
        ("Started", _moment(head.started)),
        ("Duration", _duration(head, run.cases)),
        ("Cases", f"{number(len(head.planned))} from {counted(len(head.scenarios), 'scenario')}"),
        ("Requests", number(exchanges)),
        ("Tokens", _tokens(usage)),
        ("Versions", ", ".join(f"{name} {version}" for name, version in head.versions.items())),
        ("Seed", str(head.seed)),
    ]
    facts += [(name, _setting(value)) for name, value in sorted(head.settings.items()) if value not in (None, [], {})]
    return [(name, value) for name, value in facts if value]


def _setting(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _tokens(usage: Usage) -> str:
    if usage.total_tokens is None:
        return ""
    return (
        f"{number(usage.total_tokens)} in all: {number(usage.input_tokens or 0)} in "
        f"({number(usage.cached_tokens or 0)} cached), {number(usage.output_tokens or 0)} out "
        f"({number(usage.reasoning_tokens or 0)} reasoning)"
    )


def _when(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else None


def _moment(text: str) -> str:
    when = _when(text)
    return f"{when:%Y-%m-%d %H:%M:%S} UTC" if when else text


def _duration(head: Head, cases: Sequence[CaseLine]) -> str:
    """From the start of the run to the end of its last case."""
    start = _when(head.started)
    ends = [when + timedelta(seconds=line.seconds) for line in cases if (when := _when(line.started))]
    return seconds(max(0.0, (max(ends) - start).total_seconds())) if start and ends else ""


def _target(head: Head, n: int) -> dict[str, str]:
    target = head.targets[n]
    model = " ".join(part for part in (target.model, target.version) if part)
    return {
        "name": target.name,
        "kind": target.kind,
        "endpoint": target.endpoint,
        "deployment": target.deployment or "",
        "model": model,
        "region": target.region or "",
    }


def _failure(n: int, one: Outcome, run: Run) -> dict[str, Any]:
    line = one.shown
    standing = one.standing
    return {
        "number": n,
        "outcome": one.outcome,
        "sign": OUTCOMES[one.outcome],
        "class": one.class_name,
        "case": one.case,
        "title": one.title,
        "mode": " · ".join((line.delivery, line.state, line.client)) if line else "",
        "target": line.target if line else "",
        "reason": (line.reason if line else "It was planned; the run ended before it was finished.") or "",
        "findings": [finding(found, run.head) for found in standing[:FINDINGS]],
        "more": len(standing[FINDINGS:]),
    }
