"""One case as a person reads it: what was asked and said, turn by turn, with the findings beside.

The details of all cases lie in the page in parts of CHUNK cases, each compressed, and are opened when one of its
cases is looked at.
"""

import base64
import shlex
import zlib
from typing import Any, Final

from harness.record.bounds import plain
from harness.record.fields import encode
from harness.record.lines import CaseLine, Head
from harness.record.run import Run
from harness.report.outcome import Outcome, outcomes
from harness.report.panels.finding import finding
from harness.report.text import seconds

CHUNK: Final = 50
"""Cases in one compressed part."""


def build(run: Run) -> dict[str, Any]:
    """Plain data: the compressed parts in page order (JSON, deflated, base64), and how many cases each holds."""
    details = [detail(one, run.head) for one in outcomes(run)]
    parts = [details[n : n + CHUNK] for n in range(0, len(details), CHUNK)]
    return {"chunk": CHUNK, "parts": [_compressed(part) for part in parts]}


def _compressed(part: list[Any]) -> str:
    data = encode(part).encode("ascii")
    return base64.b64encode(zlib.compress(data)).decode("ascii")


def detail(one: Outcome, head: Head) -> dict[str, Any]:
    """All that the page shows of one case; its attempts with the newest last."""
    first = one.shown
    return {
        "case": one.case,
        "place": f"{first.file}:{first.line}" if first and first.line else "",
        "reproduce": f"harness run {shlex.quote(one.case)}",
        "attempts": [_attempt(line, head) for line in one.lines],
    }


def _attempt(line: CaseLine, head: Head) -> dict[str, Any]:
    scenario = next((each for each in head.scenarios if (each.file, each.id) == (line.file, line.scenario)), None)
    facts = [
        ("Target", line.target),
        ("Mode", " · ".join((line.delivery, line.state, line.client))),
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
        "findings": [finding(found, head) for found in line.findings],
    }


def _turn(turn: Any) -> dict[str, Any]:
    figures = [
        turn.status or "no response",
        seconds(turn.latency.total),
        "" if turn.usage.total_tokens is None else f"{turn.usage.total_tokens:,} tokens",
    ]
    return {
        "id": turn.id,
        "action": turn.action,
        "asked": plain(turn.asked),
        "said": plain(turn.said),
        "figures": " · ".join(figure for figure in figures if figure),
        "exchanges": [f"{where.file}, byte {where.offset}, {where.length} bytes long" for where in turn.exchanges],
    }
