"""A recorded run that answers in place of its targets.

A cassette is a record: its exchanges with their times, redacted when they were written, and the head with the run's
seed and targets. So facts are planted and values are drawn as they were, and every case meets what it met. What
cannot be seen any more, because it was blanked, is taken from the record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from harness.engine.pace.steadiness import Steadiness
from harness.engine.planning.bar import Bar
from harness.engine.planning.plan import Case, repeats_of
from harness.engine.planning.promises import REGIONAL
from harness.engine.replay.echoing import RULE as ECHO
from harness.engine.replay.matching import Asked
from harness.engine.replay.tape import Recorded, ReplayTarget, Tape
from harness.engine.targets.facts import Facts
from harness.engine.targets.target import Door, Target
from harness.findings import Finding, OnWire, Verdict
from harness.record.exchanges import BodyMissing
from harness.record.lines import CaseLine, FindingLine, Head, ScenarioLine, TargetLine, TurnLine
from harness.record.run import Run
from harness.scenario.load import bound
from harness.scenario.model import Scenario
from harness.scenario.variables import names
from harness.wire.exchange import Exchange

ACROSS: Final = ("state.container_leak", "state.cross_talk", "state.id_reuse")
"""Rules that look at the other cases of a run: what they find hangs on which of them was over first."""
OF_SECRETS: Final = "secret."
"""How the variables of secrets begin."""


@dataclass
class Cassette:
    """A run's record, played to the cases of another run.

    `strict`: every request must be the recorded one, and what `repeat` and `pass` said then holds. Otherwise the
    scenarios of today judge what was answered then.
    """

    run: Run
    strict: bool = True
    _begun: dict[tuple[str, int], int] = field(default_factory=dict)
    _seen: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, *, strict: bool = True) -> "Cassette":
        """The cassette in a folder.

        Raises:
            harness.record.unsound.Unsound: it holds no record, or not what was written.
        """
        return cls(Run.read(path).sound(), strict)

    @property
    def head(self) -> Head:
        return self.run.head

    def settings(self) -> tuple[str, ...]:
        """The variables of the recorded run, as `--set` takes them."""
        return tuple(map(str, self.head.options.get("set", ())))

    def begins(self, head: Head) -> Head:
        """The head of a run that plays this one."""
        run = self.head.run
        return replace(head, replayed=run) if self.strict else replace(head, rejudged=run)

    def targets(self) -> tuple[ReplayTarget, ...]:
        """The recorded targets, to plan on."""
        return tuple(ReplayTarget(_facts(line)) for line in self.head.targets)

    def knowing(self, scenario: Scenario) -> tuple[Target, ...]:
        """The same for one scenario: the secrets that it names are known, as they were then."""
        secrets = {name.removeprefix(OF_SECRETS): () for name in names(scenario.source) if name.startswith(OF_SECRETS)}
        return tuple(replace(each, facts=replace(each.facts, secrets=secrets)) for each in self.targets())

    def planned(self, scenario: Scenario, cases: Sequence[Case]) -> tuple[Case, ...]:
        """Those of the cases that can be played: on the targets on which the scenario ran, as often as it did.

        A case that was skipped is skipped for the same reason. What is new in a scenario is planned where it ran, or
        on the first target: it is errored, because nothing was recorded of it.
        """
        recorded = frozenset(self.head.planned)
        self._seen.setdefault(scenario.file, set()).update(case.id for case in cases)
        ran = {case.target.facts.name for case in cases if case.id in recorded} or {
            case.target.facts.name for case in cases[:1]
        }
        line = next((e for e in self.head.scenarios if (e.file, e.id) == (scenario.file, scenario.id)), None)
        return tuple(
            replace(case, skipped=self._skipped(case), repeats=self._bar(case, line))
            for case in cases
            if case.target.facts.name in ran
        )

    @property
    def unplayed(self) -> tuple[str, ...]:
        """What was recorded of files that were read, and has no case in them any more."""
        return tuple(
            case
            for case in self.head.planned
            if (file := case.partition("::")[0]) in self._seen and case not in self._seen[file]
        )

    def _skipped(self, case: Case) -> str | None:
        lines = self.run.attempts.get(case.id, ())
        return next(
            (line.reason or "skipped when it was recorded" for line in lines if line.verdict is Verdict.SKIPPED), None
        )

    def _bar(self, case: Case, scenario: ScenarioLine | None) -> Bar:
        """So many runs as there were. Where some were spared then, they are not looked for now."""
        if scenario is None:
            return case.repeats
        times = scenario.repeat
        stops = len({line.repeat for line in self.run.attempts.get(case.id, ())}) < times
        if self.strict or case.scenario.given:
            return Bar(times, times if scenario.at_least is None else scenario.at_least, stops)
        return replace(repeats_of(case.scenario, times, f"there are {times} runs on record"), stops=stops)

    def threaded(self, case: Case) -> Case:
        """The case with a tape for its next attempt, and with the generated values that were recorded."""
        line = self._next(case)
        if line is None:
            return replace(case, target=ReplayTarget(case.target.facts, why=_lacking(case)))
        try:
            exchanges = self._exchanges(line)
        except BodyMissing as missing:
            return replace(case, target=ReplayTarget(case.target.facts, why=missing.why))
        base = str(line.made.get("base") or _base_of(exchanges))
        recorded = [
            Recorded(each.turn, each.number, each.exchange, Asked.of(each.exchange.request, base)) for each in exchanges
        ]
        tape = Tape(line, recorded, base, self.strict)
        if case.scenario.given:
            values = {name: value for name, value in line.values.items() if name in case.scenario.given}
            case = replace(case, scenario=bound(case.scenario, values), values={**case.values, **values})
        return replace(
            case,
            target=ReplayTarget(case.target.facts, tape),
            graders={name: ReplayTarget(grader.facts, tape) for name, grader in case.graders.items()},
        )

    def _next(self, case: Case) -> CaseLine | None:
        """The line of the next attempt at this repeat of a case."""
        key = (case.id, case.repeat)
        attempt = self._begun[key] = self._begun.get(key, 0) + 1
        return self._line(case.id, case.repeat, attempt)

    def _line(self, case: str, repeat: int, attempt: int) -> CaseLine | None:
        lines = [line for line in self.run.attempts.get(case, ()) if line.repeat == repeat]
        return lines[attempt - 1] if attempt <= len(lines) else None

    def has_another(self, line: CaseLine) -> bool:
        """Whether another attempt followed this one."""
        return self._line(line.case, line.repeat, line.attempt + 1) is not None

    def _exchanges(self, line: CaseLine) -> list["_Kept"]:
        """The exchanges of an attempt in wire order, those that were repeated with what was refused before them."""
        found: dict[int, list[_Kept]] = {}
        for turn in line.turns:
            for kept in self._of_turn(turn):
                found.setdefault(kept.number, []).append(kept)
        merged = []
        for _, attempts in sorted(found.items()):
            *earlier, last = attempts
            exchange = last.exchange
            if earlier:
                exchange = replace(exchange, earlier=tuple(each.exchange for each in earlier))
            merged.append(_Kept(last.turn, last.number, exchange))
        return merged

    def _of_turn(self, turn: TurnLine) -> Iterable["_Kept"]:
        for where in turn.exchanges:
            yield _Kept(turn.id, self.run.exchange(where).number, self.run.wire(where))

    def found(self, case: Case, now: Sequence[Finding]) -> tuple[Finding, ...]:
        """What is found in a case, with what only the first run could find."""
        tape = _tape(case)
        if tape is None:
            return tuple(now)
        then = tuple(_finding(each) for each in tape.line.findings)
        kept = [each for each in now if not self._stands(each, tape)]
        return (*kept, *(each for each in then if self._stands(each, tape)))

    def _stands(self, finding: Finding, tape: Tape) -> bool:
        """Whether what was found then counts, and not what is found now: it needs other cases, or what was blanked.

        Expectations of today are held to answers as they were kept, blanked or not.
        """
        if finding.rule in self._kept_rules:
            return True
        blanked = finding.wire.exchange in tape.blanked
        return blanked and (self.strict or not finding.rule.startswith("expect."))

    def told(self, case: Case, line: CaseLine) -> CaseLine:
        """A line of this run with what only the first run could count."""
        tape, kept = _tape(case), self._kept_rules
        if tape is None:
            return line
        then = dict(tape.line.applied_rules)
        applied = {rule: count for rule, count in line.applied_rules.items() if rule not in kept}
        applied |= {rule: count for rule, count in then.items() if rule in kept}
        if self.strict and tape.blanked:
            applied = then
        return replace(line, examples=tape.line.examples, applied_rules=applied)

    @property
    def _kept_rules(self) -> frozenset[str]:
        """The rules whose findings are taken from the record; all others judge anew."""
        across = (*ACROSS, "modes.differ") if self.strict else ACROSS
        return frozenset({ECHO, *(rule for rule in across if rule in self.head.rules)})


@dataclass(frozen=True, slots=True)
class _Kept:
    turn: str
    number: int
    exchange: Exchange


def _finding(line: FindingLine) -> Finding:
    """A finding as it was when it was kept."""
    where = OnWire(line.exchange, line.event, line.offset, line.pointer)
    return Finding(line.rule, line.level, line.message, where, line.expected, line.actual, line.turn, line.place)


def _tape(case: Case) -> Tape | None:
    """What a threaded case plays."""
    return case.target.tape if isinstance(case.target, ReplayTarget) else None


def _lacking(case: Case) -> str:
    """Why there is nothing to play to a case."""
    if case.repeat:
        return f"there is no run {case.repeat + 1} of this case on record: what it would say was not needed then"
    return "nothing of this case was recorded: record the run again"


def _facts(line: TargetLine) -> Facts:
    """What was known of a target. The embedded endpoint answers for the region that it names."""
    kind = line.deployment_type or (REGIONAL[0] if line.kind == "embedded" else None)
    return Facts(
        line.name,
        "replay",
        line.endpoint,
        line.deployment or line.name,
        line.model,
        line.version,
        line.region,
        kind,
        line.image_deployment,
    )


def _base_of(exchanges: Sequence[_Kept]) -> str:
    """The API's address in a record that does not tell it: up to the version in the path of the first request."""
    for each in exchanges:
        url = each.exchange.request.url
        head, version, _ = url.partition("/v1/")
        return head + version if version else f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/"
    return "http://nothing.invalid/"


class Still(Steadiness):
    """How a replay talks to its targets: nothing is repeated, paced or stopped that was not then."""

    def __init__(self, cassette: Cassette) -> None:
        super().__init__()
        self._cassette = cassette

    def door(self, target: Target, door: Door) -> Door:
        return door

    def stop(self, facts: Facts, why: str) -> None:
        """Every case meets what it met."""

    def may_start_anew(self, line: CaseLine) -> bool:
        return self._cassette.has_another(line)
