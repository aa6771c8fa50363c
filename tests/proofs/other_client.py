"""Another client than the official ones, the AI SDK (npm), does ten operations: `python tests/proofs/other_client.py`

It is installed into a folder of its own (`--folder`), never into the project. Ends with 1 where anything is not seen
as expected, with 0 and a reason where Node or npm is missing.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = ("ai@6", "@ai-sdk/openai@3", "zod@4")
SCRIPT = Path(__file__).parent / "other_client" / "ten_operations.mjs"
KEY = "a-key-for-another-client"
EXPECTED = {
    "chained": "Your parcel is 4417.",
    "system": "AYE",
    "usage": True,
    "streamed": ["1, 2, 3, 4, 5.", "stop"],
    "reasoning": True,
    "carried": True,
    "called": [{"port": "Zorvik"}, "The result of depth_at for Zorvik is depth: 41."],
    "parsed": {"name": "Zorvik", "depth": 41},
    "parsedStream": {"name": "Zorvik", "depth": 41},
    "cut": "length",
    "refused": [404, 400, 401],
}


def install(folder: Path) -> None:
    """The client, once."""
    if not (folder / "node_modules" / "ai").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"type": "module", "private": true}')
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)


def operate(folder: Path) -> dict[str, object]:
    """What the client saw of `harness mock`."""
    script = shutil.copy(SCRIPT, folder)  # modules are found from where the script lies
    command = [sys.executable, "-m", "harness", "mock", "--port", "0", "--key-env", "MOCK_KEY"]
    environment = {**os.environ, "MOCK_KEY": KEY, "AI_SDK_LOG_WARNINGS": "false"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        try:
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found
            environment["BASE_URL"] = found[0]
            done = subprocess.run(["node", script], capture_output=True, text=True, timeout=90, env=environment)
        finally:
            process.terminate()
    if done.returncode:
        sys.exit(done.stderr)
    seen: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return seen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "harness-other-client")
    folder = parser.parse_args().folder
    if not (shutil.which("node") and shutil.which("npm")):
        sys.exit(print("left out: Node or npm is not installed"))
    install(folder)
    seen = operate(folder)
    wrong = {name: seen.get(name) for name in EXPECTED if seen.get(name) != EXPECTED[name]}
    print(f"{len(EXPECTED) - len(wrong)} of {len(EXPECTED)} as expected", *(f"\n  {n}: {v}" for n, v in wrong.items()))
    sys.exit(bool(wrong))
