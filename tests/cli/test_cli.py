"""The `harness` command as a whole: its help, what it imports, and the defaults of `harness run`."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import COMMANDS, main
from harness.cli.run import with_defaults

SPEC = "scenario: Hello\nid: hello\nturns: [{user: Reply with OK., expect: {status: completed}}]\n"


def python(code: str, cwd: Path | None = None) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=cwd)
    return done.stdout


def test_help_lists_every_command_and_imports_none():
    """Help is at hand at once: neither a command nor anything heavy is loaded for it."""
    output = python(
        "import sys\nfrom click.testing import CliRunner\nfrom harness.cli import main\n"
        "shown = CliRunner().invoke(main, ['--help'])\n"
        "print(shown.output)\nprint('imported', *sorted(sys.modules))"
    )
    shown, _, imported = output.rpartition("imported ")

    for name, line in COMMANDS.items():
        assert f"  {name} " in shown
        assert line in shown
    modules = imported.split()
    assert [name for name in modules if name.startswith("harness")] == ["harness", "harness.cli", "harness.cli.streams"]
    assert not {"pytest", "aiohttp", "starlette", "pydantic", "openai", "yaml", "jinja2"} & set(modules)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_its_file(name: str):
    """`harness NAME` is `harness/cli/NAME.py`, with a help of its own that goes by this name."""
    files = {path.stem for path in Path(sys.modules["harness.cli"].__file__ or "").parent.glob("*.py")}

    assert name in files
    if name != "run":  # whose help is pytest's
        done = CliRunner().invoke(main, [name, "--help"])
        assert done.exit_code == 0
        assert f"main {name}" in done.output.partition("\n")[0]


@pytest.mark.parametrize("word", ["no-such-command", "__init__", "formats", "../run", ""])
def test_an_unknown_command_is_refused(word: str):
    """Not everything that could be imported is a command; wrong use has a code that no verdict has."""
    done = CliRunner().invoke(main, [word])

    assert done.exit_code == 4
    assert "No such command" in done.output


def test_version_and_module():
    """`python -m harness` is the same command."""
    done = subprocess.run([sys.executable, "-m", "harness", "--version"], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("harness, version ")


class Seen:
    """Keeps what a run collects."""

    cases: tuple[str, ...] = ()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.cases = tuple(item.nodeid for item in session.items)


def home(tmp_path: Path, *folders: str) -> Path:
    for name in ("specs", *folders):
        (tmp_path / name).mkdir()
    (tmp_path / "specs" / "hello.yaml").write_text(SPEC)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], 1),
        (["-q", "-x"], 1),
        (["-k", "out"], 0),
        (["--reports", "out"], 1),
        (["--set", "a=b", "--reports=out"], 1),
        (["specs"], 1),
        (["specs/hello.yaml"], 1),
        (["out"], 2),
        (["-k", "second", "out"], 1),
        (["--rootdir=.", "out"], 2),
        (["--rootdir=."], 1),
    ],
)
def test_specs_is_run_where_no_path_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], found: int
):
    """A folder that is the value of an option is no path to run."""
    here = home(tmp_path, "out")
    for name in ("first", "second"):
        (here / "out" / f"{name}.yaml").write_text(SPEC.replace("hello", name))
    if "--set" in arguments:
        (here / "specs" / "hello.yaml").write_text(SPEC.replace("Reply with OK.", '"Reply with ${a}."'))
    monkeypatch.chdir(here)
    seen = Seen()
    pytest.main([*with_defaults(arguments), "--co", "-q", "-p", "no:cacheprovider"], plugins=[seen])

    assert len(seen.cases) == found
    assert all(case.startswith(("specs/hello.yaml::", "out/")) for case in seen.cases)


def test_the_folder_is_the_root_unless_another_is_named():
    assert "--rootdir=." in with_defaults(["x"])
    assert [each for each in with_defaults(["--rootdir=/tmp"]) if each.startswith("--rootdir")] == ["--rootdir=/tmp"]
    assert [each for each in with_defaults(["--rootdir", "/tmp"]) if each.startswith("--rootdir")] == ["--rootdir"]


def run(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness", "run", "-q", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def test_run_names_cases_from_here_whatever_lies_above(tmp_path: Path):
    """Neither a project above nor the reports of a run before change what is run and how it is called."""
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = elsewhere\n")
    (tmp_path / "here").mkdir()
    here = home(tmp_path / "here")
    (here / "other.yaml").write_text(SPEC.replace("hello", "other"))

    for number in (1, 2):
        done = run(here, "--reports", "reports")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "1 passed" in done.stdout
        assert len(list(here.glob("reports/*/report.html"))) == number


def test_a_failure_is_told_once_in_a_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """There pytest repeats the whole message of a failed test in its short summary, unless it is told not to."""
    monkeypatch.setenv("CI", "true")
    here = home(tmp_path)
    (here / "specs" / "hello.yaml").write_text(SPEC.replace("status: completed", "text: {contains: never said}"))
    done = run(here)

    assert done.returncode == 1
    assert done.stdout.count("error[expect.text]") == 1


def test_run_without_specs_says_so(tmp_path: Path):
    """No folder `specs` and no path: 4, and nothing is made."""
    done = run(tmp_path)

    assert done.returncode == 4
    assert "specs" in done.stdout + done.stderr
    assert not (tmp_path / "reports").exists()
