"""The built wheel alone, in a clean environment outside the checkout, runs a scenario."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCENARIO = """
scenario: It works from the wheel
turns:
  - user: My tent number is 31. Reply with OK.
  - user: What is my tent number?
    expect: {text: {contains: "31"}}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment that holds the wheel and what it pins, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "env"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, cwd=folder)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, cwd=folder)
    return environment


def test_the_wheel_runs_a_scenario(installed: Path, tmp_path: Path):
    """`harness run` in any folder with a `specs/`: exit 0, record and report."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "tent.yaml").write_text(SCENARIO)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "COVERAGE"))}
    done = subprocess.run(
        [installed / "bin" / "harness", "run", "specs"], cwd=tmp_path, env=clean, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    (report,) = tmp_path.glob("reports/*/report.html")
    assert report.with_name("record.jsonl").exists()


@pytest.mark.parametrize(
    "command", ["lint", "rules", "schema", "run", "check", "report", "mock", "explain", "catalogue"]
)
def test_each_command_has_its_help(installed: Path, command: str):
    """No command of the wheel needs what only developers have."""
    done = subprocess.run([installed / "bin" / "harness", command, "--help"], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert len(done.stdout) > 100
