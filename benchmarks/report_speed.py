"""How fast the report of a large run is written and used, beside the reports of others on as many results.

    python benchmarks/report_speed.py [--cases 10000] [--rivals]

The record is made first: cases of three turns, each a stream of some twenty events, one in twenty failed with what
reading found in it. Writing is measured in a process of its own (time and peak memory), the page in a real browser:
until its first screen is drawn, how long a filter takes, how much memory its renderer holds. `--rivals` installs
pytest-html and allure-pytest (and allure's command line by npm) in a temporary environment and gives them as many
tests, one in twenty failing, without any conversation or stream.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

REGIONS = ("swedencentral", "eastus2", "westeurope", "japaneast")
MODELS = ("gpt-5-mini", "gpt-5", "o4-mini")
BUDGET = {"written": "10 s", "memory": "500 MB", "file": "20 MB", "first screen": "1.5 s", "filter": "150 ms"}


def record(folder: Path, cases: int) -> None:
    """A run of so many cases on twelve targets."""
    from builders import on_wire, runs, streams, wired

    from harness.findings import Level, Verdict
    from harness.record.lines import FindingLine, Latency, TargetLine, Usage
    from harness.record.writer import RunWriter
    from harness.reply import Reply

    good = streams.x3()
    exchanges = [wired.streamed(on_wire.blocks(good))] * 3
    broken = wired.streamed(on_wire.blocks(streams.without(good, 6)))
    found = [FindingLine.of(each) for each in Reply(broken).findings if each.level is Level.ERROR]
    targets = tuple(TargetLine(f"live/{r}/{m}", "live", "https://x", m, m, "1", r) for r in REGIONS for m in MODELS)
    ids = []
    for n in range(cases):
        target = targets[n % len(targets)]
        ids.append((f"specs/part-{n % 17}/one.yaml::scenario-{n // 24}[{target.name}-stream-chained-{n}]", target))
    head = runs.head([id_ for id_, _ in ids], targets=targets)
    with RunWriter(folder, head) as writer:
        for n, (id_, target) in enumerate(ids):
            bad = n % 20 == 0
            told = [broken, *exchanges[1:]] if bad else exchanges
            turns = tuple(
                runs.turn(
                    f"turn-{at + 1}",
                    exchanges=(writer.exchanges(id_, f"turn-{at + 1}", at, exchange),),
                    output=[runs.said(f"Answer {at} of case {n}: parcel {n * 7919 % 9973} is on its way.")],
                )
                for at, exchange in enumerate(told)
            )
            line = runs.case(
                id_,
                Verdict.FAILED if bad else Verdict.PASSED,
                scenario=f"scenario-{n // 24}",
                title=f"Scenario {n // 24} keeps what it was told",
                target=target.name,
                region=target.region,
                model=target.model,
                turns=turns,
                findings=tuple(found) if bad else (),
                usage=Usage(100 + n % 50, 20 + n % 30, 120 + n % 80),
                latency=Latency(0.1, 0.2 + (n % 100) / 100, 1 + (n % 37) / 10),
            )
            writer.case(line if n % 97 else replace(line, seconds=2.5))


def write(folder: Path) -> None:
    """Writes the report; prints seconds by the clock and of the processor, and peak memory."""
    began = time.perf_counter()
    from harness.record.run import Run
    from harness.report import page

    page.write(Run.read(folder), folder / "report.html")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - began, "processor": time.process_time(), "memory": peak}))


LOOK = """async () => {
  const started = performance.now();
  const box = document.getElementById("query");
  const spans = [];
  const all = ["verdict:failed", "region:sweden ttft>600ms", "parcel 77", "rule:order -region:east", "tokens>150"];
  for (const words of all) {
    const before = document.getElementById("matches").textContent;
    box.value = words;
    const began = performance.now();
    box.dispatchEvent(new Event("input"));
    while (document.getElementById("matches").textContent === before) await new Promise((go) => setTimeout(go));
    document.body.getBoundingClientRect();
    spans.push(performance.now() - began);
  }
  return spans;
}"""


def used(path: Path) -> dict[str, float]:
    """Milliseconds until the first screen and of the slowest filter, and MB that the page holds."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri(), wait_until="load", timeout=120_000)
        page.wait_for_timeout(1000)
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
        told: dict[str, float] = {"first screen": paint}
        if page.locator("#query").count():
            page.wait_for_selector("html[data-ready]")
            told["filter"] = max(page.evaluate(LOOK))
        session = page.context.new_cdp_session(page)
        session.send("HeapProfiler.collectGarbage")
        told["heap"] = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        told["renderer"] = _renderer(path)
        browser.close()
    return told


def _renderer(path: Path) -> float:
    """The proportional memory of the largest process that draws a page, in MB."""
    most = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"--type=renderer" in (process / "cmdline").read_bytes():
                lines = (process / "smaps_rollup").read_text().splitlines()
                most = max(most, next(float(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")))
        except OSError:
            continue
    return most


def told(name: str, found: dict[str, Any]) -> None:
    units = {
        "written": "s",
        "processor": "s",
        "memory": "MB",
        "file": "MB",
        "first screen": "ms",
        "filter": "ms",
        "heap": "MB",
    }
    print(f"{name:14}", *(f"{key} {value:.1f} {units.get(key, 'MB')};" for key, value in found.items()))


def rivals(cases: int, folder: Path) -> None:
    """pytest-html and Allure on as many results."""
    tests = folder / "test_many.py"
    tests.write_text(
        "import pytest\n"
        f"@pytest.mark.parametrize('n', range({cases}))\n"
        "def test_one(n):\n    print('parcel', n)\n    assert n % 20, 'sequence_number jumps'\n"
    )
    home = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    install = [home / "bin/python", "-m", "pip", "install", "--quiet", "pytest", "pytest-html", "allure-pytest"]
    if subprocess.run(install).returncode:
        print("the rivals could not be installed")
        return
    run = [home / "bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", str(tests)]
    plain = _timed([*run])
    page = folder / "rival.html"
    both = _timed([*run, f"--html={page}", "--self-contained-html"])
    told("pytest-html", {"written": both - plain, "file": page.stat().st_size / 1e6, **used(page)})
    results = folder / "allure-results"
    _timed([*run, f"--alluredir={results}"])
    npm = shutil.which("npm")
    if npm is None or subprocess.run([npm, "install", "--silent", "--prefix", folder, "allure"]).returncode:
        print("Allure's command line could not be installed")
        return
    allure = [folder / "node_modules/.bin/allure", "awesome", "--single-file", "-o", folder / "allure", results]
    seconds = _timed(allure)
    index = next((folder / "allure").rglob("index.html"))
    told("Allure", {"written": seconds, "file": index.stat().st_size / 1e6, **used(index)})


def _timed(command: list[Any]) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--rivals", action="store_true")
    options.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.write is not None:
        write(given.write)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        record(folder, given.cases)
        out = subprocess.run(
            [sys.executable, __file__, "--write", folder], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        found = json.loads(out)
        page = folder / "report.html"
        size = page.stat().st_size / 1e6
        seconds = {"written": found["seconds"], "processor": found["processor"]}
        told("harness", {**seconds, "memory": found["memory"], "file": size, **used(page)})
        if given.rivals:
            rivals(given.cases, Path(name))


if __name__ == "__main__":
    main()
