"""`harness run` and `harness probe` against two servers that others wrote, on loopback: what is found there.

The proxy of LiteLLM (mock responses) and the npm package @copilotkit/aimock. Both are installed into a folder of their
own (`build/other-servers`, or what OTHER_SERVERS names); one that cannot be installed is skipped with the reason.
Prints each finding once with how often it was found. Exits 1 when a finding is not listed in docs/other-servers.md,
when a run or a probe breaks, or when nothing was tried.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from harness.record.run import Run

ROOT = Path(__file__).parents[2]
HOME = Path(os.environ.get("OTHER_SERVERS", ROOT / "build" / "other-servers"))
PAGE = ROOT / "docs" / "other-servers.md"
KEY = "sk-a-key-of-this-proof-alone"
SCENARIOS = """\
scenario: Hello
modes: {delivery: [plain, stream]}
turns:
  - {user: Reply with OK., expect: {status: completed}}
---
scenario: Parcel
modes: {delivery: [plain, stream], state: [chained, manual]}
turns:
  - {user: My parcel number is 4417. Reply with OK., expect: {status: completed}}
  - {user: What is my parcel number?, expect: {status: completed}}
---
scenario: Weather
modes: {delivery: [plain, stream]}
tools:
  - type: function
    name: weather
    strict: true
    parameters: {type: object, properties: {city: {type: string}}, required: [city], additionalProperties: false}
turns:
  - {user: What is the weather in Bergen?, expect: {status: completed}}
"""
FIXTURES = {
    "fixtures": [
        {"match": {"userMessage": "What is my parcel number"}, "response": {"content": "Your parcel number is 4417."}},
        {
            "match": {"userMessage": "weather"},
            "response": {"toolCalls": [{"name": "weather", "arguments": '{"city":"Bergen"}'}]},
        },
        {"match": {"userMessage": "OK"}, "response": {"content": "OK"}},
    ]
}
PROXY = """\
model_list:
  - model_name: mocked
    litellm_params: {model: openai/gpt-4.1, api_key: none, mock_response: OK}
"""


class NotInstalled(Exception):
    """A server cannot be had here; the message says why."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def done(*command: str, cwd: Path) -> None:
    """Runs an installer."""
    try:
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        raise NotInstalled(f"{command[0]} failed: {type(error).__name__}") from None


@contextlib.contextmanager
def serving(command: list[str], port: int, cwd: Path) -> Iterator[str]:
    """A server while it is needed; its address."""
    with (cwd / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=cwd, stdout=log, stderr=log, env={**os.environ, "LITELLM_MASTER_KEY": KEY}
        )
        try:
            for _ in range(240):
                if process.poll() is not None:
                    raise NotInstalled(f"it ended with {process.returncode}, see {cwd / 'server.log'}")
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2)
                    break
                except urllib.error.HTTPError:
                    break
                except OSError:
                    time.sleep(0.5)
            yield f"http://127.0.0.1:{port}/v1/"
        finally:
            process.terminate()
            process.wait(20)


@contextlib.contextmanager
def aimock() -> Iterator[tuple[str, str]]:
    """The npm package, with fixtures of its own; address and deployment."""
    folder = HOME / "aimock"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "node_modules" / ".bin" / "llmock"
    if not program.exists():
        if shutil.which("npm") is None:
            raise NotInstalled("there is no npm")
        done("npm", "install", "--silent", "--no-audit", "--no-fund", "@copilotkit/aimock", cwd=folder)
    (folder / "fixtures").mkdir(exist_ok=True)
    (folder / "fixtures" / "all.json").write_text(json.dumps(FIXTURES))
    port = free_port()
    with serving([str(program), "-p", str(port), "-f", "fixtures"], port, folder) as address:
        yield address, "gpt-4.1"


@contextlib.contextmanager
def litellm() -> Iterator[tuple[str, str]]:
    """LiteLLM's proxy with a mocked model."""
    folder = HOME / "litellm"
    program = folder / "venv" / "bin" / "litellm"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        done(sys.executable, "-m", "venv", "venv", cwd=folder)
        done(str(folder / "venv" / "bin" / "pip"), "install", "-q", "litellm[proxy]", cwd=folder)
    (folder / "proxy.yaml").write_text(PROXY)
    port = free_port()
    command = [str(program), "--config", "proxy.yaml", "--host", "127.0.0.1", "--port", str(port)]
    with serving(command, port, folder) as address:
        yield address, "mocked"


def harness(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OTHER_KEY": KEY}
    command = [sys.executable, "-m", "harness", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)


def tried(name: str, address: str, deployment: str) -> int:
    """How much is wrong: with what is found and not listed, or with the harness itself."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "specs").mkdir()
        (folder / "specs" / "all.yaml").write_text(SCENARIOS)
        (folder / "targets.yaml").write_text(
            f"targets: [{{name: {name}, endpoint: '{address}', deployment: {deployment}, model: gpt-4.1, "
            "auth: {api_key_env: OTHER_KEY}}]\n"
        )
        ran = harness("run", "specs", "-q", cwd=folder)
        if ran.returncode not in (0, 1, 6):
            print(ran.stdout[-3000:], ran.stderr[-2000:])
            return 1
        (reports,) = (folder / "reports").iterdir()
        run = Run.read(reports)
        found = Counter((each.rule, str(each.level), each.pointer) for line in run.cases for each in line.findings)
        print(f"{name}: {len(run.cases)} cases, {Counter(str(line.verdict) for line in run.cases)}")
        wrong = 0
        for (rule, level, pointer), count in sorted(found.items()):
            listed = f"`{rule}`" in page
            wrong += not listed
            print(f"  {level:8} {rule:28} {pointer:32} {count}{'' if listed else '   NOT LISTED'}")
        probed = harness("probe", "--format", "json", cwd=folder)
        if probed.returncode not in (0, 1, 6):
            print(probed.stdout[-2000:], probed.stderr[-2000:])
            return wrong + 1
        told = json.loads(probed.stdout)
        for each in told["drift"]:
            wrong += f"`{each['feature']}`" not in page and not each["feature"].startswith("effort_")
        did = Counter(cell["did"] for each in told["targets"] for cell in each["features"].values())
        print(f"  probe: {dict(did)}; drift: {', '.join(each['feature'] for each in told['drift']) or 'none'}")
        return wrong


def main() -> int:
    wrong = count = 0
    for name, server in (("aimock", aimock), ("litellm", litellm)):
        try:
            with server() as (address, deployment):
                wrong += tried(name, address, deployment)
                count += 1
        except NotInstalled as why:
            print(f"{name}: skipped, {why}")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
