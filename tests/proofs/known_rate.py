"""A defect with a known rate on one scenario of many, end to end on the embedded endpoint: `make known-rate`.

Runs 100 scenarios 20 times each: without a defect, again, and with a defect on one of them in 20 % and in 80 % of its
runs. The comparison must name that scenario first and say which drop it could have seen; a gate on which it must pass
must shut, at 80 % the statistical gate too; a run against another one without a defect must leave it open. Ends with
1 where one of these is not so.

    python tests/proofs/known_rate.py [--scenarios 100] [--repeats 20]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SCENARIO = """\
scenario: Number {number}
id: number-{number}
{mock}turns:
  - user: "Reply with one word: yes"
    expect: {{status: completed}}
"""
FLAKY = "mock: {flaky: {defect: A102, rate: '${rate}'}}\n"
WRONG = 37
DEMANDING = f"must_pass: [number-{WRONG}]\npass_rate: {{at_least: 0.5}}\n"
STATISTICAL = "pass_rate: {at_least: 0.5}\nregression: {alpha: 0.05}\n"


def harness(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def run(folder: Path, name: str, scenarios: int, repeats: int, rate: float = 0.0) -> Path:
    """A run of all scenarios; the flaky one is flaky at this rate."""
    (folder / "specs").mkdir(exist_ok=True)
    texts = [SCENARIO.format(number=number, mock=FLAKY if number == WRONG else "") for number in range(scenarios)]
    (folder / "specs" / "all.yaml").write_text("---\n".join(texts), encoding="utf-8")
    began = time.monotonic()
    done = harness(folder, "run", "-q", "-q", "--run-id", name, "--repeat", str(repeats), "--set", f"rate={rate}")
    print(f"{name}: exit {done.returncode}, {time.monotonic() - began:.0f} s")
    if done.returncode not in (0, 1):
        sys.exit(done.stdout + done.stderr)
    return folder / "reports" / name


def compared(folder: Path, base: Path, new: Path) -> Any:
    done = harness(folder, "compare", str(base), str(new), "--format", "json")
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return json.loads(done.stdout)


def gate(folder: Path, base: Path, new: Path, policy: str) -> int:
    path = folder / "policy.yaml"
    path.write_text(policy, encoding="utf-8")
    return harness(folder, "gate", str(new), "--baseline", str(base), "--policy", str(path)).returncode


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenarios", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=20)
    sizes = vars(parser.parse_args())
    held = True

    def told(what: str, right: bool, seen: object) -> None:
        nonlocal held
        held &= right
        print(f"{'yes' if right else 'NO '}  {what}: {seen}")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = run(folder, "base", **sizes)
        same = run(folder, "same", **sizes)
        told("a run against itself leaves the gate open", gate(folder, base, base, STATISTICAL) == 0, "exit 0")
        told("another run without a defect leaves it open", gate(folder, base, same, STATISTICAL) == 0, "exit 0")
        for share in (20, 80):
            new = run(folder, f"wrong-{share}", **sizes, rate=share / 100)
            found = compared(folder, base, new)
            scenarios = [one for one in found["groups"] if one["family"] == "scenario"]
            first = next(iter(scenarios), {})
            told(f"{share} %: named first", str(first.get("name", "")).endswith(f"number-{WRONG}"), first.get("name"))
            told(
                f"{share} %: lost of its runs", bool(first.get("lost")), f"{first.get('lost')} of {first.get('pairs')}"
            )
            told(
                f"{share} %: smallest drop that would be seen",
                first.get("detectable") is not None,
                first.get("detectable"),
            )
            status = gate(folder, base, new, DEMANDING)
            told(f"{share} %: shut where it must pass", status == 1, f"exit {status}")
            status = gate(folder, base, new, STATISTICAL)
            told(f"{share} %: the statistical gate", status == 1 or share == 20, f"exit {status}")
    sys.exit(not held)


if __name__ == "__main__":
    main()
