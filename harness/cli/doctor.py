"""`harness doctor`: why a target would not work, in words that say what to do."""

import asyncio
import os
import textwrap
from pathlib import Path
from typing import Any

import click

from harness.cli.targets import ask

MARKS = {"ok": "ok   ", "wrong": "WRONG", "unsure": "?    "}


@click.command()
@click.argument("target", required=False)
@click.option("--targets", "file", metavar="FILE", help="The file of targets (targets.yaml here, if there is one).")
@click.option("--bundle", type=click.Path(path_type=Path, dir_okay=False), help="Write what helps a helper, as ZIP.")
@click.option("--run", "record", type=click.Path(path_type=Path, exists=True), help="The run that --bundle tells of.")
@click.option("--log", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A debug log for --bundle.")
def command(target: str | None, file: str | None, bundle: Path | None, record: Path | None, log: Path | None) -> None:
    """Look at TARGET step by step: name, TLS, credential, role, deployment, model, region, clock, quota.

    Sends one small request. With --bundle nothing is sent: it writes a ZIP file with what is installed, which targets
    there are and what a run came to, without any secret, question or answer.

    Exit codes: 0 nothing is wrong, 1 something is, 3 the file could not be written, 4 there is no such target.
    """
    if bundle is not None:
        _write_bundle(bundle, file, record, log)
        return
    if record is not None or log is not None:
        raise click.UsageError("--run and --log go with --bundle")
    if target is None:
        raise click.UsageError("Missing argument 'TARGET'.")
    from harness.engine.probing.examining import examine
    from harness.engine.targets.grounds import RunGrounds
    from harness.source.place import escaped
    from harness.targets.spec import Selection

    chosen, redact, _ = ask(file, Selection((target,)), usable=False)

    async def run() -> bool:
        grounds = RunGrounds()
        wrong = False
        try:
            for each in chosen:
                click.echo(each.facts.name)
                async for step in examine(each, grounds):
                    wrong = wrong or step.state == "wrong"
                    click.echo(redact(escaped_step(step, escaped).encode()).decode())
        finally:
            await grounds.close()
        return wrong

    raise SystemExit(1 if asyncio.run(run()) else 0)


def escaped_step(step: Any, escaped: Any) -> str:
    """A step on its lines; what a service says is shown with nothing hidden in it."""
    lines = [f"  {MARKS[step.state]}  {step.name:11} {escaped(step.seen)}"]
    lines += (f"{' ' * 21}{line}" for line in textwrap.wrap(step.advice, 90))
    return "\n".join(lines)


def _write_bundle(path: Path, file: str | None, record: Path | None, log: Path | None) -> None:
    """Writes what helps a helper, for its owner alone; it says what it holds."""
    from harness.cli.records import NotKept, read, written
    from harness.cli.targets import row
    from harness.summary.bundle import bundle
    from harness.targets.spec import Selection

    chosen, redact, _ = ask(file, Selection(()), usable=False)
    run = None if record is None else read(record)
    try:
        data = bundle(os.environ, [row(each.facts) for each in chosen], run, log, redact)
    except OSError as error:
        raise NotKept(f"{log}: {error.strerror or error}") from error
    before = os.umask(0o077)
    try:
        written(path, data)
    finally:
        os.umask(before)
    click.echo(f"{path}: look at it before you send it; it holds no credential, no question and no answer")
