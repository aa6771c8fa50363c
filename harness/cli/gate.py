"""`harness gate RECORD`: a policy → exit code, and the forms that pipelines read."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click

from harness.cli.compare import as_json
from harness.cli.held import held
from harness.cli.records import NotKept, read, written
from harness.cli.report import page
from harness.comparison.gated import Gated
from harness.gate.policy import FILE
from harness.record.run import uncollected
from harness.source.place import escaped
from harness.summary.figures import Summary
from harness.summary.junit import junit
from harness.summary.markdown import markdown
from harness.summary.pipelines import azure, github
from harness.summary.sarif import sarif
from harness.summary.text import gate

FORMS: Final[Mapping[str, Callable[[Summary], str | bytes]]] = {
    "junit": junit,
    "markdown": markdown,
    "sarif": sarif,
    "json": lambda summary: json.dumps(plain(summary), indent=2) + "\n",
}
"""Files that can be written, by the option that names them."""


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for name in FORMS:
        option = click.option(f"--{name}", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
        function = option(function)
    return function


@click.command("gate")
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--baseline", type=click.Path(path_type=Path), help="The earlier run to compare with.")
@click.option("--map", "names", multiple=True, metavar="OLD=NEW", help="Targets that answer to each other.")
@click.option(
    "--policy", type=click.Path(path_type=Path), help=f"The policy; default: {FILE} where there is one, else built in."
)
@_options
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The HTML, with the gate."
)
@click.option("--ci", type=click.Choice(["github", "azure"]), help="Tell this service by its own commands too.")
@uncollected()
def command(
    record: Path,
    baseline: Path | None,
    names: tuple[str, ...],
    policy: Path | None,
    report: Path | None,
    ci: str | None,
    **files: Path | None,
) -> None:
    """Hold the run of RECORD to a policy; --junit, --markdown, --sarif and --json write what pipelines read,
    --report the page that people read.

    Exit codes: 0 the gate is open; 1 it is shut; 2 the run was interrupted; 3 a case is errored, the record was
    altered, or something could not be written; 4 refused: a record or the policy cannot be read; 5 nothing was run;
    6 nothing failed, but something required is inconclusive.
    """
    run = read(record)
    comparison, gated = held(run, policy, baseline, names)
    summary = Summary(run, comparison, gated)
    for line in gate(gated):
        click.echo(line)
    for name, path in files.items():
        if path is not None:
            written(path, FORMS[name](summary))
    if report is not None:
        page(run, report, comparison, gated)
    if ci is not None:
        tell(ci, summary)
    sys.exit(gated.exit)


def tell(ci: str, summary: Summary) -> None:
    """Annotations on standard output, and the summary page where the service says that it wants one."""
    for line in github(summary) if ci == "github" else azure(summary):
        click.echo(line)
    if ci == "github" and (page := os.environ.get("GITHUB_STEP_SUMMARY")):
        try:
            with Path(page).open("a", encoding="utf-8") as file:
                file.write(markdown(summary))
        except OSError as error:
            raise NotKept(escaped(f"the job summary was not written: {error.strerror or error}")) from error


def plain(summary: Summary) -> dict[str, Any]:
    """Everything as plain JSON values."""
    found = summary.plain() | {"exit": summary.exit}
    if summary.comparison is not None:
        found["comparison"] = as_json(summary.comparison)
    if summary.gated is not None:
        found["gate"] = _gated(summary.gated)
    return found


def _gated(gated: Gated) -> dict[str, Any]:
    return {
        "open": gated.open,
        "exit": gated.exit,
        "sentence": gated.sentence,
        "policy": gated.policy,
        "baseline": gated.baseline,
        "reasons": [
            {
                "code": reason.code,
                "sentence": reason.sentence,
                "exit": reason.exit,
                "cases": list(reason.cases),
                "place": str(reason.place) if reason.place is not None else None,
            }
            for reason in gated.reasons
        ],
        "notes": [{"code": note.code, "sentence": note.sentence, "cases": list(note.cases)} for note in gated.notes],
    }
