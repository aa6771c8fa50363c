"""How long collecting takes, beside tavern in one go: 1,000 scenarios of 30 lines, in one file and in 1,000 files.

Ours checks every key, name, matcher and variable while it collects; nothing is run. Whole processes with their
bytecode compiled, ours and theirs by turns. Tavern is installed into a folder of its own; where that is not possible,
ours is told alone. Who does not exit with 0 and tell that all were collected is not counted: the benchmark ends there.
Then `compare` and `gate` over two records of 10,000 cases. Prints medians and ratios; judges nothing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from processes import Several, Used, load, measured

OURS = """\
scenario: Number {n} of many
id: number-{n}
about: What collecting costs.
tags: [smoke, many]
needs: [text]
modes:
  delivery: [plain]
  state: [chained]
request:
  temperature: 0.5
  metadata: {{suite: many, number: "{n}"}}
turns:
  - user: My parcel number is {n}. Reply with OK.
    id: told
    expect:
      status: completed
      text: {{contains: OK}}
      usage:
        total_tokens: {{above: 0}}
        output_tokens: {{at_most: 100}}
  - user: What is my parcel number?
    id: asked
    expect:
      status: completed
      text:
        contains: "{n}"
        excludes: sorry
      items: [message]
      path:
        $.output[0].type: message
"""

THEIRS = """\
test_name: Number {n} of many
marks:
  - smoke
  - many
stages:
  - name: told
    request:
      url: http://127.0.0.1:9/openai/v1/responses
      method: POST
      json:
        model: gpt-5-mini
        input: My parcel number is {n}. Reply with OK.
        temperature: 0.5
        metadata: {{suite: many, number: "{n}"}}
    response:
      status_code: 200
      strict: false
      json:
        status: completed
  - name: asked
    request:
      url: http://127.0.0.1:9/openai/v1/responses
      method: POST
      json:
        model: gpt-5-mini
        input: What is my parcel number?
    response:
      status_code: 200
      json:
        status: completed
"""


RIVAL = ("tavern", "pytest<9")
"""The rival, and the pytest that it can be imported with."""


def tavern(folder: Path) -> str | None:
    """The Python of an environment that has tavern; None where it cannot be installed."""
    python = str(folder / "tavern" / "bin" / "python")
    for command in (
        [sys.executable, "-m", "venv", str(folder / "tavern")],
        [python, "-m", "pip", "install", "--quiet", *RIVAL],
    ):
        if subprocess.run(command, check=False, capture_output=True).returncode:
            return None
    return python


def projects(folder: Path, count: int) -> dict[str, tuple[Path, Path]]:
    """Two folders for each way: ours and theirs."""
    found = {}
    for way in ("one file", "one file each"):
        ours, theirs = folder / f"ours {way}", folder / f"theirs {way}"
        (ours / "specs").mkdir(parents=True)
        theirs.mkdir()
        mine = [OURS.format(n=n) for n in range(count)]
        other = [THEIRS.format(n=n) for n in range(count)]
        if way == "one file":
            (ours / "specs" / "all.yaml").write_text("---\n".join(mine))
            (theirs / "test_all.tavern.yaml").write_text("---\n".join(other))
        else:
            for n in range(count):
                (ours / "specs" / f"s{n}.yaml").write_text(mine[n])
                (theirs / f"test_{n}.tavern.yaml").write_text(other[n])
        found[way] = (ours, theirs)
    return found


def by_turns(commands: Sequence[tuple[list[str], Path, str, int]], times: int) -> list[Several]:
    """What each command used in its folder; one after the other, so that all meet the same machine.

    With each stands what it must show, and its exit status.
    """
    runs: list[list[Used]] = [[] for _ in commands]
    for _ in range(times + 1):
        for found, (command, folder, shows, status) in zip(runs, commands, strict=True):
            found.append(measured(command, folder, shows=shows, status=status))
    return [Several(found[1:]) for found in runs]  # the first compiles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rival = tavern(folder)
        shows = rf"\b{options.count} tests collected\b"
        for way, (ours, theirs) in projects(folder, options.count).items():
            commands = [([sys.executable, "-m", "harness", "run", "--co", "-q"], ours, shows, 0)]
            if rival is not None:
                commands.append(([rival, "-m", "pytest", "--co", "-q"], theirs, shows, 0))
            mine, *other = by_turns(commands, options.times)
            print(f"{options.count} scenarios in {way} ({load()})\n  harness  {mine}")
            print(f"  tavern   {other[0]}; {mine.beside(other[0])}" if other else "  tavern   could not be installed")
        records(folder, options.times)


def records(folder: Path, times: int) -> None:
    """`compare` and `gate` over two records of 10,000 cases."""
    here = Path(__file__).resolve().parent.parent / "tests"
    make = (
        "import random; from pathlib import Path; from builders import runs, verdicts; r = random.Random(3)\n"
        "for name in ('base', 'new'):\n"
        "    made = verdicts.run({f's{n:05}': 'f' if r.random() < 0.01 else 'p' for n in range(10000)}, run=name)\n"
        "    runs.write(Path(name), made.head, made.cases)\n"
    )
    subprocess.run([sys.executable, "-c", make], check=True, cwd=folder, env={**os.environ, "PYTHONPATH": str(here)})
    harness = [sys.executable, "-m", "harness"]
    found = by_turns(
        [
            ([*harness, "compare", "base", "new"], folder, "10,000 passed", 0),
            ([*harness, "gate", "new", "--baseline", "base"], folder, "shut", 1),  # one case in a hundred has failed
        ],
        times,
    )
    for name, used in zip(("compare", "gate"), found, strict=True):
        print(f"{name} of 10,000 cases ({load()})\n  {used}")


if __name__ == "__main__":
    main()
