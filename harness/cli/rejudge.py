"""`harness rejudge RECORD`: new rules, expectations or thresholds over an old record, without a call."""

import sys
from pathlib import Path

import click
import pytest

from harness.cli.run import with_defaults


@click.command(
    "rejudge",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True, "max_content_width": 100},
)
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Where the new record is written.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(record: Path, output: Path | None, arguments: tuple[str, ...]) -> None:
    """Hold what was recorded in RECORD to the scenarios, rules and thresholds of today; nothing is sent.

    Takes paths of scenarios (default: the files that were recorded) and options of `harness run`. The turns must line
    up with what was recorded. Writes a record of its own, and a report: reports/<run id>/, or DIR. Exit codes are
    those of `harness run`.
    """
    chosen = ["--rejudge", str(record)]
    if output is not None:
        chosen += ["--reports", str(output.parent), "--run-id", output.name]
    sys.exit(pytest.main(with_defaults([*chosen, *arguments])))
