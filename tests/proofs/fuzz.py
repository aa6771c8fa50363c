"""Minutes of inputs that nobody would send or write, for each reader; two processes at most.

The minutes are the processor's, so that a busy machine shortens nothing.

Run `PYTHONPATH=tests python tests/proofs/fuzz.py --minutes 20 READER…` from the checkout (`make fuzz MINUTES=20`, with
`READERS="sse checker"` for some of them). Each reader has a process of its own. An input must be answered, or be
refused in the one way that its reader promises: no other exception, no CPU second, no memory without end. What leads
to an outcome that was not seen before is mutated further. Inputs that break a law are kept in `build/fuzz/`, one for
each kind, and belong into `fuzz_seeds/`, which the tests read again. Ends with a table, and with 1 if any law broke.
"""

import argparse
import hashlib
import json
import mmap
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from proofs import fuzz_files, fuzz_streams

SECONDS_EACH: Final = 1.0
"""CPU seconds that a reader may take for one input, the best of three readings."""
ENDLESS: Final = 10.0
"""CPU seconds after which a reading is broken off."""
GROWTH: Final = 64 << 20
"""Bytes by which a process may grow after its first tenth."""
MOST: Final = 256 << 20
"""Bytes that a process may ever hold; at four times as much its memory ends."""
KINDS: Final = 20
"""How many kinds of broken laws are kept for a reader, before it is given up."""
POOL: Final = 500
MARKS: Final = 1 << 24
"""Outcomes are told apart by a number below this, so that remembering them fills no memory; a few look alike."""
SHARE: Final = 20
"""A process that had less than one part in so many of a processor is taken for one that waits, and ended …"""
LATE: Final = 300
"""… and so many seconds after that, which short runs need to begin."""
BUILD: Final = Path("build/fuzz")


class Endless(BaseException):
    """A reading was broken off; no reader may catch this."""


class Mutator(Protocol):
    """Makes inputs of `seeds`; the same number makes the same ones."""

    seeds: list[bytes]

    def next(self) -> bytes: ...


@dataclass(frozen=True)
class Subject:
    """A reader: what makes inputs for it, and what raises where a law is broken (else CPU seconds, and the outcome)."""

    mutator: Callable[[str, int], Mutator]
    obeys: Callable[[bytes, random.Random], tuple[float, str]]


def _file(name: str) -> Subject:
    return Subject(fuzz_files.Mutator, lambda data, _: fuzz_files.obeys(name, data))


SUBJECTS: Final = {
    **{name: _file(name) for name in fuzz_files.READERS},
    "sse": Subject(fuzz_streams.Mutator, fuzz_streams.framing),
    "checker": Subject(fuzz_streams.Mutator, fuzz_streams.judging),
}


@dataclass
class Result:
    """What came of one reader's time; memory in bytes, times in seconds of the processor."""

    name: str
    inputs: int = 0
    outcomes: int = 0
    cpu: float = 0.0
    slowest: float = 0.0
    most: int = 0
    grown: int = 0
    broken: dict[str, str] = field(default_factory=dict)
    """Where and how a law broke, and the file that holds the input."""

    @property
    def sound(self) -> bool:
        return not self.broken and self.inputs > 0 and self.grown <= GROWTH and self.most <= MOST


class Reading:
    """One reader under test; keeps the input at hand where a crash of the process cannot take it."""

    def __init__(self, name: str, number: int, build: Path = BUILD) -> None:
        self.subject, self.result, self.build = SUBJECTS[name], Result(name), build
        self.mutator = self.subject.mutator(name, number)
        self.chance = random.Random(number + 1)
        self.seen = bytearray(MARKS)
        self.grown: list[bytes] = []
        build.mkdir(parents=True, exist_ok=True)
        file = build / f"{name}.current"
        file.write_bytes(bytes(4 + fuzz_streams.LONGEST))
        with file.open("r+b") as opened:
            self.current = mmap.mmap(opened.fileno(), 0)

    def one(self, data: bytes) -> None:
        """Reads one input, up to three times where it took too long."""
        self.current[: 4 + len(data)] = len(data).to_bytes(4) + data
        self.result.inputs += 1
        state = self.chance.getstate()
        try:
            took, outcome = self._watched(data)
            for _ in range(2):
                if took >= SECONDS_EACH:
                    self.chance.setstate(state)
                    took = min(took, self._watched(data)[0])
            assert took < SECONDS_EACH, "more than a second"
        except (Exception, Endless) as error:
            self._broken(data, error)
            return
        self.result.slowest = max(self.result.slowest, took)
        mark = int.from_bytes(hashlib.blake2b(outcome.encode(errors="replace"), digest_size=8).digest()) % MARKS
        if not self.seen[mark]:
            self.seen[mark] = 1
            self.result.outcomes += 1
            self._grow(data)

    def _watched(self, data: bytes) -> tuple[float, str]:
        signal.setitimer(signal.ITIMER_PROF, ENDLESS)
        try:
            return self.subject.obeys(data, self.chance)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _grow(self, data: bytes) -> None:
        if 0 < len(data) < 50_000:
            self.grown.append(data)
            self.mutator.seeds.append(data)
            if len(self.grown) > POOL:
                self.mutator.seeds.remove(self.grown.pop(0))

    def _broken(self, data: bytes, error: BaseException) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}: {str(error)[:80]!a}"
        where = f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}:"
        if not any(known.startswith(where) for known in self.result.broken) and len(self.result.broken) < KINDS:
            self.result.broken[kind] = str(keep(self.build, self.result.name, data))

    def run(self, minutes: float) -> Result:
        """Reads for so many minutes of the processor, or until too many kinds of laws broke."""
        early = peak()
        while time.process_time() < 60 * minutes and len(self.result.broken) < KINDS:
            self.one(self.mutator.next())
            if time.process_time() < 6 * minutes:
                early = peak()
        result = self.result
        result.cpu = time.process_time()
        result.most, result.grown = peak(), peak() - early
        found = self.build / "found" / result.name
        found.mkdir(parents=True, exist_ok=True)
        for data in self.grown:
            (found / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
        return result


def keep(build: Path, name: str, data: bytes) -> Path:
    """Writes an input that broke a law, and answers where."""
    path = build / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}.bin"
    path.write_bytes(data)
    return path


def peak() -> int:
    """The most memory that the process had so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _end(*_: object) -> None:
    raise Endless(f"no end after {ENDLESS:g} CPU seconds")


def alone(name: str, minutes: float, number: int) -> Result:
    """Reads in this process, whose memory has an end."""
    resource.setrlimit(resource.RLIMIT_DATA, (4 * MOST, 4 * MOST))
    signal.signal(signal.SIGPROF, _end)
    return Reading(name, number).run(minutes)


def apart(name: str, minutes: float, number: int) -> Result:
    """Reads in a process of its own; one that crashes or does not end is a broken law."""
    command = [sys.executable, __file__, "--alone", name, "--minutes", str(minutes), "--seed", str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            said, _ = process.communicate(timeout=60 * minutes * SHARE + LATE)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
    if process.returncode == 0:
        return Result(**json.loads(said.splitlines()[-1]))
    current = (BUILD / f"{name}.current").read_bytes()
    kept = keep(BUILD, name, current[4 : 4 + int.from_bytes(current[:4])])
    return Result(name, broken={f"the process ended with {process.returncode}": str(kept)})


def table(results: Iterable[Result]) -> str:
    """The results as a table of Markdown, and the broken laws below it."""
    lines = [
        "| reader | inputs | kinds of outcome | CPU time | slowest | most memory | grown after the first tenth | |"
    ]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    laws: list[str] = []
    for each in results:
        figures: Sequence[Any] = (
            *(each.name, f"{each.inputs:,}", f"{each.outcomes:,}", f"{each.cpu / 60:.1f} min"),
            *(f"{each.slowest:.2f} s", f"{each.most >> 20} MiB", f"{each.grown >> 20} MiB"),
            "sound" if each.sound else "BROKEN",
        )
        lines.append("| " + " | ".join(figures) + " |")
        laws += [f"{each.name}: {kind}: {file}" for kind, file in each.broken.items()]
    return "\n".join((*lines, "", *laws))


def main(names: Sequence[str], minutes: float, number: int) -> int:
    """Every reader for so many minutes, two at a time; 0 where no law broke."""
    with ThreadPoolExecutor(2) as two:
        running = [two.submit(apart, name, minutes, number) for name in names]
        results = []
        for each in running:
            results.append(each.result())
            print(f"{results[-1].name}: {results[-1].inputs:,} inputs", file=sys.stderr, flush=True)
    print(f"{minutes:g} minutes for each reader, seed {number}, at most two processes at a time\n")
    print(table(results))
    return int(not all(each.sound for each in results))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", choices=[*SUBJECTS, []], default=[])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--alone", choices=SUBJECTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(asdict(alone(given.alone, given.minutes, given.seed))))
    else:
        sys.exit(main(given.readers or list(SUBJECTS), given.minutes, given.seed))
