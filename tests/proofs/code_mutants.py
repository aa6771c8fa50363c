"""Mutants of our own code: how many of a floor's small changes its tests notice, and which they do not.

mutmut makes the mutants and runs, for each, the tests that reach the changed function. It changes what stands in plain
functions and methods; tables, properties and other decorated functions it leaves alone. Of a floor with many mutants a
sample is drawn: it is the same for one seed and one state of the code, and what is said of the whole floor is an
interval.

Run `make code-mutants FLOORS=comparison`. Each floor is worked on in a copy of its own, `build/code-mutants/<floor>`,
where the survivors are written to `survivors.txt` as differences. Exits with 1 where fewer than 90 % are noticed.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import get_mutant_name

from harness.comparison.statistics import wilson

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build" / "code-mutants"
COPIED = ("harness", "tests", "docs", "specs", "conftest.py", "pyproject.toml", "README.md", "CHANGELOG.md")
NOTICED = ("killed", "timeout", "segfault")
ENOUGH = 0.9

TESTS = {
    "pointer": ["tests/test_pointer.py"],
    "findings": ["tests/test_findings.py"],
    "source": ["tests/source"],
    "matchers": ["tests/matchers", "tests/expectations"],
    "expectations": ["tests/expectations"],
    "comparison": ["tests/comparison"],
    "protocol": ["tests/protocol"],
    "rules": ["tests/rules"],
}
"""The tests that concern a floor; those that do not reach a mutant's function are not run for it."""


def files(floor: str) -> list[Path]:
    """The floor's modules, relative to the checkout."""
    whole = ROOT / "harness" / floor
    found = sorted(whole.rglob("*.py")) if whole.is_dir() else [whole.with_suffix(".py")]
    return [one.relative_to(ROOT) for one in found]


def drawn(floor: str, size: int, seed: int) -> tuple[list[str], int]:
    """The names of the mutants to be tried, and how many there are in all. `size` 0 takes each of them."""
    every = [
        get_mutant_name(file, name)
        for file in files(floor)
        for name in mutate_file_contents(str(file), (ROOT / file).read_text(encoding="utf-8")).mutant_names
    ]
    if not size or size >= len(every):
        return every, len(every)
    return sorted(random.Random(seed).sample(every, size)), len(every)


def copy(floor: str) -> Path:
    """A copy of the checkout's text that mutmut works in, set to this floor and its tests."""
    folder = WORK / floor
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy2(source, folder / name)
    project = folder / "pyproject.toml"
    chosen = [str(one) for one in files(floor)]
    text = project.read_text(encoding="utf-8")
    settings = f"[tool.mutmut]\nonly_mutate = {chosen}\npytest_add_cli_args_test_selection = {TESTS[floor]}\n"
    project.write_text(text.replace("[tool.mutmut]\n", settings, 1), encoding="utf-8")
    return folder


def outcomes(floor: str, names: set[str]) -> dict[str, str]:
    """What became of each mutant, read from what mutmut wrote into the working folder (the current one)."""
    found = {}
    for file in files(floor):
        data = SourceFileMutationData(path=file)
        data.load()
        for name, code in data.exit_code_by_key.items():
            if name in names:
                found[name] = status_by_exit_code[code]
    return found


def judged(floor: str, size: int, seed: int, only: str) -> bool:
    """Runs one floor and prints its row; whether enough mutants were noticed."""
    os.chdir(ROOT)
    names, total = drawn(floor, size, seed)
    names = [name for name in names if re.search(only, name)]
    folder = copy(floor)
    # CI: Hypothesis draws the same examples for each mutant and keeps none from one to the next.
    environment = os.environ | {"CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}
    with (folder / "log.txt").open("w") as log:
        code = subprocess.run(
            [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    os.chdir(folder)
    found = outcomes(floor, set(names))
    counts = Counter(found.values())
    if code or len(found) < len(names) or counts["not checked"]:
        print(f"{floor}: mutmut did not finish (exit {code}); see {folder / 'log.txt'}", file=sys.stderr)
        return False
    missed = sorted(name for name, what in found.items() if what not in NOTICED)
    shown = (f"{name}: {found[name]}\n{get_diff_for_mutant(name)}\n" for name in missed)
    (folder / "survivors.txt").write_text("\n".join(shown), encoding="utf-8")
    noticed = len(names) - len(missed)
    share = noticed / len(names)
    range_ = wilson(noticed, len(names)) if len(names) < total else None
    interval = f" ({range_.low:.1%} to {range_.high:.1%} of all)" if range_ else ""
    print(
        f"| {floor} | {total:,} | {len(names):,} | {noticed:,} | {share:.1%}{interval} | {dict(counts)} |", flush=True
    )
    return share >= ENOUGH


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("floors", nargs="+", choices=TESTS)
    options.add_argument("--sample", type=int, default=400, help="so many mutants of each floor; 0: all (default 400)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="", help="of these only those whose name matches this pattern")
    given = options.parse_args()
    os.nice(10)  # hours of work, and nobody waits for it
    print("| floor | mutants | tried | noticed | share | what became of them |\n| --- | --- | --- | --- | --- | --- |")
    enough = [judged(floor, given.sample, given.seed, given.only) for floor in given.floors]
    sys.exit(0 if all(enough) else 1)


if __name__ == "__main__":
    main()
