"""`harness run`: pytest with the plugin and good defaults, in this process."""

import sys
from pathlib import Path
from typing import Final

import click
import pytest

UNUSED: Final = ("anyio", "hypothesispytest", "platformdirs")
"""Plugins that come with what we depend on, cost more to load than many a run takes, and do nothing for scenarios."""


@click.command(
    "run",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run scenarios: pytest with good defaults.

    Takes paths (default: specs) and every option of pytest; the harness's own stand under `--help`, group
    "harness". Writes reports/<run id>/ with record, exchanges and report.html.

    `--untrusted FOLDER` runs scenarios that nobody vouches for: as data, on the embedded endpoint, without anything of
    this environment.
    """
    if any(argument.partition("=")[0] == "--untrusted" for argument in arguments):
        from harness.cli import untrusted

        untrusted.main(arguments)
    sys.exit(pytest.main(with_defaults(list(arguments))))


def with_defaults(arguments: list[str]) -> list[str]:
    """The arguments for pytest: `specs` where no path was named, and this folder as the root.

    A failure is told once: in pipelines pytest would repeat the whole of it in its short summary.
    """
    from harness.scenario.files import HOME

    chosen = [*(part for name in UNUSED for part in ("-p", f"no:{name}")), "--force-short-summary", *arguments]
    here = not any(argument.startswith("--rootdir") for argument in arguments)
    if here:
        chosen.append("--rootdir=.")
    if here and Path(HOME).is_dir():
        return ["-o", f"testpaths={HOME}", *chosen]  # pytest knows which arguments are paths, and which values
    if not any(Path(argument.partition("::")[0]).exists() for argument in arguments if not argument.startswith("-")):
        chosen.append(HOME)
    return chosen
