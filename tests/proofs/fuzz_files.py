"""Minutes of files that nobody would write: scenarios, targets, gates, records, HAR and cassettes, mutated.

Run `PYTHONPATH=tests python tests/proofs/fuzz_files.py --minutes 20 TARGET…` from the checkout (`make fuzz` runs every
target). A reader must answer, or refuse in the one way that it promises, with a message that hides nothing; in a
second, and in bounded memory. It stops at the first file that breaks a law, keeps it as `fuzz-failure.bin`, and exits
with 1; such a file belongs into `fuzz_seeds/`, which the tests read again.
"""

import argparse
import io
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unicodedata import category

from harness.gate.policy import read as read_gate
from harness.record.chain import START, frame, unframe
from harness.record.run import Run
from harness.record.unsound import Unsound
from harness.scenario.load import read as read_scenarios
from harness.source.place import Refused
from harness.targets.reading import read as read_targets
from harness.wire.recordings import Unreadable
from harness.wire.recordings import read as read_recording

SEEDS: Final = Path(__file__).with_name("fuzz_seeds")
SECONDS_EACH: Final = 1.0
GROWTH: Final = 64 << 20
LONGEST: Final = 1 << 18
VALUES: Final = (None, True, -1, 10**18, 1.5, "", "x", "../../etc", "passed", "\ud83d", [], [None], {}, {"a": 1}, [[]])
TOKENS: Final = (
    *(b"\n", b"\r", b"\t", b"\0", b"\x85", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"\x1b[2J"),
    *(
        b"&a ",
        b"*a ",
        b"!!python/object:os.system ",
        b"!!binary ",
        b"<<: ",
        b"---\n",
        b"...\n",
        b"%YAML 1.1\n",
        b"? ",
        b"| ",
    ),
    *(b"{", b"}", b"[", b"]", b": ", b", ", b"- ", b"#", b'"', b"'", b"\\", b"[" * 99, b"{a: " * 99, b"- " * 99),
    *(
        b"null",
        b"true",
        b"~",
        b".nan",
        b"1e999",
        b"-" + b"9" * 5000,
        b"0x",
        b"1_000",
        b"2026-01-01",
        b"=",
        b"${a}",
        b"$${",
    ),
    *(b"::error::", b"</script>", b"..", b"/", b"a" * 5000, "ä".encode() * 99, b"${secret.a}", b'"sum":"0"', b'"n":-1'),
)


@dataclass(frozen=True)
class Reader:
    """What reads a kind of file: it answers, or raises `refusal`."""

    read: Callable[[bytes], object]
    refusal: type[Exception]


def _scenarios(data: bytes) -> None:
    _, mistakes = read_scenarios(data, "specs/a.yaml")
    if mistakes:
        raise Refused(mistakes)


def _gate(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(data)
        file.flush()
        read_gate(Path(file.name))


def _record(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(data)
        file.flush()
        run = Run.read(Path(file.name))
    assert len(run.verdicts) <= len(run.head.planned), "cases that were not planned"
    run.sound()


def _recording(data: bytes) -> None:
    for exchange in read_recording(io.BytesIO(data)):
        assert exchange.ending


READERS: Final = {
    "scenarios": Reader(_scenarios, Refused),
    "targets": Reader(read_targets, Refused),
    "gates": Reader(_gate, Refused),
    "records": Reader(_record, Unsound),
    "har": Reader(_recording, Unreadable),
    "cassettes": Reader(_recording, Unreadable),
}


def seeds(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((SEEDS / name).iterdir())]


def obeys(name: str, data: bytes) -> float:
    """Raises where a law is broken; answers the CPU seconds."""
    reader = READERS[name]
    started = time.process_time()
    try:
        reader.read(data)
    except reader.refusal as refusal:
        told = str(refusal)
        hidden = [letter for letter in told if category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter != "\n"]
        assert name in ("records", "har", "cassettes") or not hidden, f"a message with {hidden[0]!r}"
    return time.process_time() - started


class Mutator:
    """Makes files; the same seed makes the same ones."""

    def __init__(self, name: str, number: int) -> None:
        self.chance = random.Random(f"{name} {number}")
        self.name, self.seeds = name, seeds(name)

    def next(self) -> bytes:
        chance = self.chance
        data = chance.choice(self.seeds)
        if self.name == "records" and chance.random() < 0.5:
            return self._sound(data)
        for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
            data = self._lines(data) if chance.random() < 0.5 else self._bytes(data)
        return data[:LONGEST]

    def _sound(self, record: bytes) -> bytes:
        """A record with right sums over values that nobody wrote: what is behind the chain is read, too."""
        chance, before, lines = self.chance, START, []
        changed = chance.randrange(record.count(b"\n"))
        for number, line in enumerate(record.splitlines()):
            framed = unframe(line)
            assert framed is not None
            body = framed.body
            while number == changed and isinstance(body, dict | list) and body:
                key: Any = chance.choice(list(body)) if isinstance(body, dict) else chance.randrange(len(body))
                if chance.random() < 0.4 or not isinstance(body[key], dict | list):
                    body[key] = chance.choice(VALUES)
                    break
                body = body[key]
            data, before = frame(number, framed.kind, json.dumps(framed.body).encode(), before)
            lines.append(data)
        return b"".join(lines)

    def _lines(self, data: bytes) -> bytes:
        """Whole lines dropped, doubled, moved, indented, or taken from another seed."""
        chance, lines = self.chance, data.splitlines(keepends=True)
        if not lines:
            return data
        at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(to, lines[at])
            case 2:
                lines.insert(to, lines.pop(at))
            case 3:
                lines[at] = b" " * chance.randrange(9) + lines[at].lstrip()
            case _:
                lines.insert(at, chance.choice(chance.choice(self.seeds).splitlines(keepends=True) or [b"\n"]))
        return b"".join(lines)

    def _bytes(self, data: bytes) -> bytes:
        chance = self.chance
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case 1:
                return data[:at] + chance.choice(TOKENS) + data[at:]
            case 2:
                return data[:at] + chance.choice(TOKENS) + data[at + chance.randrange(30) :]
            case 3:
                return data[:at] + data[at + chance.choice((1, 2, 9, 200)) :]
            case 4:
                return data[:at] + data[at : at + chance.choice((1, 9, 99))] * chance.choice((2, 30)) + data[at:]
            case _:
                return data[:at]


def run(name: str, minutes: float, number: int) -> int:
    """Reads mutated files of one kind for so long; 0 where memory stayed within bounds."""
    mutator, began = Mutator(name, number), time.monotonic()
    count, slowest, early = 0, 0.0, 0
    while time.monotonic() - began < 60 * minutes:
        data = mutator.next()
        try:
            slow = obeys(name, data)
            assert slow < SECONDS_EACH, f"{slow:.1f} s for {len(data)} bytes"
        except BaseException as error:
            Path("fuzz-failure.bin").write_bytes(data)
            print(f"{name}: file {count} of seed {number} (fuzz-failure.bin): {type(error).__name__}: {error}")
            raise
        count, slowest = count + 1, max(slowest, slow)
        if time.monotonic() - began < 6 * minutes:
            early = peak()
    grown = peak() - early
    print(
        f"{name}: {count:,} files in {minutes:g} minutes (seed {number}): no crash; slowest {slowest:.2f} s; "
        f"at most {peak() >> 20} MiB, {grown >> 20} MiB more than after the first tenth",
        flush=True,
    )
    return int(grown > GROWTH)


def peak() -> int:
    """The most memory that the process had so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*READERS, []], default=[])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    sys.exit(max(run(name, arguments.minutes, arguments.seed) for name in arguments.targets or READERS))
