"""Plants weaknesses, one at a time, and looks whether a test notices: for each rule and kind of input at least one.

Run `PYTHONPATH=tests python tests/proofs/weaknesses.py [ROW …]` from the checkout (`make weaknesses`). Each is planted
into a copy of the package, and the one test file or test that it names is run on it, two at a time. Ends with 1 if one
was not noticed, or if its test does not pass without it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from builders.weaknesses import WEAKNESSES, Weakness

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 600


def planted(weakness: Weakness, text: str) -> str:
    """A file's text with the weakness in it.

    Raises:
        ValueError: what is to be taken away does not stand there once.
    """
    if text.count(weakness.old) != 1:
        raise ValueError(f"{weakness.rows}: {weakness.file} holds {weakness.old!r} {text.count(weakness.old)} times")
    return text.replace(weakness.old, weakness.new)


def status(tests: Sequence[str], place: Path) -> int:
    """What pytest says of tests when the package is taken from `place`."""
    done = subprocess.run(
        [
            sys.executable,
            "-P",  # the package is not to come from this folder
            "-m",
            "pytest",
            "-q",
            "-x",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            *(f"tests/{test}" for test in tests),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{place}{os.pathsep}tests", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode


def noticed(weakness: Weakness) -> bool:
    """Whether its test fails with it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "harness", place / "harness", ignore=shutil.ignore_patterns("__pycache__"))
        file = place / "harness" / weakness.file
        file.write_text(planted(weakness, file.read_text(encoding="utf-8")), encoding="utf-8")
        return status([weakness.test], place) == 1


def main(rows: Sequence[str]) -> int:
    """Plants those that are of one of these rows, or all; 0 where each was noticed."""
    chosen = [each for each in WEAKNESSES if not rows or set(rows) & set(each.rows.split())]
    sound = status(sorted({each.test for each in chosen}), ROOT) == 0
    print("without any, all tests pass" if sound else "without any, NOT ALL TESTS PASS", flush=True)
    with ThreadPoolExecutor(2) as two:
        seen = 0
        for weakness, found in zip(chosen, two.map(noticed, chosen), strict=True):
            seen += found
            told = "noticed" if found else "NOT NOTICED"
            print(f"{told:12} {weakness.rows:12} {weakness.file:32} by {weakness.test}", flush=True)
    print(f"{seen} of {len(chosen)} planted weaknesses noticed")
    return int(seen < len(chosen) or not sound)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
