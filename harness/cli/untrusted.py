"""`harness run --untrusted FOLDER`: scenarios that somebody else wrote, run as data, where there is nothing to take.

The folder is copied (see `harness.scenario.contributed`), and what runs is the copy: in a process of its own whose
environment holds no variable but those of `KEPT`, in a folder of its own, without plugins, `conftest.py` or settings
of anybody, on the embedded endpoint alone.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

import harness
from harness.cli.records import Refused

KEPT: Final = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS")
"""Variables that the process is given: how its words are shown. None of them can hold a secret."""
SECONDS: Final = 900.0
GRACE: Final = 30.0
BOOT: Final = "import sys; sys.path.insert(0, sys.argv.pop(1)); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
SETTINGS: Final = "[pytest]\naddopts =\npython_files =\n"
"""All that pytest is told by a file; nothing of Python is collected."""


@click.command("run --untrusted")
@click.option("--untrusted", "folder", required=True, type=click.Path(path_type=Path), help="The contributed folder.")
@click.option("-k", "words", metavar="EXPRESSION", help="Only cases whose names fit.")
@click.option("-x", "first", is_flag=True, help="Stop at the first that fails.")
@click.option("-q", "quiet", count=True)
@click.option("-v", "verbose", count=True)
@click.option("--collect-only", is_flag=True)
@click.option("--region", "regions", multiple=True, metavar="GLOB")
@click.option("--model", "models", multiple=True, metavar="GLOB")
@click.option("--concurrency", type=click.IntRange(1, 64))
@click.option("--run-id", metavar="NAME")
@click.option("--reports", type=click.Path(path_type=Path), default=Path("reports"), metavar="DIR")
def command(
    folder: Path,
    words: str | None,
    first: bool,
    quiet: int,
    verbose: int,
    collect_only: bool,
    regions: tuple[str, ...],
    models: tuple[str, ...],
    concurrency: int | None,
    run_id: str | None,
    reports: Path,
) -> None:
    """Run scenarios of a folder that nobody vouches for, on the embedded endpoint.

    Only scenarios, tables and attachments of FOLDER are read. Nothing leaves this machine, no credential is there to
    be had, and no other option of a run is taken.
    """
    if reports.is_symlink():
        raise Refused("--reports is a link: where it leads is not for others to say")
    chosen = ["-x"] * first + ["-q"] * quiet + ["-v"] * verbose + ["--collect-only"] * collect_only
    for option, values in (("--region", regions), ("--model", models), ("--run-id", (run_id,)), ("-k", (words,))):
        chosen += [part for value in values if value is not None for part in (option, value)]
    if concurrency is not None:
        chosen += ["--concurrency", str(concurrency)]
    sys.exit(run(folder, [*chosen, "--reports", str(reports.absolute())]))


def main(arguments: Sequence[str]) -> None:
    """Runs with the arguments of `harness run`.

    Raises:
        Refused: one of them does not go with it.
    """
    try:
        command.main(list(arguments), standalone_mode=False)
    except click.NoSuchOption as error:
        told = "only -k, -x, -q, -v, --collect-only, --region, --model, --concurrency, --run-id, --reports do"
        raise Refused(f"{error.option_name} does not go with --untrusted; {told}") from None


def run(folder: Path, options: Sequence[str], seconds: float = SECONDS) -> int:
    """Runs the scenarios of a folder and answers the exit status.

    Raises:
        Refused: the folder holds what is no data, or nothing that is.
    """
    from harness.scenario.contributed import NotData, copy
    from harness.scenario.files import HOME

    with tempfile.TemporaryDirectory(prefix="harness-") as own:
        place = Path(own)
        try:
            copied = copy(folder, place / HOME)
        except NotData as error:
            raise Refused(f"--untrusted: {error}") from None
        if not copied.files:
            raise Refused("--untrusted: the folder holds no scenario")
        if copied.left:
            click.echo(f"left behind: {len(copied.left)} files that are no data of scenarios")
        settings = place / "pytest.ini"
        settings.write_text(SETTINGS, encoding="utf-8")
        return _ended(_started(place, settings, options), seconds)


def _started(place: Path, settings: Path, options: Sequence[str]) -> "subprocess.Popen[bytes]":
    """pytest on the copy; `-I` keeps this folder, PYTHON* variables and the user's own packages away."""
    plugins = [part for name in ("harness.pytest_plugin", "harness.cli.confined") for part in ("-p", name)]
    pytest_options = [*("-c", str(settings)), f"--rootdir={place}", "--noconftest", "-p", "no:cacheprovider", *plugins]
    ours = Path(harness.__file__ or "").parents[1]
    return subprocess.Popen(  # noqa: S603 — our own interpreter; what is chosen comes from who runs it
        [sys.executable, "-I", "-c", BOOT, str(ours), *pytest_options, *options, str(place / "specs")],
        cwd=place,
        env=environment(os.environ, place),
        stdin=subprocess.DEVNULL,
    )


def environment(given: Mapping[str, str], place: Path) -> dict[str, str]:
    """The whole environment of the process."""
    kept = {name: given[name] for name in KEPT if name in given}
    return {**kept, "HOME": str(place), "TMPDIR": str(place), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _ended(child: "subprocess.Popen[bytes]", seconds: float) -> int:
    """The exit status; a run that takes too long is interrupted, and ended where that does not help."""
    try:
        return child.wait(seconds)
    except KeyboardInterrupt:  # the terminal has told the child too
        return _left(child)
    except subprocess.TimeoutExpired:
        click.echo(f"interrupted: untrusted scenarios are given {seconds:g} seconds", err=True)
        child.send_signal(signal.SIGINT)
        return _left(child)


def _left(child: "subprocess.Popen[bytes]") -> int:
    """Waits until an interrupted child has ended in order, or ends it."""
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    return 2
