"""What a page is made of: a run, what its comparison with a baseline says, and what the gate found."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.comparison.comparison import Comparison
from harness.comparison.gated import Gated
from harness.record.lines import CaseLine, ScenarioLine
from harness.record.outcome import Outcome, outcomes
from harness.record.run import Run
from harness.report.causes import Cause, causes


@dataclass(frozen=True)
class Evidence:
    """A run, and of its comparison and its gate None where there was none."""

    run: Run
    comparison: Comparison | None = None
    gated: Gated | None = None

    @cached_property
    def cases(self) -> tuple[Outcome, ...]:
        """Every planned case in page order; its index is its number on the page."""
        return tuple(outcomes(self.run))

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """A case's number on the page by its id."""
        return {one.case: n for n, one in enumerate(self.cases)}

    @cached_property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """Every region and model of a finished case, in order; their place is their number on the page."""
        return tuple(sorted({home(line) for line in self.run.cases}))

    @cached_property
    def places(self) -> Mapping[tuple[str, str], int]:
        """The number on the page of a region and model."""
        return {where: n for n, where in enumerate(self.groups)}

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """What cases failed of, the most frequent first; numbered on the page from 1."""
        return causes(self.cases)

    @cached_property
    def cause_of(self) -> Mapping[int, int]:
        """The number of a case's cause by the case's number."""
        return {case: n for n, cause in enumerate(self.causes, 1) for case in cause.cases}

    @cached_property
    def reasons_of(self) -> Mapping[str, tuple[str, ...]]:
        """The codes of the gate's reasons by the id of a case that they are about."""
        found: dict[str, tuple[str, ...]] = {}
        for reason in self.gated.reasons if self.gated else ():
            for case in reason.cases:
                found[case] = tuple(dict.fromkeys((*found.get(case, ()), reason.code)))
        return found

    @cached_property
    def change_of(self) -> Mapping[str, str]:
        """`lost` or `won` by the id of a case whose verdict is another one than in the baseline."""
        if self.comparison is None:
            return {}
        won = {pair.new.case: "won" for pair in self.comparison.won}
        return won | {pair.new.case: "lost" for pair in self.comparison.lost}

    @cached_property
    def before(self) -> Mapping[tuple[str, int, int], CaseLine]:
        """A case's attempt in the baseline by its id, repeat and attempt in this run."""
        if self.comparison is None:
            return {}
        return {(pair.new.case, pair.new.repeat, pair.new.attempt): pair.base for pair in self.comparison.pairing.pairs}

    @cached_property
    def scenarios(self) -> Mapping[tuple[str, str], ScenarioLine]:
        """What the head says of a scenario, by file and id."""
        return {(line.file, line.id): line for line in self.run.head.scenarios}

    def scenario(self, line: CaseLine) -> ScenarioLine | None:
        """What the head says of a case's scenario."""
        return self.scenarios.get((line.file, line.scenario))


def home(line: CaseLine) -> tuple[str, str]:
    """Region and model of a finished case, a dash where there is none."""
    return line.region or "-", line.model or "-"
