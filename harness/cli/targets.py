"""`harness targets`: what a run would be on."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--targets", "file", metavar="FILE", help="The file of targets (targets.yaml here, if there is one).")
@click.option("--target", "names", metavar="GLOB", multiple=True, help="Only targets of such a name.")
@click.option("--region", "regions", metavar="GLOB", multiple=True, help="Only targets in such a region.")
@click.option("--model", "models", metavar="GLOB", multiple=True, help="Only targets of such a model.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of the table.")
def command(
    file: str | None, names: tuple[str, ...], regions: tuple[str, ...], models: tuple[str, ...], form: str
) -> None:
    """List the targets that a run with these options would be on. Nothing is sent, and no credential is shown.

    Without a file, the targets are a small family on the embedded endpoint: nothing leaves this machine.

    Exit codes: 0 listed, 4 the file is wrong, no target is meant, or one that was named has no credential.
    """
    from harness.targets.spec import Selection

    found, _, where = ask(file, Selection(names, regions, models))
    rows = [row(target.facts) for target in found]
    if form == "json":
        click.echo(json.dumps({"file": where, "targets": rows}, indent=2))
        return
    click.echo(f"{len(rows)} target{'s' * (len(rows) != 1)} of {where or 'the default family'}\n")
    click.echo("\n".join(_columns(rows)))


def ask(file: str | None, selection: Any, usable: bool = True) -> tuple[Sequence[Any], Any, str | None]:
    """The targets that are meant, what redacts their credentials, and their file; ends with 4 where there are none.

    `usable`: one that was named must have its credential.
    """
    from harness.engine.targets.choosing import CredentialMissing, NothingChosen, chosen
    from harness.engine.targets.configured import Credentials
    from harness.source.place import Refused
    from harness.targets.reading import FILE
    from harness.wire.redact import Redactor

    redact = Redactor()
    path = Path(file) if file else Path(FILE) if Path(FILE).is_file() else None
    try:
        found = chosen(path, selection, lambda: Credentials(os.environ, redact), endpoint, usable=usable)
    except (NothingChosen, CredentialMissing, Refused) as error:
        click.echo(str(error) if isinstance(error, Refused) else f"error: {error}", err=True)
        raise SystemExit(4) from None
    return found.targets, redact, None if path is None else path.as_posix()


def endpoint() -> Any:
    """The embedded endpoint; imported when something is sent to it."""
    from harness.engine.targets.embedded import Embedded

    return Embedded()


def live_grounds() -> Any:
    """Grounds on which targets are asked as in a run: paced, and refusals repeated."""
    from harness.engine.pace.steadiness import Steadiness
    from harness.engine.targets.grounds import RunGrounds

    return RunGrounds(steadiness=Steadiness(told=lambda words: click.echo(words, err=True)))


def row(facts: Any) -> dict[str, Any]:
    limits = facts.quota
    return {
        "name": facts.name,
        "model": facts.model,
        "version": facts.version,
        "region": facts.region,
        "deployment": facts.deployment,
        "endpoint": facts.endpoint,
        "requests_per_minute": limits.requests_per_minute,
        "tokens_per_minute": limits.tokens_per_minute,
        "concurrency": limits.concurrency,
        "skipped": facts.missing,
    }


def _columns(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The rows under their headings; a column that nothing fills is left out."""
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    cells = [{name: name.replace("_", " ") for name in names}]
    cells += [{name: "-" if row[name] is None else str(row[name]) for name in names} for row in rows]
    wide = {name: max(len(row[name]) for row in cells) for name in names}
    return ["  ".join(f"{row[name]:{wide[name]}}" for name in names).rstrip() for row in cells]
