"""Runs made of nothing but verdicts: scenarios × repeats, as a comparison or a gate reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from builders import runs

from harness.findings import Level, Verdict
from harness.record.lines import CaseLine, Head, ScenarioLine, TargetLine
from harness.record.run import Run

LETTERS = {
    "p": Verdict.PASSED,
    "f": Verdict.FAILED,
    "e": Verdict.ERRORED,
    "i": Verdict.INCONCLUSIVE,
    "s": Verdict.SKIPPED,
}


def case_id(scenario: str, target: str = runs.TARGET.name) -> str:
    return f"{runs.FILE}::{scenario}[{target}-stream-stateless]"


def lines(scenario: str, verdicts: str, target: TargetLine = runs.TARGET, **changes: Any) -> list[CaseLine]:
    """One line a letter: the repeats of one case."""
    return [
        runs.case(
            case_id(scenario, target.name),
            LETTERS[letter],
            scenario=scenario,
            repeat=repeat,
            target=target.name,
            region=target.region,
            model=target.model,
            findings=(runs.finding(level=Level.ERROR),) if letter == "f" else (),
            **changes,
        )
        for repeat, letter in enumerate(verdicts)
    ]


def head(table: Mapping[str, str], targets: Sequence[TargetLine] = (runs.TARGET,), **changes: Any) -> Head:
    """The head of a run of these scenarios: so many repeats as letters, of which all must pass."""
    scenarios = tuple(
        ScenarioLine(
            name, runs.FILE, 2, name, None, ("smoke",) if at == 0 else (), f"{at:064x}", repeat=max(1, len(verdicts))
        )
        for at, (name, verdicts) in enumerate(table.items())
    )
    planned = [case_id(name, target.name) for target in targets for name in table]
    return runs.head(planned, scenarios=scenarios, targets=tuple(targets), **changes)


def run(table: Mapping[str, str], targets: Sequence[TargetLine] = (runs.TARGET,), **changes: Any) -> Run:
    """A run: scenario → a letter for each repeat; no letter: planned and not finished."""
    found = [line for target in targets for name, verdicts in table.items() for line in lines(name, verdicts, target)]
    return Run(head(table, targets, **changes), tuple(found))


def with_lines(run: Run, **changes: Any) -> Run:
    """The same run with every line changed."""
    return replace(run, cases=tuple(replace(line, **changes) for line in run.cases))
