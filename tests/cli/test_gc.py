"""Whatever ends a run, after `harness gc` nothing of it is left at the provider."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.engine.ledger import ledgers, read

KEY = "a-key-for-the-tests-of-gc"
ENVIRONMENT = {**os.environ, "GC_KEY": KEY}
FILES = Path(__file__).parents[1] / "builders" / "attachments"
SCENARIO = """
scenario: Files and an answer
cases: [{n: 1}, {n: 2}]
modes: {delivery: [plain, stream]}
turns:
  - {id: up, upload: {file: attachments/note.txt, purpose: assistants}, capture: {file: $.id}}
  - user: Describe the picture.
    attach: [{image: attachments/dot.png, via: file_id}]
    expect: {status: completed}
  - {id: twin, user: "Say OK. ${n}", expect: {status: completed}}
  - {user: "Say OK again.", expect: {status: completed}}
"""


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The embedded endpoint in a process of its own, slow enough to be in the middle of something."""
    yield from serving("--latency", "100ms")


def serving(*arguments: str) -> Iterator[str]:
    command = [sys.executable, "-m", "harness", "mock", "--port", "0", "--key-env", "GC_KEY", *arguments]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert server.stdout is not None
    try:
        yield next(found.group() for line in server.stdout if (found := re.search(r"http://[\d.]+:\d+/\S*", line)))
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "files.yaml").write_text(SCENARIO)
    shutil.copytree(FILES, tmp_path / "specs" / "attachments")
    return tmp_path


def options(endpoint: str) -> list[str]:
    return ["--endpoint", endpoint, "--api-key-env", "GC_KEY"]


def started(project: Path, endpoint: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "harness", "run", "-q", *options(endpoint), "--deployment", "gpt-5-mini"]
    return subprocess.Popen(command, cwd=project, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def until_made(project: Path, least: int) -> None:
    """Until the run has noted the ids of so many things."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = [entry for path in project.glob("reports/*/ledger*.jsonl") for entry in read(path)[0] if entry.ids]
        if len(found) >= least:
            return
        time.sleep(0.005)
    raise AssertionError("the run made nothing")


def swept(project: Path, endpoint: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "harness", "gc", *options(endpoint), *arguments]
    return subprocess.run(command, cwd=project, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)


def asked(endpoint: str, path: str) -> tuple[int, Any]:
    request = urllib.request.Request(f"{endpoint.rstrip('/')}/{path}", headers={"api-key": KEY})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def still_there(project: Path, endpoint: str) -> list[str]:
    """What the endpoint still holds: every file that it lists, and whatever the ledgers have an id of."""
    found = [f"file {each['filename']}" for each in asked(endpoint, "files?limit=100")[1]["data"]]
    places = {"response": "responses", "conversation": "conversations"}
    for path in project.glob("reports/*/ledger*.jsonl"):
        for entry in read(path)[0]:
            ids = entry.ids if entry.kind in places else ()
            found += [f"{entry.kind} {id_}" for id_ in ids if asked(endpoint, f"{places[entry.kind]}/{id_}")[0] == 200]
    return found


def test_a_run_that_ends_leaves_nothing(project: Path, endpoint: str):
    """Every case removes what it made, and the ledger says so."""
    scenario = project / "specs" / "files.yaml"
    scenario.write_text(SCENARIO + "  - call: {method: POST, path: conversations, body: {}}\n")
    run = started(project, endpoint)
    output, _ = run.communicate(timeout=60)

    assert run.returncode == 0, output
    (path,) = ledgers(next((project / "reports").iterdir()))
    entries, torn = read(path)
    assert torn == 0
    assert {entry.kind for entry in entries} == {"file", "response", "conversation"}
    assert all(entry.gone and entry.ids for entry in entries)
    assert still_there(project, endpoint) == []
    assert "left at the provider" not in output


def test_an_interrupted_run_cleans_up_itself(project: Path, endpoint: str):
    """Ctrl-C in the middle: exit 2, and what was made is removed before the process ends."""
    run = started(project, endpoint)
    until_made(project, 5)
    run.send_signal(signal.SIGINT)
    output, _ = run.communicate(timeout=60)

    assert run.returncode == 2, output
    done = swept(project, endpoint)
    assert done.returncode == 0, done.stdout
    assert still_there(project, endpoint) == []


@pytest.mark.parametrize("least", [1, 5, 9])
def test_what_a_killed_run_left_is_removed(project: Path, endpoint: str, least: int):
    """Killed at once, with uploads and answers under way; twice is no harm."""
    run = started(project, endpoint)
    until_made(project, least)
    run.kill()
    run.communicate(timeout=60)
    before = still_there(project, endpoint)

    done = swept(project, endpoint)

    assert before
    assert done.returncode == 0, done.stdout + done.stderr
    assert still_there(project, endpoint) == []
    assert "0 of" in swept(project, endpoint).stdout


def test_nothing_is_sent_elsewhere(project: Path, endpoint: str):
    """A ledger of another endpoint is told of, and no key goes there."""
    folder = project / "reports" / "run-1"
    folder.mkdir(parents=True)
    line = {"entry": 1, "kind": "file", "endpoint": "https://other.example/v1/", "target": "x", "case": "c"}
    (folder / "ledger.jsonl").write_text(json.dumps(line) + '\n{"entry": 1, "id": "assistant-1"}\n{"entry":')

    done = swept(project, endpoint, "run-1")

    assert done.returncode == 1
    assert "no target of https://other.example/v1/ was named" in done.stdout
    assert "1 of 1 left, 1 lines cannot be read" in done.stdout
    assert "left: file assistant-1" in done.stdout


def test_what_nobody_knows_the_id_of_is_told(project: Path, endpoint: str):
    """A conversation that was asked for and never answered cannot be found: the API lists none."""
    folder = project / "reports" / "run-1"
    folder.mkdir(parents=True)
    line = {"entry": 1, "kind": "conversation", "endpoint": endpoint.rstrip("/") + "/", "target": "x", "case": "c"}
    (folder / "ledger.jsonl").write_text(json.dumps(line) + "\n")

    done = swept(project, endpoint)

    assert done.returncode == 1
    assert "of unknown id: conversation (no id came)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("nowhere",), 4, "there is no run nowhere"),
        ((), 5, "no run here has left a ledger"),
    ],
)
def test_wrong_use(tmp_path: Path, arguments: tuple[str, ...], status: int, told: str):
    command = [sys.executable, "-m", "harness", "gc", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == status
    assert told in done.stderr
