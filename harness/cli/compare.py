"""`harness compare BASE NEW`: paired statistics, regressions first."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import click

from harness.cli.records import Refused, read, written
from harness.comparison.comparison import Comparison, Group, compare
from harness.comparison.pairing import UnclearTargets
from harness.record.run import Run, uncollected
from harness.source.place import escaped
from harness.summary.figures import Summary
from harness.summary.markdown import markdown
from harness.summary.text import comparison
from harness.summary.words import verdict


@click.command("compare")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--map", "names", multiple=True, metavar="OLD=NEW", help="A target of BASE and the one of NEW that answers to it."
)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
@click.option("--seed", type=int, default=0, help="Of the draws behind the intervals; default 0.")
@uncollected()
def command(base: Path, new: Path, names: tuple[str, ...], form: str, output: Path | None, seed: int) -> None:
    """Compare the run NEW with the run BASE: directories of runs, or record files. They may be the same.

    Exit codes: 0 compared, whatever came out (`harness gate` judges); 3 not written; 4 a record cannot be read, or
    which targets answer to each other is not clear.
    """
    later = read(new)
    found = compared(base, later, names, seed)
    match form:
        case "json":
            text = json.dumps(as_json(found), indent=2) + "\n"
        case "markdown":
            text = markdown(Summary(later, found))
        case _:
            text = "\n".join(comparison(found)) + "\n"
    if output is not None:
        written(output, text)
        click.echo(escaped(str(output)))
    else:
        click.echo(text, nl=False)


def compared(base: Path, new: Run, names: tuple[str, ...], seed: int = 0) -> Comparison:
    """The comparison of a run with the record of its base. Raises `Refused` where it cannot be made."""
    targets = dict(mapping(name) for name in names)
    try:
        return compare(read(base), new, targets, seed=seed)
    except UnclearTargets as unclear:
        raise Refused(f"{escaped(str(unclear))}\nsay it with --map OLD=NEW") from unclear


def mapping(pair: str) -> tuple[str, str]:
    """One `OLD=NEW`."""
    old, equals, new = pair.partition("=")
    if not (old and equals and new):
        raise click.BadParameter(f"{pair!r}: write OLD=NEW", param_hint="--map")
    return old, new


def as_json(found: Comparison) -> dict[str, Any]:
    """A comparison as plain JSON values."""
    return {
        "verdict": verdict(found),
        "base": found.base,
        "new": found.new,
        "targets": dict(found.pairing.targets),
        "pairs": len(found.pairing.pairs),
        "groups": [_group(one) for one in found.groups],
        "figures": [dataclasses.asdict(one) | {"changed": one.changed} for one in found.figures],
        "lost": [pair.new.case for pair in found.lost],
        "won": [pair.new.case for pair in found.won],
        "changed": list(found.pairing.changed),
        "added": list(found.pairing.added),
        "removed": list(found.pairing.removed),
        "unjudged": list(found.pairing.unjudged),
        "missing": list(found.missing),
    }


def _group(one: Group) -> dict[str, Any]:
    return dataclasses.asdict(one) | {"said": one.said}
