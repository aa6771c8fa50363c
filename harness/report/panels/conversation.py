"""One case as a person reads it: what was asked and said, turn by turn, with the findings beside.

The details of all cases lie in the page in parts of CHUNK cases, each compressed, and are opened when one of its
cases is looked at; what was on the wire lies in a part of its own for each case.
"""

import shlex
from typing import Any, Final

from harness.record.lines import CaseLine, Head, TurnLine
from harness.record.outcome import Outcome
from harness.report.evidence import Evidence
from harness.report.packed import packed
from harness.report.panels.finding import finding
from harness.report.text import seconds
from harness.report.wire import Wires, named

CHUNK: Final = 50
"""Cases in one compressed part."""

WHERE: Final = ("targets", "endpoint", "deployment", "api_key_env", "target_model", "target_region")
"""Options of a run that say where it was; a case runs again with them."""


def build(evidence: Evidence) -> dict[str, Any]:
    """Plain data: the compressed parts in page order, how many cases each holds, and the wire by case number."""
    details = [detail(one, evidence) for one in evidence.cases]
    parts = [details[n : n + CHUNK] for n in range(0, len(details), CHUNK)]
    wires = Wires(evidence.run)
    seen = [(n, [wires.of(line, line.findings) for line in one.lines]) for n, one in enumerate(evidence.cases)]
    return {
        "chunk": CHUNK,
        "parts": [packed(part) for part in parts],
        "wires": [(n, packed(found)) for n, found in seen if any(each is not None for each in found)],
    }


def detail(one: Outcome, evidence: Evidence) -> dict[str, Any]:
    """All that the page shows of one case; its attempts with the newest last."""
    first = one.shown
    return {
        "case": one.case,
        "place": f"{first.file}:{first.line}" if first and first.line else "",
        "reproduce": reproduce(one.case, evidence.run.head),
        "gate": list(evidence.reasons_of.get(one.case, ())),
        "attempts": [_attempt(line, evidence) for line in one.lines],
    }


def reproduce(case: str, head: Head) -> str:
    """The command that runs a case again as it ran."""
    settings = head.settings
    defects = settings.get("defects")
    given = [f"--defect {shlex.quote(str(each))}" for each in (defects if isinstance(defects, list) else ())]
    given += [
        f"--set {shlex.quote(f'{name}={value}')}"
        for name, value in settings.items()
        if name not in ("concurrency", "defects")
    ]
    where = [
        f"--{name.replace('_', '-')} {shlex.quote(value)}"
        for name in WHERE
        if isinstance(value := head.options.get(name), str)
    ]
    return " ".join(["harness run", shlex.quote(case), *where, *given])


def _attempt(line: CaseLine, evidence: Evidence) -> dict[str, Any]:
    scenario = evidence.scenario(line)
    facts = [
        ("Target", line.target),
        ("Mode", " · ".join((line.delivery, line.state, line.client))),
        ("Repeat", str(line.repeat + 1) if line.repeat else ""),
        ("Values", ", ".join(f"{name} = {value}" for name, value in line.values.items())),
        ("Examples", "" if line.examples is None else f"{line.examples} with generated values, of which this is one"),
        ("Owner", (scenario.owner or "") if scenario else ""),
        ("Links", " · ".join(scenario.links) if scenario else ""),
        ("Took", seconds(line.seconds)),
        ("First token", seconds(line.latency.first_token)),
        ("Tokens", "" if line.usage.total_tokens is None else f"{line.usage.total_tokens:,}"),
    ]
    return {
        "attempt": line.attempt,
        "verdict": line.verdict.value,
        "reason": line.reason,
        "facts": [fact for fact in facts if fact[1]],
        "turns": [_turn(turn) for turn in line.turns],
        "findings": [finding(found, evidence.run.head, n) for n, found in enumerate(line.findings)],
        "before": _before(line, evidence),
    }


def _before(line: CaseLine, evidence: Evidence) -> dict[str, Any] | None:
    """What the baseline said in the same case, where it came out another way or this one did not pass."""
    base = evidence.before.get((line.case, line.repeat, line.attempt))
    if base is None or evidence.comparison is None or (base.verdict is line.verdict and not line.findings):
        return None
    return {
        "run": evidence.comparison.base,
        "verdict": base.verdict.value,
        "turns": [{"id": turn.id, "said": turn.said, "status": turn.status or ""} for turn in base.turns],
    }


def _turn(turn: TurnLine) -> dict[str, Any]:
    figures = [
        turn.status or "no response",
        seconds(turn.latency.total),
        "" if turn.usage.total_tokens is None else f"{turn.usage.total_tokens:,} tokens",
    ]
    return {
        "id": turn.id,
        "action": turn.action,
        "asked": turn.asked,
        "said": turn.said,
        "figures": " · ".join(figure for figure in figures if figure),
        "exchanges": [named(where) for where in turn.exchanges],
    }
