"""A recorded run that answers in place of its targets.

A cassette is a record: its exchanges with their times, redacted when they were written, and the head with the run's
seed and targets. So facts are planted and values are drawn as they were, and every case meets what it met. What
cannot be seen any more, because it was blanked, is taken from the record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from harness.engine.echoing import RULE as ECHO
from harness.engine.matching import Asked
from harness.engine.plan import Case
from harness.engine.promises import REGIONAL
from harness.engine.repeating import Bar, bar
from harness.engine.steadiness import Steadiness
from harness.engine.tape import Recorded, ReplayTarget, Tape
from harness.engine.target import Door, Facts, Target
from harness.findings import Finding, OnWire, Verdict
from harness.record.lines import CaseLine, Head, ScenarioLine, TargetLine, TurnLine
from harness.record.run import Run
from harness.scenario.load import bound
from harness.scenario.model import Scenario
from harness.scenario.variables import names

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
        ran = {case.target.facts.name for case in cases if case.id in recorded} or {
            case.target.facts.name for case in cases[:1]
        }
        line = next((e for e in self.head.scenarios if (e.file, e.id) == (scenario.file, scenario.id)), None)
        return tuple(
            replace(case, skipped=self._skipped(case), repeats=self._bar(case, line))
            for case in cases
            if case.target.facts.name in ran
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
        return replace(bar(case.scenario.repeats, times), stops=stops)

    def threaded(self, case: Case) -> Case:
        """The case with a tape for its next attempt, and with the generated values that were recorded."""
        line = self._next(case)
        if line is None:
            return case
        made = line.made
        base = str(made.get("base") or _base_of(self._exchanges(line)))
        recorded = [
            Recorded(each.turn, each.exchange, Asked.of(each.exchange.request, base)) for each in self._exchanges(line)
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
        return self._line(line.case, line.repeat, self._begun.get((line.case, line.repeat), 0) + 1) is not None

    def _exchanges(self, line: CaseLine) -> list["_Kept"]:
        """The exchanges of an attempt in wire order, those that were repeated with what was refused before them."""
        found: dict[int, list[_Kept]] = {}
        for turn in line.turns:
            for number, kept in self._of_turn(turn):
                found.setdefault(number, []).append(kept)
        merged = []
        for _, attempts in sorted(found.items()):
            *earlier, last = attempts
            exchange = last.exchange
            if earlier:
                exchange = replace(exchange, earlier=tuple(each.exchange for each in earlier))
            merged.append(_Kept(last.turn, exchange))
        return merged

    def _of_turn(self, turn: TurnLine) -> Iterable[tuple[int, "_Kept"]]:
        for where in turn.exchanges:
            yield self.run.exchange(where).number, _Kept(turn.id, self.run.wire(where))

    def unseen(self, case: Case) -> tuple[Finding, ...]:
        """What was found in bytes that were blanked before they were written: it cannot be found in them again."""
        line = _recorded(case)
        return tuple(
            Finding(each.rule, each.level, each.message, OnWire(each.exchange), turn=each.turn)
            for each in (line.findings if line is not None else ())
            if each.rule == ECHO
        )

    def told(self, case: Case, line: CaseLine) -> CaseLine:
        """A line of this run with what only the first run could count."""
        recorded = _recorded(case)
        return line if recorded is None else replace(line, examples=recorded.examples)


@dataclass(frozen=True, slots=True)
class _Kept:
    turn: str
    exchange: Any


def _recorded(case: Case) -> CaseLine | None:
    """The line that a threaded case plays."""
    tape = case.target.tape if isinstance(case.target, ReplayTarget) else None
    return None if tape is None else tape.line


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
        url: str = each.exchange.request.url
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


def recorded_settings(head: Head) -> Mapping[str, Any]:
    """The variables of `--set` of the recorded run."""
    return {name: value for name, value in head.settings.items() if name not in ("concurrency", "defects")}
