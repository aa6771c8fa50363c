"""What limits cost: time past a limit under stalls (A22 to A24), memory under what is too large (A17, A39 to A42).

Each defect runs in a process of its own on the embedded endpoint. Times are held to small limits, so that it takes
seconds; memory is held to the real ones. Endpoint and harness share the process, so what the endpoint holds to send is
counted with it. Last, the page of a run with an answer of 200 MiB is opened in a browser, where there is one (D24).
"""

import argparse
import asyncio
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

from builders import runs
from builders.cases import cases
from playwright.sync_api import sync_playwright

from harness.engine.engine import Engine
from harness.engine.targets.embedded import embedded_family
from harness.findings import Verdict
from harness.record.lines import TurnLine
from harness.record.run import Run
from harness.record.writer import RunWriter
from harness.report.page import write
from harness.wire.limits import LIMITS, MIB

SECONDS = 3.0
STALLS = {
    "A22": replace(LIMITS, silence=SECONDS),
    "A23": replace(LIMITS, no_event=SECONDS),
    "A24": replace(LIMITS, turn=SECONDS),
}
LARGE = ("A17", "A39", "A40", "A41", "A42")
PAST = 2.0
OVER = 64
"""MiB above the limit of a body."""


def text(defect: str) -> str:
    delivery = "plain" if defect == "A17" else "stream"
    turn = "{user: Reply with OK., expect: {status: completed}}"
    return f"id: one\nmodes: {{delivery: [{delivery}]}}\nturns: [{turn}]\n"


async def conducted(defect: str, writer: RunWriter) -> dict[str, Any]:
    (case,) = cases(text(defect), embedded_family([defect])[0])
    engine = Engine(writer, limits=STALLS.get(defect, LIMITS))
    over: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    engine.add([(replace(case, repeat=0), over.set_result, over.set_exception)])
    finished = await over
    await engine.stop()
    last = finished.lines[-1]
    return {
        "seconds": max(line.seconds for line in finished.lines),
        "attempts": len(finished.lines),
        "verdict": str(finished.verdict),
        "rules": sorted({found.rule for found in last.findings}),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measured(defect: str) -> dict[str, Any]:
    told = subprocess.run([sys.executable, __file__, "--one", defect], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def opening() -> tuple[float, float] | None:
    """MiB of the page of an answer of 200 MiB, and seconds until a browser has shown it; None without one."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        with RunWriter(folder, runs.head([runs.case_id()])) as writer:
            where = writer.exchanges(runs.case_id(), "turn-1", 0, runs.exchange(b'{"x":"' + b"x" * 200 * MIB + b'"}'))
            turn = TurnLine("turn-1", "user", "Say much.", ("x",), "completed", (where,))
            finding = runs.finding(exchange=0, event=None, offset=0, turn="turn-1")
            writer.case(runs.case(verdict=Verdict.FAILED, turns=(turn,), findings=(finding,)))
        page = Path(name) / "report.html"
        write(Run.read(folder), page)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            shown = browser.new_page()
            began = time.monotonic()
            shown.goto(page.as_uri())
            shown.wait_for_selector("html[data-ready]")
            seconds = time.monotonic() - began
            browser.close()
        return page.stat().st_size / MIB, seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one")
    asked = parser.parse_args()
    if asked.one:
        with tempfile.TemporaryDirectory() as name, RunWriter(Path(name) / "run", runs.head()) as writer:
            before = time.monotonic()
            print(json.dumps(asyncio.run(conducted(asked.one, writer)) | {"all": time.monotonic() - before}))
        return 0
    wrong = 0
    for defect in STALLS:
        found = measured(defect)
        past = found["seconds"] - SECONDS
        wrong += past > PAST
        print(
            f"{defect}: {found['seconds']:.2f} s an attempt under a limit of {SECONDS:g} s: {past:+.2f} s; "
            f"{found['rules']}"
        )
    for defect in LARGE:
        found = measured(defect)
        wrong += found["peak"] > LIMITS.body / MIB + OVER
        print(f"{defect}: {found['peak']:.0f} MiB at most, limit {LIMITS.body // MIB} + {OVER} MiB; {found['rules']}")
    opened = opening()
    if opened is not None:
        wrong += opened[1] > PAST
        print(f"D24: the page of an answer of 200 MiB has {opened[0]:.2f} MiB and is shown after {opened[1]:.2f} s")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
