"""`harness report RECORD`: the HTML again, from nothing but records and the policy."""

from pathlib import Path

import click

from harness.cli.held import held
from harness.cli.records import NotKept, read
from harness.comparison.comparison import Comparison
from harness.comparison.gated import Gated
from harness.record.run import Run
from harness.report.page import NotReported, PageBroke, write
from harness.report.text import visible


@click.command("report")
@click.argument("record", type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; default: report.html beside the record.",
)
@click.option("--baseline", type=click.Path(path_type=Path), help="The earlier run to show this one beside.")
@click.option("--map", "names", multiple=True, metavar="OLD=NEW", help="Targets that answer to each other.")
@click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Show whether this policy is met; default: gate.yaml where there is one.",
)
def command(
    record: Path, output: Path | None, baseline: Path | None, names: tuple[str, ...], policy: Path | None
) -> None:
    """Make the HTML report of RECORD again: the directory of a run, or one of its record files.

    Exit codes: 0 written, whatever it says; 3 written, but the record was altered, or not written; 4 RECORD, the
    baseline or the policy cannot be read.
    """
    run = read(record)
    comparison, gated = held(run, policy, baseline, names)
    target = output or run.folder / "report.html"
    page(run, target, comparison, gated if gated.policy is not None else None)
    click.echo(visible(str(target)))
    for one in run.problems:
        click.echo(visible(f"{'note' if one.harmless else 'error'}: {one}"), err=True)
    if any(not one.harmless for one in run.problems):
        raise NotKept("the record is not as it was written; the report says where")


def page(run: Run, target: Path, comparison: Comparison | None, gated: Gated | None) -> None:
    """Writes a report. Raises `NotKept`."""
    try:
        write(run, target, comparison, gated)
    except (NotReported, PageBroke) as problem:
        raise NotKept(visible(str(problem))) from problem
