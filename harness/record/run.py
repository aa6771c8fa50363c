"""A record read back: lines to a Run, several records to one.

Each way to be unsound is an exception of its own. Some leave nothing to read and are raised (Empty, NoHead,
NewerFormat); the others are kept in `Run.problems`, so that a report can still be made of what is sound, and the
case of an altered line counts as errored: nothing is silently skipped. Whoever decides by a record calls
`Run.sound()` first, which raises the first of them.
"""

import gc
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from harness.findings import Verdict
from harness.record.chain import unframe
from harness.record.exchanges import on_wire
from harness.record.fields import reader
from harness.record.lines import CaseLine, ExchangeLine, Head, ScenarioLine, TargetLine, Where
from harness.record.reading import read_file
from harness.record.repeats import together
from harness.record.unsound import Altered, Different, Doubled, Empty, NoHead, NoRecord, Unsound
from harness.wire.exchange import Exchange

RECORDS: Final = "record*.jsonl"
"""The record files of a run's directory."""


@dataclass(frozen=True)
class Run:
    """All that is known of a run. Everything that reports, compares or gates reads this and nothing of the engine.

    `cases` holds every finished attempt, in the order of the plan, then of attempts; `missing` the planned cases
    without one. `problems` tells what is unsound. `folder` is where the records and their exchanges lie.
    """

    head: Head
    cases: tuple[CaseLine, ...]
    problems: tuple[Unsound, ...] = ()
    folder: Path = Path()

    @classmethod
    def read(cls, path: Path) -> "Run":
        """The run of a directory (all its record files) or of one record file.

        Raises:
            NoRecord, Empty, NoHead, NewerFormat: there is nothing that could be read.
            Different: the directory's files are not of one run.
        """
        files = [path] if path.is_file() else sorted(path.glob(RECORDS), key=_in_order)
        if not files:
            raise NoRecord(path, f"neither a record file nor a directory that holds {RECORDS}")
        with uncollected():
            return cls._read(files)

    @classmethod
    def _read(cls, files: Sequence[Path]) -> "Run":
        runs: list[Run] = []
        hopeless: list[Unsound] = []
        for file in files:
            try:
                found = read_file(file)
                runs.append(cls(found.head, found.cases, found.problems, file.parent))
            except (Empty, NoHead) as problem:
                hopeless.append(problem)
            except OSError as error:
                raise NoRecord(file, error.strerror or str(error)) from error
        if not runs:
            raise hopeless[0]
        run = _joined(runs)
        return replace(run, problems=(*run.problems, *hopeless)) if hopeless else run

    @cached_property
    def targets(self) -> Mapping[str, TargetLine]:
        """The run's targets by name."""
        return {target.name: target for target in self.head.targets}

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The planned cases of which no attempt is finished, in the order of the plan."""
        finished = {line.case for line in self.cases}
        return tuple(case for case in self.head.planned if case not in finished)

    @cached_property
    def attempts(self) -> Mapping[str, tuple[CaseLine, ...]]:
        """Every finished attempt by case, in the order of the plan."""
        found: dict[str, tuple[CaseLine, ...]] = {}
        for line in self.cases:
            found[line.case] = (*found.get(line.case, ()), line)
        return found

    @cached_property
    def verdicts(self) -> Mapping[str, Verdict]:
        """What is said of each finished case: of its repeats together, where it has several."""
        bars = {(line.file, line.id): line for line in self.head.scenarios}
        return {
            case: of_repeats(lines, bars.get((lines[0].file, lines[0].scenario)))
            for case, lines in self.attempts.items()
        }

    @cached_property
    def flaky(self) -> frozenset[str]:
        """The cases whose attempts or repeats disagree."""
        return frozenset(case for case, lines in self.attempts.items() if len({line.verdict for line in lines}) > 1)

    def sound(self) -> "Run":
        """This run, when nothing in it is unsound but a cut last line.

        Raises:
            Unsound: the first problem.
        """
        for problem in self.problems:
            if not problem.harmless:
                raise problem
        return self

    def exchange(self, where: Where) -> ExchangeLine:
        """One exchange, read from its file: plain data.

        Raises:
            NoRecord: its file is not there.
            Altered: what stands there is not what was written.
        """
        path = self.folder / where.file
        try:
            line = _piece(self.folder, path, where)
        except (OSError, ValueError) as error:
            raise NoRecord(path, getattr(error, "strerror", None) or str(error)) from error
        framed = unframe(line.removesuffix(b"\n"))
        if framed is None or not framed.sound or framed.kind != "exchange":
            raise Altered(path, 1 + (framed.n if framed else 0), f"no sound exchange at byte {where.offset}")
        found: ExchangeLine = reader(ExchangeLine)(framed.body)
        return found

    def wire(self, where: Where) -> Exchange:
        """One exchange as it was on the wire, to the byte.

        Raises:
            NoRecord, Altered: as `exchange`.
            BodyMissing: a body that lies apart is not there.
        """
        return on_wire(self.exchange(where), (self.folder / where.file).parent / "bodies")


@contextmanager
def uncollected() -> Iterator[None]:
    """Nothing of what is read is garbage: the collector would look at all of it again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _piece(folder: Path, path: Path, where: Where) -> bytes:
    """The bytes at a place of a file below a folder: names and numbers of a record are of unknown origin.

    Raises:
        ValueError: the file lies elsewhere, or holds less than is said.
        OSError: it cannot be read.
    """
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise ValueError("no regular file of this run")
    with path.open("rb") as file:
        if not 0 <= where.offset <= where.offset + where.length <= os.fstat(file.fileno()).st_size:
            raise ValueError(f"{where.length} bytes at {where.offset} are more than the file holds")
        file.seek(where.offset)
        return file.read(where.length)


def merge(runs: Sequence[Run]) -> Run:
    """Several runs as one: shards of one run, or parts of a plan that was split.

    They must agree in run id, format, seed and in what they say of a scenario or target of the same name. Planned
    cases are joined in order; an attempt that stands in two of them is a problem of the result (Doubled), and the
    first one's is taken. Exchanges are found in their own folders.

    Raises:
        Different: the first thing in which they do not agree.
        ValueError: there are none.
    """
    if not runs:
        raise ValueError("no runs to merge")
    common = _common([run.folder for run in runs])
    return replace(_joined([_moved(run, common) for run in runs]), folder=common)


def _common(folders: Sequence[Path]) -> Path:
    first = folders[0].resolve()
    return next(
        parent
        for parent in (first, *first.parents)
        if all(folder.resolve().is_relative_to(parent) for folder in folders)
    )


def _moved(run: Run, folder: Path) -> Run:
    """A run whose exchanges are named from a folder further up."""
    below = run.folder.resolve().relative_to(folder)
    if below == Path():
        return run

    def moved(line: CaseLine) -> CaseLine:
        return replace(
            line,
            turns=tuple(
                replace(
                    turn,
                    exchanges=tuple(replace(where, file=(below / where.file).as_posix()) for where in turn.exchanges),
                )
                for turn in line.turns
            ),
        )

    return replace(run, cases=tuple(moved(line) for line in run.cases))


def _joined(runs: Sequence[Run]) -> Run:
    """Runs of one folder as one run, its cases in the order of the plan."""
    first = runs[0]
    for run in runs[1:]:
        _agree(first, run)
    head = first.head
    if len(runs) > 1:
        head = replace(
            head,
            shard=None,
            started=min(run.head.started for run in runs),
            planned=tuple(dict.fromkeys(case for run in runs for case in run.head.planned)),
            scenarios=tuple(dict.fromkeys(line for run in runs for line in run.head.scenarios)),
            targets=tuple(dict.fromkeys(line for run in runs for line in run.head.targets)),
            left_out=tuple(dict.fromkeys(line for run in runs for line in run.head.left_out)),
            rules={code: rule for run in runs for code, rule in run.head.rules.items()},
        )
    taken: dict[tuple[str, int, int], CaseLine] = {}
    problems = [problem for run in runs for problem in run.problems]
    for run in runs:
        for line in run.cases:
            key = (line.case, line.repeat, line.attempt)
            if key in taken:
                problems.append(Doubled(run.folder, None, line.case, line.attempt))
            taken.setdefault(key, line)
    place = {case: n for n, case in enumerate(head.planned)}
    cases = sorted(
        taken.values(), key=lambda line: (place.get(line.case, len(place)), line.case, line.repeat, line.attempt)
    )
    return Run(head, tuple(cases), tuple(problems), first.folder)


def _agree(first: Run, other: Run) -> None:
    for what in ("run", "format", "seed"):
        if getattr(first.head, what) != getattr(other.head, what):
            raise Different(other.folder, what, getattr(first.head, what), getattr(other.head, what))
    collected = {first.head.collected, other.head.collected} - {""}  # older records know no such sum
    if _split(first.head) == _split(other.head) != "" and len(collected) > 1:
        raise Different(other.folder, "collection of cases", first.head.collected, other.head.collected)
    for what, key in (("scenarios", "id"), ("targets", "name")):
        known = {(getattr(line, key), getattr(line, "file", "")): line for line in getattr(first.head, what)}
        for line in getattr(other.head, what):
            same = known.get((getattr(line, key), getattr(line, "file", "")), line)
            if same != line:
                raise Different(other.folder, f"{what} {getattr(line, key)}", same, line)


def _split(head: Head) -> str:
    """Into how many shards the plan was split, of which this is one; empty where it is none."""
    found = re.match(r"\d+of(\d+)", head.shard or "")
    return found[1] if found else ""


def _in_order(path: Path) -> tuple[Any, ...]:
    """`record-gw10` after `record-gw2`."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.name))


def of_repeats(lines: Iterable[CaseLine], scenario: ScenarioLine | None) -> Verdict:
    """What the finished attempts of a case say together (see `harness.record.repeats`).

    Of a repeat: failed if any attempt failed, else what the last one says.
    """
    repeats: dict[int, list[Verdict]] = {}
    for line in lines:
        repeats.setdefault(line.repeat, []).append(line.verdict)
    said = [Verdict.FAILED if Verdict.FAILED in verdicts else verdicts[-1] for verdicts in repeats.values()]
    times = scenario.repeat if scenario is not None else 1
    return together(said, times, times if scenario is None or scenario.at_least is None else scenario.at_least)
