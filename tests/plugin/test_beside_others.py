"""Beside other plugins of pytest (D45): no repeat takes a finding away, and a limit of time loses nothing.

They lie in a folder of their own (`make build/plugins`): no other test meets them.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from harness.record.run import Run

PLUGINS = Path(__file__).parents[2] / "build" / "plugins"
pytestmark = pytest.mark.skipif(not PLUGINS.is_dir(), reason="`make build/plugins` brings them")

SPEC = """
scenario: One
id: {name}
turns:
  - user: Reply with OK.
    expect: {{text: {{contains: {text}}}}}
"""
ATTENDED = """
import pytest

@pytest.fixture(autouse=True)
def room():
    yield 1
"""
STANDING = """
import asyncio, pytest
import harness.engine.engine as engine

real = engine.conduct

async def conduct(case, *others, **more):
    if case.scenario.id == "never":
        await asyncio.get_running_loop().create_future()
    return await real(case, *others, **more)

engine.conduct = conduct
"""


def specs(folder: Path, **texts: str) -> None:
    (folder / "specs").mkdir()
    for name, text in texts.items():
        (folder / "specs" / f"{name}.yaml").write_text(SPEC.format(name=name, text=text))


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "harness", "run", "--run-id=run", "--junitxml=out.xml", *arguments]
    paths = os.pathsep.join(filter(None, (str(PLUGINS), os.environ.get("PYTHONPATH"))))
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=180, check=False
    )


def verdicts(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in Run.read(folder / "reports" / "run").sound().cases:
        found.setdefault(line.scenario, []).append(str(line.verdict))
    return found


@pytest.mark.parametrize("attended", [False, True])
@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_reruns_take_no_finding_away(tmp_path: Path, attended: bool, workers: tuple[str, ...]):
    """A case that failed failed: its item may be called again, the endpoint is not asked again."""
    specs(tmp_path, good="OK", bad="Else")
    if attended:
        (tmp_path / "conftest.py").write_text(ATTENDED)

    done = run(tmp_path, "--reruns=2", *workers)

    assert done.returncode == 1, done.stdout
    assert "2 rerun" in done.stdout
    assert verdicts(tmp_path) == {"good": ["passed"], "bad": ["failed"]}
    assert len(ET.parse(tmp_path / "out.xml").getroot().findall(".//failure")) == 1


@pytest.mark.parametrize("method", ["thread", "signal"])
def test_limit_of_time_loses_nothing(tmp_path: Path, method: str):
    """By a thread it ends the process: what is finished is on record. By a signal the case is errored."""
    specs(tmp_path, good="OK", never="OK")
    (tmp_path / "conftest.py").write_text(STANDING)

    done = run(tmp_path, "--timeout=8", f"--timeout-method={method}")

    assert verdicts(tmp_path) == {"good": ["passed"]}
    assert done.returncode == (1 if method == "thread" else 3), done.stdout
    assert Run.read(tmp_path / "reports" / "run").missing == (
        "specs/never.yaml::never[mock/swedencentral/gpt-5-mini-plain-chained]",
    )


def test_worker_that_is_ended_so_is_a_worker_that_died(tmp_path: Path):
    """Its case is errored under its own id, the others go on (D03)."""
    specs(tmp_path, good="OK", never="OK", other="OK")
    (tmp_path / "conftest.py").write_text(STANDING)

    done = run(tmp_path, "-n1", "--timeout=8", "--timeout-method=thread")

    assert done.returncode == 3, done.stdout
    assert verdicts(tmp_path) == {"good": ["passed"], "never": ["errored"], "other": ["passed"]}


def test_without_their_options_they_change_nothing(tmp_path: Path):
    specs(tmp_path, good="OK")

    done = run(tmp_path)

    assert done.returncode == 0, done.stdout
    assert "rerunfailures" in done.stdout
    assert "timeout" in done.stdout
