"""The first screen: how the run came out, on what, and what failed."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from harness.comparison import words
from harness.comparison.gated import Gated
from harness.record.lines import CaseLine, FindingLine, Head, TargetLine, Usage
from harness.record.outcome import NEEDS_EYES, NOT_RUN, OUTCOMES, Outcome
from harness.record.run import Run
from harness.report.counted import query
from harness.report.evidence import Evidence
from harness.report.panels.finding import finding
from harness.report.panels.groups import group
from harness.report.text import counted, number, seconds

SHOWN: Final = 25
"""Causes that stand on the first screen, each with its first case; all others stand there where scripts are off."""

TARGETS: Final = 8
"""Targets that are told at once; the others are opened."""

KINDS: Final = {"embedded": "embedded endpoint", "live": "live", "replay": "recorded"}
"""Kind of a target → what is said of it."""

FINDINGS: Final = 3
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


def build(evidence: Evidence) -> dict[str, Any]:
    """Plain data of the first screen."""
    run, found = evidence.run, evidence.cases
    counts = Counter(one.outcome for one in found)
    bad = [(n, one) for n, one in enumerate(found) if one.outcome in NEEDS_EYES]
    firsts = [cause.cases[0] for cause in evidence.causes[:SHOWN]]
    rest = [(n, one) for n, one in bad if n not in set(firsts)]
    unsound = any(not problem.harmless for problem in run.problems)
    doubtful = unsound and not bad  # a green page must not stand over a record that somebody changed
    return {
        "outcome": "errored" if doubtful else _whole(counts, len(found)),
        "headline": DOUBTFUL if doubtful else _headline(counts, len(found)),
        "about": [ABOUT[kind] for kind in sorted(_kinds(run.head)) if kind in ABOUT],
        "gate": _gate(evidence.gated, evidence),
        "change": _change(evidence),
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
        "targets": [_target(target) for target in run.head.targets],
        "targets_shown": TARGETS,
        "failures": [_cause(n, at, found[at], evidence) for n, at in enumerate(firsts, 1)],
        "more_causes": len(evidence.causes[SHOWN:]),
        "more": [_failure(n, one, run) for n, one in rest],
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
        ("Replayed", f"answers of run {head.replayed}" if head.replayed else ""),
        ("Judged again", f"exchanges of run {head.rejudged}" if head.rejudged else ""),
        ("Started", _moment(head.started)),
        ("Duration", _duration(head, run.cases)),
        ("Cases", f"{number(len(head.planned))} from {counted(len(head.scenarios), 'scenario')}"),
        ("Requests", number(exchanges)),
        ("Tokens", _tokens(usage)),
        ("Versions", ", ".join(f"{name} {version}" for name, version in head.versions.items())),
        ("Seed", str(head.seed)),
        ("Digest", _digest(head)),
    ]
    facts += [(name, _setting(value)) for name, value in sorted(head.settings.items()) if value not in (None, [], {})]
    return [(name, value) for name, value in facts if value]


NAMED: Final = 1
"""Cases of one reason that are linked by name; the table shows all of them."""


def _gate(gated: Gated | None, evidence: Evidence) -> dict[str, Any] | None:
    """The gate's answer: every reason with its cases; None where there was no gate."""
    if gated is None:
        return None
    return {
        "open": gated.open,
        "sentence": gated.sentence if gated.open else f"The gate is shut for {counted(len(gated.reasons), 'reason')}.",
        "policy": gated.policy or "",
        "reasons": [
            {
                "code": reason.code,
                "sentence": _unnamed(reason.sentence, reason.cases),
                "place": str(reason.place) if reason.place else "",
                "cases": _linked(reason.cases, evidence),
                "more": f"all {number(len(reason.cases))}" if len(reason.cases) > NAMED else "",
                "href": query(gate=reason.code),
            }
            for reason in gated.reasons
        ],
        "notes": [{"sentence": note.sentence, "cases": _linked(note.cases, evidence)} for note in gated.notes],
    }


def _unnamed(sentence: str, cases: Sequence[str]) -> str:
    """A sentence without the cases in brackets that stand below it as links."""
    before, found, _ = sentence.partition(f" ({cases[0]}") if cases else (sentence, "", "")
    return before if found and sentence.endswith(")") else sentence


def _linked(cases: Sequence[str], evidence: Evidence) -> list[dict[str, Any]]:
    return [{"number": evidence.numbers[case], "case": case} for case in cases[:NAMED] if case in evidence.numbers]


def _change(evidence: Evidence) -> dict[str, Any] | None:
    """What changed since the baseline, in a sentence; None where there is none."""
    found = evidence.comparison
    if found is None:
        return None
    return {
        "sentence": words.verdict(found),
        "base": found.base,
        "lost": number(len(found.lost)),
        "won": number(len(found.won)),
        "lost_href": query(change="lost"),
        "won_href": query(change="won"),
    }


def _digest(head: Head) -> str:
    """A name for the text of all scenarios: two runs with the same one asked the same."""
    digests = sorted(f"{line.file}::{line.id} {line.digest}" for line in head.scenarios if line.digest)
    return f"scenarios {hashlib.sha256(chr(10).join(digests).encode()).hexdigest()[:16]}" if digests else ""


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


def _target(target: TargetLine) -> dict[str, str]:
    """Its name, and in one line what it is."""
    model = " ".join(part for part in (target.model, target.version) if part)
    endpoint = "" if target.kind == "embedded" else target.endpoint
    deployment = f"deployment {target.deployment}" if target.deployment and target.deployment != target.model else ""
    parts = (KINDS.get(target.kind, target.kind), model, deployment, target.region, endpoint)
    return {"name": target.name, "about": " · ".join(part for part in parts if part)}


def _cause(n: int, at: int, one: Outcome, evidence: Evidence) -> dict[str, Any]:
    """A cause by its number, told by its first case."""
    cause = evidence.causes[n - 1]
    told = _failure(at, one, evidence.run)
    return told | {
        "said": cause.said,
        "reason": "" if one.outcome == NOT_RUN or told["reason"].strip() == cause.said else told["reason"],
        "others": len(one.standing[1:]),
        "group": group(n, cause),
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
        "findings": [finding(found, run.head, _number(found, line)) for found in standing[:FINDINGS]],
        "more": len(standing[FINDINGS:]),
    }


def _number(found: FindingLine, line: CaseLine | None) -> int:
    """Where a finding stands among those of its attempt."""
    return next((n for n, each in enumerate(line.findings) if each is found), 0) if line else 0
