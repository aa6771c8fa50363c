"""A run that was interrupted: what of its plan is finished, and what is still to do of it.

What was finished is never run again and never rewritten; its items are told from the record. So the figures are those
of a run that was not interrupted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from harness.engine.pace.steadiness import ANEW
from harness.engine.planning.bar import ONCE
from harness.engine.planning.plan import Case
from harness.engine.planning.repeating import Course
from harness.findings import Level, Verdict
from harness.outline import Outline
from harness.record.bounds import bounded
from harness.record.lines import CaseLine, Head
from harness.record.run import Run
from harness.record.unsound import Empty, NoHead, Unsound
from harness.record.withholding import withheld_values

SHOWN: Final = 5
"""Names that a message tells of many."""


class CannotResume(Exception):
    """A run cannot be taken up again as it stands; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a run had come to when it was interrupted.

    `head` is the plan of the whole run or, where one shard of it is taken up, of that shard. `anew` are scenarios
    (file and id) and targets (by name) that changed since: their cases run again, in attempts of their own.
    """

    head: Head
    lines: Mapping[str, tuple[CaseLine, ...]]
    anew: frozenset[tuple[str, str] | str] = frozenset()

    @property
    def planned(self) -> frozenset[str]:
        """The ids of the cases that the run is made of."""
        return frozenset(self.head.planned)

    def changed(self, case: Case) -> bool:
        """Whether what the case is made of is not what it was."""
        return (case.scenario.file, case.scenario.id) in self.anew or case.target.facts.name in self.anew

    def course(self, case: Case) -> tuple[Course, Sequence[int]]:
        """The repeats of a case as far as they are finished, and those that are to run now."""
        course = Course(ONCE if case.skipped is not None else case.repeats)
        lines = self.lines.get(case.id, ())
        course.lines += lines
        if not self.changed(case):
            for line in lines:
                if not _begins_anew(line, lines):
                    course.said[line.repeat] = _said(line.repeat, lines)
            course.begun = max((line.repeat + 1 for line in lines), default=0)
        gaps = [repeat for repeat in range(course.begun) if repeat not in course.said]
        return course, gaps or course.wave()

    def attempts(self, case: Case) -> int:
        """How many attempts at this repeat of the case are on record."""
        return max((line.attempt for line in self.lines.get(case.id, ()) if line.repeat == case.repeat), default=0)

    def outline(self, case: Case) -> tuple[bool, Outline | None]:
        """Whether others are compared with this repeat of the case, and its outline, if there is one."""
        lines = [line for line in self.lines.get(case.id, ()) if line.repeat == case.repeat]
        kept = lines[-1].outline if lines else None
        if kept is None:
            return False, None
        try:
            return True, Outline.read(kept) if kept else None
        except (KeyError, TypeError, ValueError):
            return True, None

    def renewed(self, now: Head, cases: Sequence[Case]) -> "Earlier":
        """The same, knowing what changed since."""
        return replace(self, anew=frozenset(_changed(self.head, now)) | frozenset(self._other_rows(cases)))

    def _other_rows(self, cases: Sequence[Case]) -> set[tuple[str, str] | str]:
        """Scenarios of which a finished case had other parameters than it has now."""
        found: set[tuple[str, str] | str] = set()
        for case in cases:
            now = {name: bounded(value) for name, value in case.values.items()}
            now = withheld_values(case.values) if case.scenario.sensitive else now
            lines = () if case.scenario.given else self.lines.get(case.id, ())
            if any(dict(line.values) != now and "[redacted]" not in str(line.values) for line in lines):
                found.add((case.scenario.file, case.scenario.id))
        return found

    def against(self, now: Head, cases: Sequence[Case]) -> list[str]:
        """What is not as it was when the run began, in words; nothing where it can be taken up as it is."""
        renewed = self.renewed(now, cases)
        told = [
            f"the target {each} is not what it was" if isinstance(each, str) else f"{each[0]}: {each[1]} was changed"
            for each in sorted(renewed.anew, key=str)
        ]
        there = set(now.planned)
        gone = [case for case in self.head.planned if case not in there]
        if gone:
            told.append(f"{len(gone)} planned cases are not there: {', '.join(gone[:SHOWN])}")
        for name in ("harness",):
            then, today = self.head.versions.get(name), now.versions.get(name)
            if then != today:
                told.append(f"it was begun with {name} {then}, and this is {today}")
        return told


def take_up(directory: Path, shard: str | None = None) -> Earlier:
    """What a run's directory holds; of one shard of it, where one is named.

    Raises:
        CannotResume: it holds no run, or its record is not as it was written.
    """
    try:
        run = Run.read(directory)
        if shard is not None:
            run = _shard(directory, shard)
    except Unsound as problem:
        raise CannotResume(str(problem)) from problem
    for found in run.problems:
        if not found.harmless and not isinstance(found, Empty | NoHead):  # these were killed before their first line
            raise CannotResume(f"the record is not as it was written: {found}") from found
    return Earlier(run.head, run.attempts)


def _shard(directory: Path, shard: str) -> Run:
    """The records of one shard, and of the workers that wrote them, as one run."""
    parts = [directory / f"record-{shard}.jsonl", *sorted(directory.glob(f"record-{shard}-*.jsonl"))]
    runs = []
    for part in parts:
        try:
            runs.append(Run.read(part))
        except (Empty, NoHead):
            continue
        except Unsound:
            if part.exists():
                raise
    if not runs:
        raise CannotResume(f"{directory} holds nothing of the shard {shard}")
    planned = tuple(dict.fromkeys(case for run in runs for case in run.head.planned))
    return Run(
        replace(runs[0].head, planned=planned),
        tuple(line for run in runs for line in run.cases),
        tuple(problem for run in runs for problem in run.problems),
        directory,
    )


def _changed(then: Head, now: Head) -> set[tuple[str, str] | str]:
    """Scenarios and targets of both heads that differ in more than their place in a file."""
    scenarios = {(line.file, line.id): line.digest for line in then.scenarios}
    targets = {line.name: line for line in then.targets}
    found: set[tuple[str, str] | str] = {
        (line.file, line.id)
        for line in now.scenarios
        if scenarios.get((line.file, line.id), line.digest) != line.digest
    }
    return found | {line.name for line in now.targets if targets.get(line.name, line) != line}


def _begins_anew(line: CaseLine, lines: Sequence[CaseLine]) -> bool:
    """Whether a repeat was to start once more when its process ended (see `Steadiness.may_start_anew`)."""
    loud = {finding.rule for finding in line.findings if finding.level is Level.ERROR}
    alone = max(each.attempt for each in lines if each.repeat == line.repeat) == 1
    return alone and line.verdict is Verdict.INCONCLUSIVE and not ANEW.isdisjoint(loud)


def _said(repeat: int, lines: Sequence[CaseLine]) -> Verdict:
    """What the attempts at a repeat say: failed if any failed, else what the last one says."""
    said = [line.verdict for line in lines if line.repeat == repeat]
    return Verdict.FAILED if Verdict.FAILED in said else said[-1]
