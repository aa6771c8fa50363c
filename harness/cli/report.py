"""`harness report RECORD`: the HTML again, from nothing but the record."""

from pathlib import Path

import click

from harness.record.run import Run
from harness.record.unsound import Unsound
from harness.report.page import NotReported, PageBroke, write
from harness.report.text import visible


class Refused(click.ClickException):
    """The record cannot be read at all; nothing was written."""

    exit_code = 4


class NotKept(click.ClickException):
    """The page could not be written or made, or the record is not wholly what was written."""

    exit_code = 3


@click.command("report")
@click.argument("record", type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; default: report.html beside the record.",
)
def command(record: Path, output: Path | None) -> None:
    """Make the HTML report of RECORD again: the directory of a run, or one of its record files.

    Exit codes: 0 written; 3 written, but the record was altered, or not written; 4 RECORD cannot be read.
    """
    try:
        run = Run.read(record)
    except Unsound as problem:
        raise Refused(visible(f"{record}: {problem}")) from problem
    target = output or run.folder / "report.html"
    try:
        write(run, target)
    except (NotReported, PageBroke) as problem:
        raise NotKept(visible(str(problem))) from problem
    click.echo(visible(str(target)))
    for one in run.problems:
        click.echo(visible(f"{'note' if one.harmless else 'error'}: {one}"), err=True)
    if any(not one.harmless for one in run.problems):
        raise NotKept("the record is not as it was written; the report says where")
