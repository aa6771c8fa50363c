"""`harness merge DIR... --output DIR`: shards of one run, joined."""

import sys
from pathlib import Path

import click

from harness.cli.records import NotKept, Refused
from harness.record.chain import NotRecorded
from harness.record.joining import NotOneRun, join
from harness.record.unsound import Unsound
from harness.report.page import NotReported, PageBroke, write
from harness.source.place import escaped

INCOMPLETE = 6
"""The exit status where something required was not observed."""


@click.command("merge")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--output", "-o", required=True, type=click.Path(path_type=Path), help="The folder of the joined run.")
def command(folders: tuple[Path, ...], output: Path) -> None:
    """Join the shards of one run (`harness run --run-id ID --shard 1/7` …) and make their report.

    They must be of one run: the same id, format and seed, and of one mind about scenarios and targets of one name.

    Exit codes: 0 joined and complete; 3 something could not be written, or a record was altered; 4 they are not of one
    run; 6 a shard is missing: what is there was joined.
    """
    try:
        joined = join(folders, output)
        write(joined.run, output / "report.html")
    except (NotOneRun, Unsound) as problem:
        raise Refused(escaped(str(problem))) from problem
    except (NotRecorded, NotReported, PageBroke) as problem:
        raise NotKept(escaped(str(problem))) from problem
    run = joined.run
    click.echo(escaped(f"{output}: {len(run.head.planned):,} cases, {len(run.cases):,} attempts"))
    for found in run.problems:
        click.echo(escaped(f"{'note' if found.harmless else 'error'}: {found}"), err=True)
    for number, many in joined.missing:
        click.echo(f"shard {number} of {many} is missing", err=True)
    if any(not found.harmless for found in run.problems):
        sys.exit(NotKept.exit_code)
    if joined.missing:
        sys.exit(INCOMPLETE)
