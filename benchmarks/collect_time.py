"""How long collecting takes, beside tavern in one go: 1,000 scenarios of 30 lines, in one file and in 1,000 files.

Ours checks every key, name, matcher and variable while it collects; nothing is run. Every figure is the wall time of
a whole process with its bytecode compiled. Tavern is installed into a folder of its own; where that is not possible,
ours is told alone. Then `compare` and `gate` over two records of 10,000 cases: seconds and peak memory. Prints
medians and ratios; judges nothing.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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


def environment(folder: Path) -> dict[str, str]:
    compiled = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    compiled.pop("PYTHONDONTWRITEBYTECODE", None)
    return compiled


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall seconds and peak memory in MiB of a process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=environment(folder))
    _, _, used = os.wait4(process.pid, 0)
    return time.perf_counter() - began, used.ru_maxrss / 1024


def tavern(folder: Path) -> str | None:
    """The Python of an environment that has tavern; None where it cannot be installed."""
    made = folder / "tavern"
    for command in (
        [sys.executable, "-m", "venv", str(made)],
        [str(made / "bin" / "python"), "-m", "pip", "install", "--quiet", "tavern"],
    ):
        if subprocess.run(command, check=False, capture_output=True).returncode:
            return None
    return str(made / "bin" / "python")


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rival = tavern(folder)
        for way, (ours, theirs) in projects(folder, options.count).items():
            mine, other = [], []
            for _ in range(options.times + 1):  # the first compiles
                mine.append(timed([sys.executable, "-m", "harness", "run", "--co", "-q"], ours)[0])
                if rival is not None:
                    other.append(timed([rival, "-m", "pytest", "--co", "-q"], theirs)[0])
            seconds = statistics.median(mine[1:])
            beside = "tavern could not be installed"
            if other:
                beside = f"tavern {statistics.median(other[1:]):.2f} s, {seconds / statistics.median(other[1:]):.2f} x"
            print(f"{options.count} scenarios in {way}: {seconds:.2f} s; {beside}")
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
    for command in (["compare", "base", "new"], ["gate", "new", "--baseline", "base"]):
        found = [timed([sys.executable, "-m", "harness", *command], folder) for _ in range(times + 1)][1:]
        seconds, memory = statistics.median(each[0] for each in found), max(each[1] for each in found)
        print(f"{command[0]} of 10,000 cases: {seconds:.2f} s, {memory:.0f} MiB")


if __name__ == "__main__":
    main()
