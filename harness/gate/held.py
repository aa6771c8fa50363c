"""What a gate looks at: a run beside the policy, and how its cases are named in a sentence."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Final

from harness.comparison.comparison import Comparison
from harness.findings import Level, Verdict
from harness.gate.policy import Known, Policy, Read
from harness.record.lines import CaseLine
from harness.record.run import Run

SHOWN: Final = 3
"""How many cases a sentence names; a reason holds all."""


@dataclass(frozen=True)
class Held:
    """What is judged: a run, the policy, the comparison with a baseline where there is one, and the day."""

    run: Run
    read: Read
    comparison: Comparison | None
    today: datetime.date

    @property
    def policy(self) -> Policy:
        return self.read.policy

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        return dict(self.run.verdicts)

    def cases(self, verdict: Verdict) -> tuple[str, ...]:
        """The finished cases of a verdict, in the order of the plan."""
        return tuple(case for case, said in self.verdicts.items() if said is verdict)

    @cached_property
    def excused(self) -> frozenset[str]:
        """The failed cases all of whose errors somebody answers for today, and that need not pass."""
        demanded = frozenset(case for glob in self.policy.must_pass for case in self.meant(glob))
        return frozenset(case for case in self.cases(Verdict.FAILED) if case not in demanded and self._answered(case))

    def meant(self, glob: str) -> tuple[str, ...]:
        """The planned cases whose scenario a glob of the policy means."""
        tags = {f"{line.file}::{line.id}": line.tags for line in self.run.head.scenarios}
        found = []
        for case in self.run.head.planned:
            home = case.partition("[")[0]
            names = (home, home.rpartition("::")[2], *(f"tag:{tag}" for tag in tags.get(home, ())))
            if any(fnmatchcase(name, glob) for name in names):
                found.append(case)
        return tuple(found)

    def valid(self, known: Known) -> bool:
        return self.today <= known.last_day

    def _answered(self, case: str) -> bool:
        home = case.partition("[")[0]
        allowed = [each for each in self.policy.known if self.valid(each) and means(each.scenario, home)]
        errors = {rule for line in self.run.attempts[case] for rule in errors_of(line)}
        return bool(errors) and all(any(fnmatchcase(rule, each.rule) for each in allowed) for rule in errors)


def means(glob: str, home: str) -> bool:
    return fnmatchcase(home, glob) or fnmatchcase(home.rpartition("::")[2], glob)


def errors_of(line: CaseLine) -> set[str]:
    return {finding.rule for finding in line.findings if finding.level is Level.ERROR}


def observed(run: Run) -> list[CaseLine]:
    return [line for line in run.cases if line.verdict in (Verdict.PASSED, Verdict.FAILED)]


def passed(run: Run) -> list[CaseLine]:
    return [line for line in run.cases if line.verdict is Verdict.PASSED]


def counted(cases: Sequence[str], what: str) -> str:
    return f"{len(cases):,} case{'' if len(cases) == 1 else 's'} {what} ({first(cases)})"


def first(cases: Sequence[str]) -> str:
    more = f", and {len(cases) - SHOWN:,} more" if len(cases) > SHOWN else ""
    return ", ".join(cases[:SHOWN]) + more
