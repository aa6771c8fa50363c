"""What a case costs among many: time and memory of so many cases on the embedded endpoint, in one process.

The large number runs in a process of its own, engine, endpoint and record together. It stops before each of its last
thousands, and a fresh process runs a thousand meanwhile: both see the same machine, however busy others keep it, and
the medians are compared. Only processor time counts. Memory is that after the first tenth beside that at the end; what
every run holds from its start, the ids of all cases, is there before.
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from builders import runs
from builders.cases import cases
from soak import AT_ONCE, rss

from harness.engine.engine import Engine
from harness.engine.targets.embedded import embedded_family
from harness.record.writer import RunWriter

TEXT = "id: one\nturns: [{user: Reply with OK., expect: {status: completed, text: {contains: OK}}}]\n"
FEW = 1_000
WARM = 200
"""Cases of each process that are not counted: imports and caches are no cost of a case."""
PAIRS = 7
DEARER = 0.10
GROWTH = 0.10


class Conducted:
    """Cases conducted one after the other, 32 at once, in one engine."""

    def __init__(self, writer: RunWriter, number: int) -> None:
        (self._base,) = cases(TEXT, embedded_family()[0])
        self._engine = Engine(writer, AT_ONCE)
        self._planned = [f"{self._base.id}#{n}" for n in range(number)]
        self._left = iter(self._planned)
        self.failed: list[str] = []

    async def cases(self, many: int) -> float:
        """Conducts so many more to their end; processor milliseconds a case."""
        began = time.process_time()
        free = asyncio.Semaphore(AT_ONCE)

        def lost(error: BaseException) -> None:
            self.failed.append(str(error))
            free.release()

        def done(finished: Any) -> None:
            if finished.verdict != "passed":
                self.failed.append(str(finished.line.findings[:1]))
            free.release()

        for _ in range(many):
            await free.acquire()
            self._engine.add([(replace(self._base, id=next(self._left)), done, lost)])
        for _ in range(AT_ONCE):
            await free.acquire()
        return (time.process_time() - began) / many * 1000

    async def end(self) -> None:
        await self._engine.stop()


async def few(writer: RunWriter) -> dict[str, Any]:
    """A thousand in a fresh process."""
    conducted = Conducted(writer, WARM + FEW)
    await conducted.cases(WARM)
    cost = await conducted.cases(FEW)
    await conducted.end()
    return {"cost": cost, "failed": len(conducted.failed), "rss": rss()}


async def many(writer: RunWriter, number: int, tell: Callable[[Any], None]) -> None:
    """So many in one process; before each of the last thousands it waits for a line of input."""
    conducted = Conducted(writer, WARM + number)
    await conducted.cases(WARM)
    part = (number - PAIRS * FEW) // 10
    for _ in range(10):
        cost = await conducted.cases(part)
        tell({"cost": cost, "rss": rss()})
    for _ in range(PAIRS):
        tell({"waits": True})
        sys.stdin.readline()
        tell({"cost": await conducted.cases(FEW), "rss": rss()})
    await conducted.end()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell({"failed": len(conducted.failed), "peak": peak})


def fresh() -> dict[str, Any]:
    told = subprocess.run([sys.executable, __file__, "--few"], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def compared(number: int) -> bool:
    """Runs both and prints what came of it; whether it is as it should be."""
    began = time.monotonic()
    costs, last, small, memory = list[float](), list[float](), list[dict[str, Any]](), list[float]()
    end: dict[str, Any] = {}
    command = [sys.executable, __file__, "--many", str(number)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            if "waits" in told:
                small.append(fresh())
                process.stdin.write("\n")
            elif "cost" in told:
                (costs if len(costs) < 10 else last).append(told["cost"])
                memory.append(told["rss"])
                if len(memory) <= 10:
                    print(f"  {len(memory)} tenths: {told['cost']:.2f} ms a case, {told['rss']:.1f} MiB", flush=True)
            else:
                end = told
    if process.returncode:
        raise SystemExit(f"the process of {number} cases ended with {process.returncode}")
    beside = statistics.median(each["cost"] for each in small)
    cost = statistics.median(last)
    pairs = ", ".join(f"{one:.2f}/{each['cost']:.2f}" for one, each in zip(last, small, strict=True))
    failed = end["failed"] + sum(each["failed"] for each in small)
    print(
        f"{number} cases, {time.monotonic() - began:.0f} s: the last thousands cost {cost:.2f} ms of processor time a "
        f"case, a fresh process {beside:.2f} ms ({cost / beside - 1:+.1%}; pairs {pairs})\n"
        f"memory {memory[0]:.1f} MiB after the first tenth, {memory[-1]:.1f} MiB at the end "
        f"({memory[-1] / memory[0] - 1:+.1%}), {end['peak']:.1f} MiB at most; {failed} not passed; "
        f"{min(costs):.2f} to {max(costs):.2f} ms a case in the tenths"
    )
    return not failed and cost < beside * (1 + DEARER) and memory[-1] < memory[0] * (1 + GROWTH)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--few", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--many", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not asked.few and asked.many is None:
        return not compared(asked.cases)
    with tempfile.TemporaryDirectory() as name, RunWriter(Path(name) / "run", runs.head()) as writer:
        if asked.few:
            print(json.dumps(asyncio.run(few(writer))))
        else:
            asyncio.run(many(writer, asked.many, lambda told: print(json.dumps(told), flush=True)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
