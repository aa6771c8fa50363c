"""`harness run --untrusted`: what lies beside the scenarios is not run, what the environment holds is not there."""

import json
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import confined, main, untrusted

SCENARIO = "scenario: Hello\nid: hello\nturns: [{user: Reply with OK., expect: {status: completed}}]\n"
MARKING = "from pathlib import Path\nPath({marks!r}, {name!r}).write_text('ran')\n"
PYTHON = ("conftest.py", "__init__.py", "sitecustomize.py", "test_planted.py", "planted.py", "yaml.py")
NOT_TAKEN = (
    *(
        "--endpoint=https://a.openai.azure.com/openai/v1",
        "--deployment=d",
        "--api-key-env=KEY",
        "--targets=targets.yaml",
    ),
    *("--target=azure/*", "--set=a=b", "--defect=A102", "--gate", "--policy=gate.yaml", "--baseline=b", "--resume=r"),
    *("--replay=r", "--record=r", "--max-requests=9", "--shard=1/2", "--examples=9", "--repeat=9", "--probe"),
    *("-p=os", "-c=pytest.ini", "-o=a=b", "--rootdir=.", "--confcutdir=.", "--import-mode=prepend", "--pdb"),
)


def harness(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as it is installed, in a folder."""
    return subprocess.run(
        [sys.executable, "-I", "-m", "harness", "run", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


@pytest.fixture
def contributed(tmp_path: Path) -> Path:
    """A project of somebody else, with one good scenario."""
    specs = tmp_path / "project" / "specs"
    specs.mkdir(parents=True)
    (specs / "hello.yaml").write_text(SCENARIO)
    return specs.parent


@pytest.fixture
def marks(contributed: Path, tmp_path: Path) -> Path:
    """Files that tell when they are run, above the scenarios and beside them; the folder where they tell it."""
    folder = tmp_path / "marks"
    folder.mkdir()
    for place in (contributed, contributed / "specs"):
        for name in PYTHON:
            (place / name).write_text(MARKING.format(marks=str(folder), name=f"{place.name}-{name}"))
        (place / "pytest.ini").write_text("[pytest]\naddopts = -p planted\npythonpath = .\n")
        (place / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "-p planted"\npythonpath = "."\n')
        (place / ".env").write_text("PYTEST_ADDOPTS=-p planted\nPYTHONPATH=.\n")
    return folder


def told(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_that_lies_beside_the_scenarios_runs(contributed, marks):
    done = harness(contributed, "--untrusted", "specs")

    assert (done.returncode, told(marks)) == (0, []), done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_planted_files_run_where_scenarios_are_trusted(contributed, marks):
    """So that the test above can fail: a team's own `pytest specs` is as convenient as ever."""
    (contributed / "specs" / "yaml.py").unlink()
    (contributed / "yaml.py").unlink()
    subprocess.run(
        [sys.executable, "-m", "pytest", "specs"],
        cwd=contributed,
        env={**os.environ, "PYTHONPATH": str(contributed)},
        capture_output=True,
        timeout=110,
        check=False,
    )

    ran = {name.partition("-")[2] for name in told(marks)}
    assert {"__init__.py", "planted.py", "sitecustomize.py"} <= ran


@pytest.mark.parametrize("option", NOT_TAKEN)
def test_other_options_are_refused(option: str, contributed, monkeypatch):
    """No target but the embedded endpoint, no variable, no policy, no plugin: exit 4, and no process was started."""
    monkeypatch.setattr(untrusted, "run", lambda *_: pytest.fail("it was started"))
    name, _, value = option.partition("=")
    done = CliRunner().invoke(
        main, ["run", "--untrusted", str(contributed / "specs"), name, *([value] if value else [])]
    )

    assert done.exit_code == 4, done.output
    assert name in done.output


@pytest.mark.parametrize("more", [["other-specs"], ["specs/hello.yaml::hello"]])
def test_a_scenario_is_no_argument(more, contributed, monkeypatch):
    monkeypatch.setattr(untrusted, "run", lambda *_: pytest.fail("it was started"))

    assert CliRunner().invoke(main, ["run", "--untrusted", "specs", *more]).exit_code == 4


def test_a_live_target_that_lies_there_is_not_asked(contributed):
    """With its key in the environment: nobody connects, and the run is on the embedded endpoint."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/openai/v1"
        written = f"targets: [{{name: live, endpoint: '{address}', deployment: d, auth: {{api_key_env: LIVE_KEY}}}}]\n"
        for place in (contributed, contributed / "specs"):
            (place / "targets.yaml").write_text(written)
        done = harness(contributed, "--untrusted", "specs", LIVE_KEY="a-key-of-many-letters")
        listening.settimeout(0.0)
        with pytest.raises(BlockingIOError):
            listening.accept()

    assert done.returncode == 0, done.stdout + done.stderr
    assert "ran on the embedded endpoint" in done.stdout


def test_the_environment_of_the_process(tmp_path):
    """400 variables of any name and value: none of them is there."""
    canaries = {f"CANARY_{number}_{secrets.token_hex(3)}": secrets.token_hex(16) for number in range(400)}
    given = {**canaries, "GITHUB_TOKEN": "t", "PYTEST_ADDOPTS": "-p os", "PYTHONPATH": ".", "LANG": "C.UTF-8"}

    assert untrusted.environment(given, tmp_path) == {
        "LANG": "C.UTF-8",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def test_a_run_that_takes_too_long_is_interrupted(contributed, capfd):
    status = untrusted.run(contributed / "specs", ["--reports", str(contributed / "reports")], seconds=0.01)

    assert status == 2
    assert "interrupted: untrusted scenarios are given 0.01 seconds" in capfd.readouterr().err


def test_reports_go_where_the_operator_says(contributed, tmp_path):
    """A link of the name `reports` in what was contributed leads nowhere."""
    (contributed / "reports").symlink_to(tmp_path)
    done = harness(contributed, "--untrusted", "specs")

    assert done.returncode == 4
    assert "--reports is a link" in done.stderr


def test_what_is_no_folder_of_scenarios(contributed, tmp_path):
    (tmp_path / "link").symlink_to(contributed / "specs")
    (tmp_path / "empty").mkdir()
    for folder in ("link", "empty", "none"):
        done = CliRunner().invoke(main, ["run", "--untrusted", str(tmp_path / folder)])
        assert done.exit_code == 4, folder


EVENTS = [
    ("socket.connect", (None, ("127.0.0.1", 80)), True),
    ("socket.connect", (None, ("127.9.9.9", 80)), True),
    ("socket.connect", (None, ("::1", 80, 0, 0)), True),
    ("socket.connect", (None, "/run/own.sock"), True),
    ("socket.connect", (None, ("192.0.2.7", 80)), False),
    ("socket.connect", (None, ("169.254.169.254", 80)), False),
    ("socket.connect", (None, ("localhost.evil.tld", 80)), False),
    ("socket.connect", (None, ("::ffff:192.0.2.7", 80, 0, 0)), False),
    ("socket.sendto", (None, ("192.0.2.7", 53)), False),
    ("socket.getaddrinfo", ("127.0.0.1", 80, 0, 0, 0), True),
    ("socket.getaddrinfo", (None, 80, 0, 0, 0), True),
    ("socket.getaddrinfo", ("secret.evil.tld", 80, 0, 0, 0), False),
    ("subprocess.Popen", (sys.executable, [], None, None), True),
    ("subprocess.Popen", ("/bin/sh", [], None, None), False),
    ("os.system", ("true",), False),
    ("os.exec", ("/bin/sh", [], None), False),
    ("os.fork", (), False),
    ("open", ("/etc/hostname", "r", 0), True),
]


@pytest.mark.parametrize(("event", "arguments", "may"), EVENTS)
def test_what_the_process_may_not(event, arguments, may):
    if may:
        assert confined.watch(event, arguments) is None  # type: ignore[func-returns-value]
    else:
        with pytest.raises(confined.NotHere, match=event.replace(".", r"\.")):
            confined.watch(event, arguments)


def test_a_confined_process_opens_no_connection():
    """The hook is one of the interpreter: no way of Python's around it."""
    tried = (
        "import socket, sys, subprocess\nfrom harness.cli import confined\nsys.addaudithook(confined.watch)\n"
        "for what in (lambda: socket.socket().connect(('192.0.2.7', 80)),\n"
        "             lambda: socket.getaddrinfo('a.invalid', 80), lambda: subprocess.run(['true'])):\n"
        "    try:\n        what()\n    except confined.NotHere as error:\n        print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=True, timeout=60)

    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "socket.connect",
        "socket.getaddrinfo",
        "subprocess.Popen",
    ]


def test_a_large_run_is_refused(monkeypatch):
    monkeypatch.setattr(confined, "MOST_CASES", 2)
    confined.pytest_collection_modifyitems([None, None])  # type: ignore[list-item]
    with pytest.raises(pytest.UsageError, match="3 cases; at most 2"):
        confined.pytest_collection_modifyitems([None] * 3)  # type: ignore[list-item]


def test_attachments_tables_and_records_are_as_ever(contributed):
    """What scenarios need goes along, and the record is where it always is."""
    specs = contributed / "specs"
    (specs / "rows.csv").write_text("word\nred\nblue\n")
    (specs / "note.txt").write_text("The word is heron.")
    (specs / "more.yaml").write_text(
        "scenario: Words\nid: words\ncases: rows.csv\nturns:\n"
        '  - {user: "Reply with ${word}.", expect: {text: {contains: "${word}"}}}\n'
        "---\nscenario: Notes\nid: notes\nturns:\n"
        "  - {user: Read the file., attach: [{file: note.txt}], expect: {status: completed}}\n"
    )
    done = harness(contributed, "--untrusted", "specs", "--run-id", "one", "-q")

    record = (contributed / "reports" / "one" / "record.jsonl").read_text()
    assert json.loads(record.splitlines()[0])
    assert "specs/more.yaml" in record
    assert (done.returncode, "4 passed" in done.stdout) == (0, True), done.stdout + done.stderr
