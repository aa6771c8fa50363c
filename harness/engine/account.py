"""A case that was run → its line in the record."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.conversation import TurnTaken
from harness.engine.conduct import Conducted
from harness.engine.planning.plan import Case
from harness.expectations.subjects import usage as looked_up
from harness.findings import Finding, Verdict, verdict
from harness.pointer import MISSING
from harness.record.lines import CaseLine, FindingLine, Latency, TurnLine, Usage, Where
from harness.record.withholding import withheld_case
from harness.record.writer import RunWriter
from harness.rules import RULES

TITLES: Final = {rule.name: rule.title for rule in RULES}


def account(case: Case, conducted: Conducted, writer: RunWriter, started: float, seconds: float) -> CaseLine:
    """Writes the exchanges of a case that was run, and tells what its line says.

    `started` is in seconds since the epoch, `seconds` how long the case took.

    Raises:
        harness.record.chain.NotRecorded: an exchange could not be kept.
    """
    taken = (*conducted.conversation.turns, *conducted.graded)
    turns = tuple(_turn(case, each, conducted.asked.get(each.id), writer) for each in taken)
    judged = verdict(conducted.findings, error=conducted.error)
    return CaseLine(
        **_identity(case),
        verdict=judged,
        reason=conducted.error if judged is Verdict.ERRORED else None,
        findings=tuple(_finding(case, finding) for finding in conducted.findings),
        turns=turns,
        applied_rules=dict(conducted.applied_rules),
        applied_expectations=dict(conducted.applied_expectations),
        usage=Usage.over(turn.usage for turn in turns),
        latency=Latency.over(turn.latency for turn in turns),
        started=utc(started),
        seconds=seconds,
        made=dict(conducted.made),
    )


def without_exchanges(case: Case, judged: Verdict, reason: str, started: float, seconds: float = 0.0) -> CaseLine:
    """The line of a case of which nothing was seen: skipped, or errored before or outside of its turns."""
    return CaseLine(**_identity(case), verdict=judged, reason=reason, started=utc(started), seconds=seconds)


def shown(case: Case, line: CaseLine) -> CaseLine:
    """What may be kept and told of a finished case: all of it, or no texts where its scenario is sensitive."""
    return withheld_case(line, _words) if case.scenario.sensitive else line


def _words(rule: str) -> str:
    """What a rule demands; an expectation's words are the scenario's."""
    return TITLES.get(rule, "what the scenario expects does not hold")


def utc(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC, to the millisecond."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _identity(case: Case) -> dict[str, Any]:
    facts = case.target.facts
    return {
        "case": case.id,
        "scenario": case.scenario.id,
        "file": case.scenario.file,
        "line": case.scenario.place.line,
        "title": case.scenario.title,
        "target": facts.name,
        "region": facts.region,
        "model": facts.model or facts.deployment,
        "delivery": case.delivery,
        "state": case.state,
        "client": case.client,
        "row": case.row,
        "values": dict(case.values),
        "repeat": case.repeat,
    }


def _turn(case: Case, taken: TurnTaken, asked: Any, writer: RunWriter) -> TurnLine:
    where: Sequence[Where] = [
        writer.exchanges(case.id, taken.id, reply.index, exchange, sent, sensitive=case.scenario.sensitive)
        for reply in taken.replies
        for sent, exchange in enumerate((*reply.exchange.earlier, reply.exchange), 1)
    ]
    final = taken.final
    figures = {name: _count(looked_up(taken, name)) for name in Usage.__slots__}
    return TurnLine(
        taken.id,
        taken.turn.action if taken.turn else "judge",
        asked,
        tuple(final.output) if final else (),
        final.status if final else None,
        tuple(where),
        Usage(**figures),
        Latency(final.first_event_at, final.first_token_at, final.exchange.ended_at) if final else Latency(),
        {label: dict(tools) for label, tools in taken.served.items()},
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value is not MISSING and not isinstance(value, bool) else None


def _finding(case: Case, finding: Finding) -> FindingLine:
    allow: Mapping[str, Any] = case.scenario.allow
    lowered = allow.get(finding.rule)
    line = case.scenario.line_at(finding.place) if finding.place else None
    return FindingLine.of(finding, source_line=line, allowed=lowered.reason if lowered else None)
