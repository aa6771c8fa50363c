"""Kills a run of many cases at random moments, takes it up again, and counts what was lost: nothing may be.

After each kill: every case whose verdict the terminal had told is on record, and every file is read without a problem
but a last line that is cut. After `--resume`: every planned case is there once, with the verdict of a run that was
never interrupted, and what was on record before the kill stands there byte for byte.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from harness.record.run import Run
from harness.record.unsound import Empty, NoHead, NoRecord

SCENARIO = """
scenario: One of many
id: one-of-many
cases: [{rows}]
modes: {{delivery: [plain, stream]}}
turns:
  - user: My parcel number is ${{n}}. Reply with OK.
    expect: {{status: completed}}
  - user: What is my parcel number?
    expect: {{text: {{contains: "${{n}}"}}}}
"""
WRONG = 7
"""Every so many rows a case fails, so that there are verdicts of two kinds to be lost."""
TOLD = re.compile(r"^(\S+?\.yaml::\S+) (PASSED|FAILED)", re.MULTILINE)


@dataclass
class Count:
    kills: int = 0
    before_the_record: int = 0
    cut: int = 0
    finished: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def specs(folder: Path, cases: int) -> None:
    (folder / "specs").mkdir(parents=True)
    rows = ", ".join(f"{{n: '{1000 + n}'}}" for n in range(cases // 2))
    text = SCENARIO.format(rows=rows)
    (folder / "specs" / "many.yaml").write_text(text)
    wrong = SCENARIO.format(rows=", ".join(f"{{n: '{n}'}}" for n in range(WRONG)))
    wrong = wrong.replace("one-of-many", "wrong").replace('contains: "${n}"', "contains: quite another word")
    (folder / "specs" / "wrong.yaml").write_text(wrong)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "harness", "run", "-v", "--concurrency=8", *arguments]


def started(folder: Path, told: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    with told.open("wb") as out:
        return subprocess.Popen(
            command(*arguments),
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )


def verdicts(directory: Path) -> dict[tuple[str, int, int], str]:
    read = Run.read(directory)
    problems = [str(problem) for problem in read.problems if not problem.harmless]
    if problems:
        raise AssertionError(f"not sound: {problems[0]}")
    return {(line.case, line.repeat, line.attempt): str(line.verdict) for line in read.cases}


def reached(record: Path, share: float, whole: int) -> bool:
    """Whether a record has grown to this share of a whole one; 0 is the moment when there is a file."""
    try:
        return record.stat().st_size >= share * whole
    except OSError:
        return False


def kill(folder: Path, directory: Path, share: float, moment: float, whole: int, count: Count) -> bytes:
    """One run, killed some moment after its record has come so far; the bytes of its record's whole lines."""
    told = folder / "told.txt"
    run = started(folder, told, f"--run-id={directory.name}")
    while not reached(directory / "record.jsonl", share, whole) and run.poll() is None:
        time.sleep(0.001)
    time.sleep(moment)
    run.send_signal(signal.SIGKILL)
    run.wait()
    count.kills += 1
    try:
        known = verdicts(directory)
    except (NoRecord, Empty, NoHead):
        count.before_the_record += 1
        known = {}
    announced = {case for case, _ in TOLD.findall(told.read_text(errors="replace"))}
    lost = announced - {case for case, _, _ in known}
    if lost:
        count.faults.append(f"{len(lost)} told and not on record: {sorted(lost)[0]}")
    count.finished.append(len(known))
    record = directory / "record.jsonl"
    data = record.read_bytes() if record.exists() else b""
    count.cut += not data.endswith(b"\n") and bool(data)
    return data[: data.rfind(b"\n") + 1]


def resumed(
    folder: Path, directory: Path, before: bytes, wanted: dict[tuple[str, int, int], str], count: Count
) -> None:
    told = folder / "told.txt"
    status = started(folder, told, f"--resume={directory}").wait()
    if not before:
        if status != 4:
            count.faults.append(f"a run without a record was taken up: exit {status}")
        return
    found = verdicts(directory)
    if status != 1 or found != wanted:
        other = [key for key in wanted if found.get(key) != wanted[key]]
        count.faults.append(f"taken up: exit {status}, {len(found)} of {len(wanted)}, other verdicts: {other[:2]}")
    if not (directory / "record.jsonl").read_bytes().startswith(before):
        count.faults.append("what was on record was rewritten")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=60.0, help="ends earlier where it takes longer")
    asked = parser.parse_args()
    dice = random.Random(asked.seed)
    count = Count()
    ends = time.monotonic() + asked.minutes * 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        specs(folder, asked.cases - 2 * WRONG)
        began = time.monotonic()
        if started(folder, folder / "told.txt", "--run-id=whole").wait() != 1:
            raise SystemExit((folder / "told.txt").read_text())
        takes = time.monotonic() - began
        wanted = verdicts(folder / "reports" / "whole")
        whole = (folder / "reports" / "whole" / "record.jsonl").stat().st_size
        print(
            f"an uninterrupted run of {len(wanted)} cases: {takes:.1f} s, {dict(Counter(wanted.values()))}", flush=True
        )
        for number in range(asked.kills):
            if time.monotonic() > ends:
                break
            directory = folder / "reports" / f"kill-{number}"
            share, moment = dice.uniform(0.0, 1.0), dice.uniform(0.0, 0.05)
            before = kill(folder, directory, share, moment, whole, count)
            resumed(folder, directory, before, wanted, count)
            shutil.rmtree(directory, ignore_errors=True)
            if count.kills % 10 == 0:
                print(f"  {count.kills} kills, {len(count.faults)} faults", flush=True)
    finished = sorted(count.finished)
    print(
        f"{count.kills} kills at random moments, {count.before_the_record} of them before there was a record, "
        f"{count.cut} in the middle of a line; cases on record when killed: "
        f"{finished[0]} to {finished[-1]}, median {finished[len(finished) // 2]}"
    )
    print(f"faults (lost, doubled, unreadable, other figures): {len(count.faults)}")
    for fault in count.faults:
        print(f"  {fault}")
    return bool(count.faults)


if __name__ == "__main__":
    sys.exit(main())
