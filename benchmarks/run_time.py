"""How long a whole run takes, beside rivals, in one go against one fixed server in another process.

(a) 1,000 one-turn cases, no latency, 32 at once, record written; (b) 500 cases, 200 ms each, 50 at once.
Every figure is the wall time of a whole process, from start to exit: imports, collection, record and report.
Prints medians and ratios; judges nothing.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCENARIO = """
scenario: One of many
id: one-of-many
cases: {rows}
turns:
  - user: Reply with OK.
    expect: {{status: completed, text: {{contains: OK}}, usage: {{total_tokens: {{above: 0}}}}}}
"""


@contextmanager
def server(latency: float) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, HERE / "server.py", "--latency", str(latency)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdin
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()


def ours(folder: Path, port: int, at_once: int) -> list[str]:
    return [
        *(sys.executable, "-m", "harness", "run", "specs", "-q", f"--concurrency={at_once}"),
        *("--endpoint", f"http://127.0.0.1:{port}/openai/v1", "--deployment", "gpt-5-mini"),
    ]


def timed(command: list[str], folder: Path) -> float:
    """Wall seconds of a process that finds its bytecode compiled, as on any machine after the first run."""
    compiled = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    compiled.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, env=compiled)
    return time.perf_counter() - began


def compare(title: str, count: int, latency: float, at_once: int, rivals: list[str], times: int) -> None:
    print(f"\n{title}")
    with tempfile.TemporaryDirectory() as name, server(latency) as port:
        folder = Path(name)
        (folder / "specs").mkdir()
        rows = "[" + ", ".join(f"{{n: {n}}}" for n in range(count)) + "]"
        (folder / "specs" / "many.yaml").write_text(SCENARIO.format(rows=rows))
        commands = {"H harness run": ours(folder, port, at_once)}
        for rival in rivals:
            key = {"raw": "R raw aiohttp", "official": "O official client", "pytest": "X pytest + official"}[rival]
            commands[key] = [sys.executable, str(HERE / "rivals.py"), rival, str(port), str(count), str(at_once)]
        seconds: dict[str, list[float]] = {key: [] for key in commands}
        for command in commands.values():  # warm: bytecode and page cache
            timed(command, folder)
        for _ in range(times):
            for key, command in commands.items():
                seconds[key].append(timed(command, folder))
    medians = {key: statistics.median(values) for key, values in seconds.items()}
    base = medians["H harness run"]
    for key, median in medians.items():
        spread = f"{min(seconds[key]):.2f}–{max(seconds[key]):.2f}"
        print(f"  {key:22} {median:6.2f} s  ({spread})   H is {base / median:5.2f} × this")
    if latency:
        ideal = count * latency / at_once
        print(f"  ideal                  {ideal:6.2f} s                 H is {base / ideal:5.2f} × this")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    compare("(a) 1,000 cases, no latency, 32 at once", 1000, 0.0, 32, ["raw", "official", "pytest"], arguments.times)
    compare("(b) 500 cases, 200 ms, 50 at once", 500, 0.2, 50, ["raw", "official"], arguments.times)
