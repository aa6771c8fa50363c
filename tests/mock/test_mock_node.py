"""The official Node client, typed and streaming, against `harness mock` in another process.

It is installed once, into the folder that RESPONSES_NODE_CLIENT names or one among the temporary files; without Node,
npm or a registry the test is skipped.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CLIENT = "openai@6"
FOLDER = Path(os.environ.get("RESPONSES_NODE_CLIENT") or Path(tempfile.gettempdir()) / "harness-node-client")
SCRIPT = Path(__file__).parent / "node" / "ten_operations.mjs"
KEY = "a-key-for-the-node-client"


def installed() -> Path:
    """The folder with the client in it; skips the test where it cannot be had."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node or npm is not installed")
    if not (FOLDER / "node_modules" / "openai").is_dir():
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text('{"type": "module", "private": true}')
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", CLIENT]
        try:
            done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=180)
        except (OSError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"{CLIENT} could not be installed: {error}")
        if done.returncode:
            pytest.skip(f"{CLIENT} could not be installed: {done.stderr[-300:]}")
    return FOLDER


@contextmanager
def endpoint() -> Iterator[str]:
    """The base address of `harness mock`, as long as it is needed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "harness", "mock", "--port", "0", "--key-env", "MOCK_KEY"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "MOCK_KEY": KEY},
    )
    assert process.stdout is not None
    try:
        yield re.search(r"http://\S+", process.stdout.readline())[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)


def test_the_node_client_does_ten_operations():
    folder = installed()
    script = shutil.copy(SCRIPT, folder)  # modules are found from where the script lies
    with endpoint() as url:
        done = subprocess.run(
            ["node", script],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "BASE_URL": url, "MOCK_KEY": KEY},
        )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "same": True,
        "chained": "Your parcel is 4417.",
        "streamed": True,
        "helped": "OK",
        "called": [{"port": "Zorvik"}, "The result of depth_at for Zorvik is depth: 41."],
        "parsed": {"name": "Zorvik", "depth": 41},
        "items": ["message", "reasoning", "message", "message"],
        "background": ["queued", "completed", "OK"],
        "resumed": 3,
        "refused": ["NotFoundError 404", "NotFoundError 404", "BadRequestError 400", "AuthenticationError 401"],
    }
