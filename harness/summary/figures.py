"""What every form tells: counted once, from the record."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harness.comparison.comparison import Comparison
from harness.comparison.gated import Gated
from harness.record.lines import CaseLine, Usage
from harness.record.outcome import NOT_RUN, OUTCOMES, Outcome, outcomes
from harness.record.run import Run
from harness.summary.repeated import plain, repeated


@dataclass(frozen=True)
class Summary:
    """A run, what its comparison with a baseline says, and what the gate found; None where there was none."""

    run: Run
    comparison: Comparison | None = None
    gated: Gated | None = None

    @cached_property
    def cases(self) -> tuple[Outcome, ...]:
        """Every planned case, in the order of the plan."""
        known = {one.case: one for one in outcomes(self.run)}
        return tuple(known[case] for case in self.run.head.planned)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Planned cases by outcome; every outcome is a key, in the order of OUTCOMES."""
        return _counted(self.cases)

    def grouped(self, name: Callable[[CaseLine], str | None]) -> dict[str, Mapping[str, int]]:
        """The counts of the finished cases by region, model or whatever else stands in a line."""
        groups: dict[str, list[Outcome]] = {}
        for told in self.cases:
            key = name(told.shown) if told.shown is not None else None
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


def _counted(cases: Sequence[Outcome]) -> Mapping[str, int]:
    found = Counter(told.outcome for told in cases)
    return {name: found[name] for name in OUTCOMES}
