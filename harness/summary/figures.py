"""What every form tells: counted once, from the record."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from harness.comparison.comparison import Comparison
from harness.comparison.gated import Gated
from harness.findings import Level, Verdict
from harness.record.lines import CaseLine, FindingLine, Usage
from harness.record.run import Run
from harness.summary.repeated import plain, repeated

NOT_RUN: Final = "not run"

OUTCOMES: Final = (
    Verdict.FAILED.value,
    Verdict.ERRORED.value,
    Verdict.INCONCLUSIVE.value,
    NOT_RUN,
    Verdict.PASSED.value,
    Verdict.SKIPPED.value,
)
"""What can be said of a planned case, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Told:
    """One planned case: its outcome, the attempt that speaks for it (None where there is none), and its errors.

    `findings` are those of that attempt that no scenario allowed and that are no notes, the heaviest first.
    """

    case: str
    outcome: str
    line: CaseLine | None
    findings: tuple[FindingLine, ...]
    attempts: int

    @property
    def needs_eyes(self) -> bool:
        return self.outcome not in (Verdict.PASSED.value, Verdict.SKIPPED.value)


@dataclass(frozen=True)
class Summary:
    """A run, what its comparison with a baseline says, and what the gate found; None where there was none."""

    run: Run
    comparison: Comparison | None = None
    gated: Gated | None = None

    @cached_property
    def cases(self) -> tuple[Told, ...]:
        """Every planned case, in the order of the plan."""
        return tuple(_told(self.run, case) for case in self.run.head.planned)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Planned cases by outcome; every outcome is a key, in the order of OUTCOMES."""
        return _counted(self.cases)

    def grouped(self, name: Callable[[CaseLine], str | None]) -> dict[str, Mapping[str, int]]:
        """The counts of the finished cases by region, model or whatever else stands in a line."""
        groups: dict[str, list[Told]] = {}
        for told in self.cases:
            key = name(told.line) if told.line is not None else None
            if key is not None:
                groups.setdefault(key, []).append(told)
        return {key: _counted(cases) for key, cases in sorted(groups.items())}

    @property
    def usage(self) -> Usage:
        """Tokens of all attempts."""
        return Usage.over(line.usage for line in self.run.cases)

    @property
    def requests(self) -> int:
        """Requests of all attempts."""
        return sum(len(turn.exchanges) for line in self.run.cases for turn in line.turns)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What was asked: `embedded`, `live`, `replay`."""
        return tuple(sorted({target.kind for target in self.run.head.targets}))

    @property
    def exit(self) -> int:
        """The exit status: the gate's where there was one, else that of the outcomes alone."""
        if self.gated is not None:
            return self.gated.exit
        counts = self.counts
        if counts["errored"] or any(not problem.harmless for problem in self.run.problems):
            return 3
        return 2 if counts[NOT_RUN] else 1 if counts["failed"] else 6 if counts["inconclusive"] else 0

    def plain(self) -> dict[str, Any]:
        """All figures as plain JSON values."""
        usage = self.usage
        return {
            "run": self.run.head.run,
            "started": self.run.head.started,
            "targets": list(self.kinds),
            "cases": len(self.cases),
            "attempts": len(self.run.cases),
            "counts": dict(self.counts),
            "flaky": len(self.run.flaky),
            **({"repeats": plain(cases)} if (cases := repeated(self.run)) else {}),
            "requests": self.requests,
            "tokens": {name: getattr(usage, name) for name in Usage.__slots__},
            "regions": {name: dict(counts) for name, counts in self.grouped(lambda line: line.region).items()},
            "models": {name: dict(counts) for name, counts in self.grouped(lambda line: line.model).items()},
        }


def _counted(cases: Sequence[Told]) -> Mapping[str, int]:
    found = Counter(told.outcome for told in cases)
    return {name: found[name] for name in OUTCOMES}


def _told(run: Run, case: str) -> Told:
    lines = run.attempts.get(case, ())
    if not lines:
        return Told(case, NOT_RUN, None, (), 0)
    verdict = run.verdicts[case]
    speaking = next((line for line in lines if line.verdict is verdict), lines[-1])
    order = list(Level)
    findings = [each for each in speaking.findings if each.allowed is None and each.level is not Level.NOTE]
    findings.sort(key=lambda each: order.index(each.level))
    return Told(case, verdict.value, speaking, tuple(findings), len(lines))
