"""Many minutes of cases on the embedded endpoint, of whose requests some meet a random fault.

To warm up, every defect of groups A, B and C is met once: what only a large body or a long stream needs is there from
then on. After that one in twenty requests meets a defect that is drawn anew. What must hold: no exception of ours; a
case that met no fault passes; one that met a fault has a finding, or passes where the defect had nothing to break;
memory does not grow: its mean over the last third lies within 5 % of that over the first third after warm-up. It is
looked at between cases: every so often the next ones wait until none is under way, garbage is collected, and what is
free is given back to the system. Python's own allocator gives memory back by the MiB, and one small object that stays
keeps a whole one; so all memory is the C library's here (`PYTHONMALLOC`), which gives back every page, and is told to
map large blocks apart. So what counts is what is kept, and neither how many large bodies are there just then nor the
gaps they leave.

The limits of waiting are put down to seconds and that of a body to 16 MiB, so that stalls and bombs come often; their
real values are tested elsewhere.
"""

import argparse
import asyncio
import ctypes
import gc
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from builders import runs
from builders.cases import cases

from harness.engine.engine import Engine
from harness.engine.planning.plan import Case
from harness.engine.planning.repeating import Finished
from harness.engine.targets.embedded import EmbeddedTarget, embedded_family
from harness.engine.targets.facts import Facts
from harness.engine.targets.target import Door, Grounds
from harness.findings import Verdict
from harness.mock.defects import DEFECTS
from harness.record.writer import RunWriter
from harness.wire.limits import LIMITS, MIB

AT_ONCE = 32
SHARE = 0.05
LIMITED = replace(LIMITS, body=16 * MIB, first_byte=60.0, silence=2.0, no_event=3.0, turn=15.0)
TEXT = """
id: {id}
modes: {{delivery: [{delivery}]}}
turns:
  - user: My parcel number is 4417. Reply with OK.
  - user: What is my parcel number?
    expect: {{status: completed, text: {{contains: "4417"}}}}
"""
TURNS = 2
PLANNED = 6_000
"""Cases with ids of their own, there from the start as in every run; after the last comes the first again."""
MMAP_THRESHOLD = -3
"""What `mallopt` calls it."""


@dataclass(frozen=True)
class Faulty:
    """The embedded endpoint, of whose cases some meet a fault; `met` tells which, by the door's address."""

    facts: Facts
    fault: str | None

    @asynccontextmanager
    async def open(self, grounds: Grounds, script: Mapping[str, Any] | None) -> AsyncIterator[Door]:
        defects = (self.fault,) if self.fault else ()
        async with EmbeddedTarget(self.facts, defects).open(grounds, script) as door:
            yield door

    def mistake(self, script: Mapping[str, Any] | None) -> None:
        return None


@dataclass
class Soak:
    dice: random.Random
    verdicts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)
    late: tuple[float, float] = (0.0, 0.0)
    done: int = 0

    def case(self, number: int, planned: Sequence[Case]) -> Case:
        """The next case, which meets a fault or does not."""
        case = planned[number % len(planned)]
        if number < len(FAULTS):
            fault: str | None = FAULTS[number]
        else:
            fault = self.dice.choice(FAULTS) if self.dice.random() < 1 - (1 - SHARE) ** TURNS else None
        if fault:
            self.faults[fault[0]] += 1
        return replace(case, target=Faulty(case.target.facts, fault))

    def judged(self, case: Case, finished: Finished) -> None:
        self.done += 1
        self.verdicts[finished.verdict] += 1
        fault = case.target.fault  # type: ignore[attr-defined]
        found = [finding.rule for line in finished.lines for finding in line.findings]
        refused = fault is not None and fault.startswith("C17")  # nothing can work there: errored is what it must be
        if finished.verdict is Verdict.ERRORED and not refused:
            self.unexplained.append(f"{fault}: errored: {(finished.line.reason or '').strip().splitlines()[-1:]}")
        elif fault is None and finished.verdict is not Verdict.PASSED:
            self.unexplained.append(f"no fault, and {finished.verdict}: {found[:4]}")
        elif finished.verdict not in (Verdict.PASSED, Verdict.ERRORED) and not found:
            self.unexplained.append(f"{fault}: {finished.verdict} without a finding")


FAULTS = sorted(name for name in DEFECTS if name[0] in "ABC")


def rss() -> float:
    """Resident memory in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / MIB


def mapped_apart() -> None:
    """Has the C library map every block from 128 KiB on apart, and give it back when it is free."""
    with suppress(OSError, AttributeError):  # what only one C library has
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, 128 * 1024)


def kept() -> tuple[float, int]:
    """Resident memory in MiB, and how many objects there are, after what is free was given back."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    return rss(), len(gc.get_objects())


async def soak(seconds: float, writer: RunWriter, seed: int) -> Soak:
    state = Soak(random.Random(seed))
    target = embedded_family()[0]
    made = tuple(
        case
        for delivery in ("plain", "stream", "background")
        for case in cases(TEXT.format(id=delivery, delivery=delivery), target)
    )
    planned = [replace(made[n % len(made)], id=f"{made[n % len(made)].id}#{n}") for n in range(PLANNED)]
    engine = Engine(writer, AT_ONCE, limits=LIMITED)
    began = time.monotonic()
    number = 0
    free = asyncio.Semaphore(AT_ONCE)

    def told(case: Case) -> tuple[Any, Any]:
        def done(finished: Finished) -> None:
            state.judged(case, finished)
            free.release()

        def failed(error: BaseException) -> None:
            state.unexplained.append(f"not recorded: {error}")
            free.release()

        return done, failed

    async def watch() -> None:
        """How late the loop was at most, and how much of that time this process was at work."""
        while True:
            at, cpu = time.monotonic(), time.process_time()
            await asyncio.sleep(0.1)
            late = time.monotonic() - at - 0.1
            state.late = max(state.late, (late, time.process_time() - cpu))

    async def quiet() -> None:
        for _ in range(AT_ONCE):
            await free.acquire()

    watching = asyncio.create_task(watch())
    every, due = seconds / 60, began
    while (now := time.monotonic()) - began < seconds or number < len(FAULTS):
        if now >= due and number >= len(FAULTS):
            await quiet()
            mib, objects = kept()
            state.memory.append((now - began, mib))
            state.objects.append(objects)
            due = now + every
            for _ in range(AT_ONCE):
                free.release()
        await free.acquire()
        case = state.case(number, planned)
        engine.add([(case, *told(case))])
        number += 1
    await quiet()
    watching.cancel()
    await engine.stop()
    return state


def growth(memory: list[tuple[float, float]]) -> tuple[float, float]:
    """The mean memory of the first and of the last third after warming up."""
    third = max(1, len(memory) // 3)
    return statistics.mean(mib for _, mib in memory[:third]), statistics.mean(mib for _, mib in memory[-third:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=10)
    asked = parser.parse_args()
    if os.environ.get("PYTHONMALLOC") != "malloc":  # read when an interpreter starts, and never after
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONMALLOC": "malloc"})
    seconds = asked.minutes * 60
    mapped_apart()
    with tempfile.TemporaryDirectory() as name, RunWriter(Path(name) / "run", runs.head()) as writer:
        state = asyncio.run(soak(seconds, writer, asked.seed))
    first, last = growth(state.memory)
    verdicts = ", ".join(f"{count} {name}" for name, count in sorted(state.verdicts.items()))
    print(f"{asked.minutes:g} minutes, {AT_ONCE} cases at once, seed {asked.seed}: {state.done} cases ({verdicts})")
    warm = state.memory[0][0]
    print(f"warm after {warm:.0f} s; met a fault: {dict(sorted(state.faults.items()))}, of {len(FAULTS)} defects")
    print(
        f"memory: {first:.1f} MiB in the first third after warm-up, {last:.1f} MiB in the last "
        f"({last / first - 1:+.1%}); objects {state.objects[0]} and {state.objects[-1]}"
    )
    print(f"the loop was {state.late[0]:.1f} s late at most, of which it was at work for {state.late[1]:.1f} s")
    print("  " + " ".join(f"{mib:.1f}" for _, mib in state.memory))
    print(f"unexplained: {len(state.unexplained)}")
    for told, count in Counter(state.unexplained).most_common(20):
        print(f"  {count} × {told}")
    return bool(state.unexplained) or last > first * 1.05


if __name__ == "__main__":
    sys.exit(main())
