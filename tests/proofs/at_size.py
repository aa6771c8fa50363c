"""Rules against threats at their full size: what takes longer than a test may.

Run `PYTHONPATH=tests python tests/proofs/at_size.py` from the checkout (`make threats`). Files that would swell or
never end are each read in a process of their own (CPU time, and memory beyond an empty one). A thread swaps a file and
a folder for links to the outside while they are read. Ends with 1 if a bound was passed, or anything came from outside.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from source.test_hostile_files import BOMBS

from harness.scenario.attachments import CannotAttach, opened

SECONDS: Final = 0.1
MEMORY: Final = 50 << 20
OUTSIDE: Final = b"%PDF-1.4\n% what lies outside\n%%EOF\n"
INSIDE: Final = b"%PDF-1.4\n% what lies inside\n%%EOF\n"

OURS: Final = ("E06 a million documents", "E06 many small documents")
"""Files of our own making, of several MiB in thousands of documents: two seconds and 128 MiB are allowed."""
BAD: Final[dict[str, bytes]] = {
    "E01 tags": b"\n".join(b"a%d: !!python/object/apply:os.system [true]" % n for n in range(5_000)),
    **BOMBS,
    "E03 an alias to itself": b"a: &a [*a, *a]\n",
    "E07 the same key again": b"a: 1\n" * 19_000,
    "E08 scalars that are text": b"".join(b"k%d: [no, on, 12:30:45, 017, 1_000, 2026-01-01]\n" % n for n in range(200)),
    "E09 a number of 5,000 digits": b"a: " + b"9" * 5_000,
    "E10 UTF-16": "a: b\n".encode("utf-16") * 5_000,
    "E11 hidden characters": "\u202ea: \x1b\n".encode() * 5_000,
    "E12 an id of 5,000 characters": b"scenario: A\nid: '" + b"../" * 1_700 + b"'\nturns: []\n",
}
READING: Final = """
import json, sys, time
from harness.scenario.load import read
def memory(name):
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024
read(b"scenario: A\\nturns: [{user: a, expect: {status: completed}}]\\n", "a.yaml")
text = sys.stdin.buffer.read()
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
before = memory("VmRSS")
started = time.process_time()
_, mistakes = read(text, "a.yaml")
print(json.dumps([time.process_time() - started, memory("VmHWM") - before, len(mistakes)]))
"""


def reading(text: bytes) -> tuple[float, int, int]:
    """CPU seconds, bytes of memory beyond those before, and mistakes told, when a process of its own reads a file."""
    done = subprocess.run([sys.executable, "-c", READING], input=text, stdout=subprocess.PIPE, check=True, timeout=120)
    seconds, memory, told = json.loads(done.stdout)
    return seconds, memory, told


def files() -> bool:
    """Reads every bad file; whether all were refused within their bounds. The best of three readings counts."""
    sound = True
    for name, text in BAD.items():
        seconds, memory, told = min(reading(text) for _ in range(3))
        most, large = (2.0, 128 << 20) if name in OURS else (SECONDS, MEMORY)
        held = seconds < most and memory < large and (told > 0 or name.startswith("E08"))
        sound &= held
        print(f"{'held' if held else 'NOT HELD':8} {seconds:6.3f} s {memory / 2**20:6.1f} MiB  {name}", flush=True)
    return sound


def swaps(count: int, read: Callable[[Path, str], bytes]) -> tuple[int, int]:
    """Swaps a file, and a folder on the way, for links and back, `count` times, while they are read.

    Answers how often something from outside was read, and how often something was read at all.
    """
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "specs", Path(place) / "out"
        for each, text in ((out, OUTSIDE), (folder / "deep", INSIDE)):
            each.mkdir(parents=True)
            (each / "a.pdf").write_bytes(text)
        (folder / "a.pdf").write_bytes(INSIDE)
        over = threading.Event()
        swapping = threading.Thread(target=_swapping, args=(folder, count, over))
        swapping.start()
        outside = inside = 0
        while not over.is_set():
            for name in ("a.pdf", "deep/a.pdf"):
                try:
                    content = read(folder, name)
                except CannotAttach:
                    continue
                outside += content == OUTSIDE
                inside += content == INSIDE
        swapping.join()
        return outside, inside


def _swapping(folder: Path, count: int, over: threading.Event) -> None:
    other, deep, there = folder / "other", folder / "deep", folder / "deep-there"
    try:
        for number in range(count):
            if number % 2:
                other.write_bytes(INSIDE)
                deep.unlink()
                there.rename(deep)
            else:
                other.symlink_to("../out/a.pdf")
                deep.rename(there)
                deep.symlink_to("../out")
            other.replace(folder / "a.pdf")
    finally:
        over.set()


def content(folder: Path, name: str) -> bytes:
    """What an attachment of this name would send."""
    return opened(folder, name)[0]


def main(count: int) -> int:
    """Both; 0 where everything held."""
    sound = files()
    outside, inside = swaps(count, content)
    print(f"{count:,} swaps while {inside:,} readings came to something: {outside} from outside", flush=True)
    return int(not sound or outside > 0 or inside == 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swaps", type=int, default=100_000)
    sys.exit(main(parser.parse_args().swaps))
