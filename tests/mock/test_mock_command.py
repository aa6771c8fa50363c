"""`harness mock` as a process: it serves, says how to reach it, and stops when told to."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from harness.cli.mock import named_deployment
from harness.mock.defects import DEFECTS

KEY = "a-key-for-this-test"


def started(*options: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "harness", "mock", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "MOCK_KEY": KEY, **environment},
    )


def posted(url: str, body: dict, key: str = KEY) -> tuple[int, bytes]:
    request = urllib.request.Request(url + "/responses", json.dumps(body).encode(), {"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_and_stops(number):
    options = ("--key-env", "MOCK_KEY", "--defect", "A102", "--deployment", "mine=gpt-4.1")
    process = started(*options)
    try:
        assert process.stdout is not None
        said = "".join(process.stdout.readline() for _ in range(5))
        url = re.search(r"http://127\.0\.0\.1:\d+/openai/v1", said)[0]
        status, body = posted(url, {"model": "mine", "input": "Hi"})
        unknown = posted(url, {"model": "gpt-4.1", "input": "Hi"})
        wrong = posted(url, {"model": "mine", "input": "Hi"}, key="wrong")
        with urllib.request.urlopen(url.removesuffix("/openai/v1") + "/healthz", timeout=10) as reply:
            health = json.load(reply)
        process.send_signal(number)
        rest, errors = process.communicate(timeout=10)
    finally:
        process.kill()

    usage = json.loads(body)["usage"]
    assert (status, unknown[0], wrong[0]) == (200, 404, 401)
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"] + 1
    assert health == {"status": "ok"}
    assert KEY not in said
    assert (process.returncode, rest, errors) == (0, "Stopped.\n", "")


def test_what_can_be_wrong_is_listed():
    """Every defect by the id that `--defect` takes, under a heading for its group, with the codes that find it."""
    process = started("--defects")
    said, errors = process.communicate(timeout=30)
    lines = said.splitlines()

    assert (process.returncode, errors) == (0, "")
    assert [line.split()[0] for line in lines if line.startswith("  ")] == list(DEFECTS)
    assert [line[:2] for line in lines if not line.startswith(" ")] == ["A:", "B:", "C:", "F:"]
    (recall,) = [line for line in lines if line.split()[0] == "F10"]
    assert recall.split(None, 2)[1:] == ["any-key", "whoever comes is let in [expect.answered or expect.error]"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--defect", "A999"), "unknown defect `A999`"),
        (("--region", "atlantis"), "unknown region `atlantis`"),
        (("--deployment", "x=gpt-9"), "unknown model `gpt-9`"),
        (("--deployment", "x=gpt-4.1@2001-01-01"), "`gpt-4.1` has no version `2001-01-01`"),
        (("--key-env", "NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE"),
        (("--latency", "soon"), "`soon` is no duration"),
        (("--log", "/nowhere/at/all"), "cannot write /nowhere/at/all"),
    ],
)
def test_wrong_setting_is_refused(options, message):
    process = started(*options)
    _, errors = process.communicate(timeout=20)

    assert process.returncode == 4
    assert message in errors


def test_log_tells_of_every_answer_and_of_no_secret(tmp_path):
    log = tmp_path / "log.jsonl"
    process = started("--key-env", "MOCK_KEY", "--log", str(log), "--latency", "150ms")
    try:
        assert process.stdout is not None
        said = "".join(process.stdout.readline() for _ in range(5))
        url = re.search(r"http://127\.0\.0\.1:\d+/openai/v1", said)[0]
        began = time.monotonic()
        posted(url, {"model": "gpt-4.1", "input": "my secret words", "stream": True})
        took = time.monotonic() - began
        posted(url + "/nowhere?api-key=" + KEY + "&x=", {}, key="wrong")
    finally:
        process.terminate()
        process.communicate(timeout=10)

    text = log.read_text()
    first, second = map(json.loads, text.splitlines())
    assert took >= 0.15
    assert KEY not in text
    assert "secret words" not in text
    assert (first["method"], first["path"], first["status"]) == ("POST", "/openai/v1/responses", 200)
    assert first["streamed"]
    assert first["bytes_out"] > 1000
    assert first["request_id"]
    assert (second["status"], second["path"]) == (404, "/openai/v1/nowhere")


def test_deployment_names_model_version_and_type():
    """What stands before `=` is asked for, what stands behind it answers."""
    assert named_deployment("prod=gpt-4.1@2025-04-14:global_standard") == ("prod", "gpt-4.1@2025-04-14:global_standard")
    assert named_deployment("gpt-4.1@2025-04-14") == ("gpt-4.1", "gpt-4.1@2025-04-14")
    assert named_deployment("o3") == ("o3", "o3")
