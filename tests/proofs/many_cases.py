"""What a case costs among many: time and memory of so many cases on the embedded endpoint, in one process.

Each number of cases runs in a process of its own, engine, endpoint and record together. Prints seconds a case in each
tenth of the run and the peak of resident memory; what grows with the number of cases is seen at once.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from builders import runs
from builders.cases import cases
from soak import AT_ONCE, rss

from harness.engine.engine import Engine
from harness.engine.targets.embedded import embedded_family
from harness.record.writer import RunWriter

TEXT = "id: one\nturns: [{user: Reply with OK., expect: {status: completed, text: {contains: OK}}}]\n"


async def conducted(many: int, writer: RunWriter) -> dict[str, Any]:
    """Runs so many cases; processor seconds a case in the first and the last tenth, and memory after each."""
    (base,) = cases(TEXT, embedded_family()[0])
    engine = Engine(writer, AT_ONCE)
    free = asyncio.Semaphore(AT_ONCE)
    marks: list[tuple[float, float, float]] = []
    failed: list[str] = []

    def lost(error: BaseException) -> None:
        failed.append(str(error))
        free.release()

    def done(finished: Any) -> None:
        if finished.verdict != "passed":
            failed.append(str(finished.line.findings[:1]))
        free.release()

    for number in range(many):
        if number % max(1, many // 10) == 0:
            marks.append((time.process_time(), time.monotonic(), rss()))
        await free.acquire()
        engine.add([(replace(base, id=f"{base.id}#{number}"), done, lost)])
    for _ in range(AT_ONCE):
        await free.acquire()
    marks.append((time.process_time(), time.monotonic(), rss()))
    await engine.stop()
    part = many / 10
    return {
        "cases": many,
        "failed": len(failed),
        "cpu": [round((after[0] - before[0]) / part * 1000, 3) for before, after in pairwise(marks)],
        "wall": round(marks[-1][1] - marks[0][1], 2),
        "rss": [round(mark[2], 1) for mark in marks],
        "peak": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="*", default=[1_000, 100_000])
    parser.add_argument("--one", type=int)
    asked = parser.parse_args()
    if asked.one:
        with tempfile.TemporaryDirectory() as name, RunWriter(Path(name) / "run", runs.head()) as writer:
            print(json.dumps(asyncio.run(conducted(asked.one, writer))))
        return 0
    found = []
    for many in asked.cases:
        told = subprocess.run(
            [sys.executable, __file__, "--one", str(many)], check=True, capture_output=True, text=True
        )
        found.append(json.loads(told.stdout))
        each = found[-1]
        mean = sum(each["cpu"]) / len(each["cpu"])
        print(
            f"{many} cases: {mean:.2f} ms of processor time a case ({each['cpu'][0]:.2f} in the first tenth, "
            f"{each['cpu'][-1]:.2f} in the last), {each['wall']} s in all, memory {each['rss'][1]} MiB after the first "
            f"tenth, {each['rss'][-1]} MiB at the end, {each['peak']} MiB at most; {each['failed']} not passed",
            flush=True,
        )
    return any(each["failed"] for each in found)


if __name__ == "__main__":
    sys.exit(main())
