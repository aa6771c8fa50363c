"""Processes that die under a case: the case is errored, the others go on, and the run says so (D02, D03, D04)."""

from pathlib import Path

import pytest
from builders import runs

from harness.engine.traces.lost import Lost, lost
from harness.record.run import Run
from harness.wire.redact import Redactor

SPEC = """
scenario: One of many
id: {name}
turns:
  - user: Reply with OK.
    expect: {{status: completed}}
"""
DEATHS = {
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "gone": "os._exit(0)",
    "fault": "faulthandler.disable(); os.kill(os.getpid(), signal.SIGSEGV)",
}
PLUGIN = """
import faulthandler, os, signal

def pytest_runtest_call(item):
    if "PYTEST_XDIST_WORKER" in os.environ:
"""


def dying(pytester: pytest.Pytester, **deaths: str) -> None:
    """Has a worker die in this way when it comes to an item of whose name this is a part."""
    lines = [f"        if {which!r} in item.name: {DEATHS[death]}\n" for which, death in deaths.items()]
    pytester.makeconftest(PLUGIN + "".join(lines))


def specs(pytester: pytest.Pytester, *names: str) -> None:
    (pytester.path / "specs").mkdir()
    for name in names:
        (pytester.path / "specs" / f"{name}.yaml").write_text(SPEC.format(name=name))


def run(pytester: pytest.Pytester, *arguments: str) -> tuple[pytest.RunResult, Path]:
    result = pytester.runpytest_subprocess("--rootdir=.", "specs", "--run-id=run", *arguments, timeout=300)
    return result, pytester.path / "reports" / "run"


def test_case_of_a_dead_worker_is_errored(pytester: pytest.Pytester):
    """Under its own id, with its scenario and target; every other case has its own verdict; exit 3."""
    specs(pytester, "first", "second", *DEATHS, "last")
    dying(pytester, **{death: death for death in DEATHS})

    result, directory = run(pytester, "-n2")

    assert result.ret == 3
    read = Run.read(directory).sound()
    said = {line.scenario: str(line.verdict) for line in read.cases}
    assert said == {"first": "passed", "second": "passed", "last": "passed", **dict.fromkeys(DEATHS, "errored")}
    assert read.missing == ()
    (line,) = (line for line in read.cases if line.scenario == "killed")
    assert (line.title, line.target, line.model) == ("One of many", "mock/swedencentral/gpt-5-mini", "gpt-5-mini")
    assert "died" in (line.reason or "")
    assert (directory / "report.html").exists()


def test_workers_that_die_at_every_case_end_the_run(pytester: pytest.Pytester):
    """It does not wait for ever, and what never ran is known (D04)."""
    names = [f"case-{number}" for number in range(12)]
    specs(pytester, *names)
    dying(pytester, case="killed")

    result, directory = run(pytester, "-n1", "--max-worker-restart=1")

    assert result.ret == 3
    read = Run.read(directory).sound()
    assert len(read.cases) + len(read.missing) == 12
    assert {str(line.verdict) for line in read.cases} == {"errored"}
    assert len(read.missing) >= 8


def test_test_of_somebody_else_is_left_alone(pytester: pytest.Pytester):
    """A Python test whose worker dies is pytest's own business."""
    specs(pytester, "first")
    dying(pytester, dies="killed")
    pytester.makepyfile(test_other="def test_dies(): pass")

    result, directory = run(pytester, "-n1", "test_other.py")

    assert result.ret == 1
    assert [str(line.verdict) for line in Run.read(directory).cases] == ["passed"]


def test_case_that_was_finished_is_not_lost(tmp_path: Path):
    """Its process died after it had written the line: the line stands."""

    directory = runs.write(tmp_path / "run", runs.head([runs.case_id()]), [runs.case()], "gw0")
    noting = Lost(directory, None, Redactor())

    assert noting.note(runs.case_id(), "died") is None
    with pytest.raises(LookupError):
        noting.note("tests/test_other.py::test_dies", "died")
    noting.close()

    assert not (directory / "record-lost.jsonl").exists()
    assert lost(runs.head(), "specs/unknown.yaml::x[y]", "died").title == "x"
