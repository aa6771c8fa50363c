"""What is around a run: few open files (D25), workers and shards that collect otherwise (D26), another code page (D30),
secrets in the list of processes (D40), variables (D41), records taken away while it runs (D42).
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from builders import runs

from harness.engine import surroundings
from harness.engine.surroundings import TooFewFiles, at_once, unsafe, untested
from harness.record.environment import mattering
from harness.record.run import Run
from harness.record.unsound import Different

SPEC = """
scenario: Häuser über Wörtern →
id: {id}
cases: [{rows}]
turns:
  - user: "Reply with Grüße${{n}}→."
    expect: {{status: completed, text: {{contains: Grüße}}}}
"""


def specs(folder: Path, *names: str, rows: int = 1) -> None:
    (folder / "specs").mkdir()
    for name in names:
        text = SPEC.format(id=name, rows=", ".join(f"{{n: {number}}}" for number in range(rows)))
        (folder / "specs" / f"{name}.yaml").write_text(text, encoding="utf-8")


def run(folder: Path, *arguments: str, before: Any = None, environment: Mapping[str, str] | None = None):
    command = [sys.executable, "-m", "harness", "run", "--run-id=run", *arguments]
    variables = {**os.environ, **(environment or {})}
    return subprocess.run(
        command, cwd=folder, capture_output=True, preexec_fn=before, env=variables, timeout=180, check=False
    )


def read(folder: Path) -> Run:
    return Run.read(folder / "reports" / "run").sound()


def files(limit: int) -> Any:
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


def test_few_open_files_mean_fewer_cases_at_once(tmp_path: Path):
    """64 of them (D25): all cases run, fewer at once, and that is said."""
    specs(tmp_path, "one", rows=40)

    done = run(tmp_path, before=files(64))

    assert done.returncode == 0, done.stdout.decode()
    found = read(tmp_path)
    assert [str(line.verdict) for line in found.cases] == ["passed"] * 40
    assert 1 <= found.head.settings["concurrency"] < 20
    assert "the limit of open files allows no more" in done.stdout.decode()


def test_too_few_open_files_are_refused_with_the_number(tmp_path: Path):
    specs(tmp_path, "one")

    done = run(tmp_path, before=files(30))

    assert done.returncode == 4, done.stdout.decode()
    assert "this process may have 30 files open, and a run needs" in done.stdout.decode() + done.stderr.decode()
    assert not list(tmp_path.glob("reports/run/record*.jsonl"))


class Files:
    """Limits of open files, as the system tells and sets them."""

    RLIM_INFINITY, RLIMIT_NOFILE = -1, 7

    def __init__(self, soft: int, hard: int) -> None:
        self.limits = (soft, hard)

    def getrlimit(self, which: int) -> tuple[int, int]:
        return self.limits

    def setrlimit(self, which: int, limits: tuple[int, int]) -> None:
        self.limits = limits


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "borne", "after"),
    [
        (1024, 4096, 32, 32, 1024),
        (64, 4096, 32, 32, 10 + 24 + 32 * 4),
        (64, 100, 32, (100 - 34) // 4, 100),
        (64, -1, 32, 32, 10 + 24 + 32 * 4),
        (-1, -1, 32, 32, -1),
        (38, 38, 32, 1, 38),
        (37, 37, 32, None, 37),
    ],
)
def test_limit_of_open_files(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, wanted: int, borne: Any, after: int
):
    """Raised as far as this process may, and no further than needed."""
    system = Files(soft, hard)
    monkeypatch.setattr(surroundings, "resource", system)
    monkeypatch.setattr(surroundings, "_open", lambda: 10)

    if borne is None:
        with pytest.raises(TooFewFiles, match=r"may have 37 files open, and a run needs 38 at least, 162 for 32 cases"):
            at_once(wanted)
    else:
        assert at_once(wanted) == borne
    assert system.limits[0] == after


def test_workers_that_collect_otherwise_are_refused(tmp_path: Path):
    """No failure of the endpoint: it was never asked (D26)."""
    specs(tmp_path, "one", "two")
    (tmp_path / "conftest.py").write_text(
        "import os, pytest\n"
        "@pytest.hookimpl(trylast=True)\n"
        "def pytest_collection_modifyitems(items):\n"
        "    if os.environ.get('PYTEST_XDIST_WORKER') == 'gw1': items.reverse()\n"
    )

    done = run(tmp_path, "-n2")

    assert done.returncode == 4, done.stdout.decode()
    assert "workers collected different cases: nothing was sent" in done.stdout.decode()
    assert read(tmp_path).cases == ()


def test_ids_are_the_same_however_python_hashes(tmp_path: Path):
    """They come from files and names, in their order."""
    specs(tmp_path, "b", "a", "c", rows=2)
    listed = {
        run(tmp_path, "--collect-only", "-q", environment={"PYTHONHASHSEED": seed}).stdout.partition(b"\n\n")[0]
        for seed in ("0", "1", "2")
    }

    (only,) = listed
    assert only.count(b"::") == 6
    assert only.index(b"specs/a.yaml") < only.index(b"specs/b.yaml") < only.index(b"specs/c.yaml")


def test_shards_of_different_collections_are_not_joined(tmp_path: Path):
    """A scenario that only one machine had would be missed without a word."""
    first = runs.head([runs.case_id()], collected="aaaa")
    runs.write(tmp_path / "run", first, [], "1of2")
    runs.write(tmp_path / "run", runs.head([runs.case_id()], collected="bbbb"), [], "2of2")

    with pytest.raises(Different, match="collection of cases"):
        Run.read(tmp_path / "run")


@pytest.mark.parametrize(("one", "other"), [("aaaa", "aaaa"), ("", "bbbb")])
@pytest.mark.parametrize("shards", [("1of2", "2of2"), ("gw0", "gw1")])
def test_others_are(tmp_path: Path, one: str, other: str, shards: tuple[str, str]):
    for collected, shard in zip((one, other), shards, strict=True):
        runs.write(tmp_path / "run", runs.head([runs.case_id()], collected=collected), [], shard)

    assert Run.read(tmp_path / "run").head.planned == (runs.case_id(),)


def test_shards_note_what_was_collected_before_they_were_parted(tmp_path: Path):
    specs(tmp_path, "one", "two", rows=3)
    for shard in ("1/2", "2/2"):
        assert run(tmp_path, f"--shard={shard}").returncode == 0

    heads = [json.loads(path.read_bytes().splitlines()[0])["body"] for path in tmp_path.glob("reports/run/record-*")]
    assert len(heads) == 2
    assert len({head["collected"] for head in heads}) == 1
    assert heads[0]["planned"] != heads[1]["planned"]
    assert len(read(tmp_path).cases) == 6


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "cp1252:strict", "PYTHONUTF8": "0"},
        {
            "LANG": "C",
            "LC_ALL": "POSIX",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONIOENCODING": "ascii:strict",
        },
    ],
)
def test_files_are_utf_8_under_any_code_page(tmp_path: Path, environment: Mapping[str, str]):
    """With one kind of line end; and the terminal is told all the same (D30)."""
    specs(tmp_path, "one")
    done = run(tmp_path, "--junitxml=out.xml", "-v", environment={**environment, "PYTHONWARNDEFAULTENCODING": "1"})

    assert done.returncode == 0, done.stdout
    assert b"1 passed" in done.stdout
    (line,) = read(tmp_path).cases
    assert line.title == "Häuser über Wörtern →"
    assert "Grüße0→" in json.dumps(line.turns[0].asked, ensure_ascii=False)
    for path in (tmp_path / "out.xml", *(tmp_path / "reports" / "run").glob("*.[jh]*")):
        data = path.read_bytes()
        assert data.decode("utf-8")
        assert b"\r" not in data
    assert b"EncodingWarning" not in b"".join(
        warned for warned in done.stderr.splitlines() if str(Path(surroundings.__file__).parents[1]).encode() in warned
    )


PROCESSES = """
import os, pathlib
import pytest

@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
    seen = [path.read_bytes() for path in pathlib.Path("/proc").glob("[0-9]*/cmdline") if os.access(path, os.R_OK)]
    with open("seen.bin", "ab") as file:
        file.write(b"|".join(seen))
"""


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no list of processes to be read")
@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_no_secret_stands_in_the_list_of_processes(tmp_path: Path, workers: tuple[str, ...]):
    """Looked at while cases run, ours and every process that was started (D40)."""
    specs(tmp_path, "one")
    (tmp_path / "conftest.py").write_text(PROCESSES)
    secret = "a-key-that-nobody-may-see-0123456789"
    options = ("--endpoint=http://127.0.0.1:9/v1", "--deployment=d", "--api-key-env=SOME_KEY", *workers)

    done = run(tmp_path, *options, environment={"SOME_KEY": secret})

    assert done.returncode == 6, done.stdout.decode()
    seen = (tmp_path / "seen.bin").read_bytes()
    assert b"--api-key-env=SOME_KEY" in seen
    assert secret.encode() not in seen
    assert secret.encode() not in done.stdout + done.stderr


def test_what_may_change_a_run_is_named_in_its_head(tmp_path: Path):
    """By name: a value may hold a password (D41)."""
    specs(tmp_path, "one")
    set_ = {
        "HTTPS_PROXY": "http://user:p4ssword@proxy.invalid",
        "OPENAI_BASE_URL": "https://other.invalid/",
        "SSL_CERT_FILE": "/nowhere/p4ssword.pem",
        "PYTHONPATH": str(tmp_path),
        "SOMETHING_ELSE": "1",
    }

    assert run(tmp_path, environment=set_).returncode == 0

    head = read(tmp_path).head
    assert set(set_) - {"SOMETHING_ELSE"} <= set(head.environment)
    assert "SOMETHING_ELSE" not in head.environment
    assert "p4ssword" not in (tmp_path / "reports" / "run" / "record.jsonl").read_text()


def test_what_pytest_sets_itself_is_not_named():
    assert mattering(["PYTEST_CURRENT_TEST", "https_proxy", "LANGUAGE", "LANG", "PYTEST_ADDOPTS", "CI"]) == (
        *("CI", "LANG", "PYTEST_ADDOPTS", "https_proxy"),
    )


def test_keys_of_tls_are_not_written_down_in_a_pipeline(tmp_path: Path):
    specs(tmp_path, "one")

    done = run(tmp_path, environment={"CI": "true", "SSLKEYLOGFILE": str(tmp_path / "keys")})

    assert done.returncode == 4
    assert b"SSLKEYLOGFILE is set" in done.stdout + done.stderr
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("pipeline", ["", "0", "false", "False"])
def test_elsewhere_they_may_be(pipeline: str):
    assert unsafe({"CI": pipeline, "SSLKEYLOGFILE": "keys"}) is None
    assert unsafe({"CI": "1"}) is None


KEEPER = """
import pathlib, shutil

def pytest_runtest_logreport(report):
    if report.when == "call":
        shutil.copytree("reports/run", f"taken/{len(list(pathlib.Path('taken').glob('*')))}")
"""


def test_a_record_can_be_taken_away_at_any_moment(tmp_path: Path):
    """As a pipeline does with a job that it cancels: what is finished by then can be read (D42)."""
    specs(tmp_path, "one", rows=12)
    (tmp_path / "conftest.py").write_text(KEEPER)
    (tmp_path / "taken").mkdir()

    assert run(tmp_path, "--concurrency=2").returncode == 0

    counts = [len(Run.read(path).sound().cases) for path in (tmp_path / "taken").iterdir()]
    assert len(counts) == 12
    assert min(counts) >= 1
    assert max(counts) == 12


@pytest.mark.parametrize(
    ("installed", "newer"), [("3.54.0", False), ("3.2.9", False), ("3.55.0", True), ("4.0", True), ("10.0.0rc1", True)]
)
def test_newer_package_is_told(installed: str, newer: bool):
    assert (untested(installed) is not None) is newer


def test_what_is_tested_is_what_is_installed_here():
    """Who raises the pinned version tests it, and says so."""
    assert untested() is None


def test_raw_client_needs_no_package_of_the_service(tmp_path: Path):
    """What such a package changes cannot change what is seen on the wire (D39)."""
    specs(tmp_path, "one")
    (tmp_path / "conftest.py").write_text(
        "import sys\ndef pytest_sessionfinish(): open('modules', 'w').write(' '.join(sys.modules))\n"
    )

    assert run(tmp_path).returncode == 0

    modules = (tmp_path / "modules").read_text().split()
    assert "harness.wire.client" in modules
    assert [name for name in modules if name.partition(".")[0] == "openai"] == []
