"""`harness gc`: removes by ledger what runs left at a provider; with `--older-than`, recorded runs themselves."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from harness.source.place import escaped


@click.command("gc")
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@click.option("--reports", default="reports", show_default=True, metavar="DIR", help="Where runs are recorded.")
@click.option("--targets", "file", metavar="FILE", help="The file of targets (targets.yaml here, if there is one).")
@click.option("--endpoint", metavar="URL", help="The endpoint of the run, instead of a file of targets.")
@click.option("--api-key-env", metavar="VAR", help="The environment variable that holds the key of --endpoint.")
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(1, 36_500),
    metavar="DAYS",
    help="Remove recorded runs that began more than so many days ago, and send nothing.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and neither send nor remove anything.")
def command(
    runs: tuple[str, ...],
    reports: str,
    file: str | None,
    endpoint: str | None,
    api_key_env: str | None,
    days: int | None,
    dry_run: bool,
) -> None:
    """Remove uploaded files, stored responses, conversations and containers that RUN left at a provider.

    RUN is a run's id or its folder; without one every run in --reports is looked at. Give the same targets as to the
    run itself: a key is only ever sent to the endpoint that it belongs to, whatever a ledger says.

    With --older-than it removes, instead, the folders of runs in --reports from this machine: those that bear their
    run's id and hold its record, and began (or were last taken up) more than DAYS days ago. What has left something at
    a provider stays until that is removed, and so does what is being written.

    Exit codes: 0 all is removed, or stopped with its connection; 1 something could not be removed; 4 refused; 5 no
    ledger or no run was found.
    """
    from harness.engine.ledger import ledgers

    if days is not None:
        if runs or file or endpoint or api_key_env:
            raise Refused(
                "--older-than looks at every run in --reports and sends nothing: it takes no run and no target"
            )
        raise SystemExit(_retired(Path(reports), days, dry_run))

    folders = [_folder(Path(reports), run) for run in runs] or sorted(each for each in Path(reports).glob("*"))
    paths = [path for folder in folders for path in ledgers(folder)]
    if not paths:
        click.echo("no run here has left a ledger", err=True)
        raise SystemExit(5)
    targets = _targets(file, endpoint, api_key_env)
    left = sum(asyncio.run(_all(paths, targets, dry_run)))
    raise SystemExit(1 if left and not dry_run else 0)


def _retired(reports: Path, days: int, dry_run: bool) -> int:
    """Removes the folders of runs that are older than so many days; the exit code."""
    from datetime import UTC, datetime, timedelta

    from harness.engine.traces.retention import RunFolder, Stays, check, remove, run_folders

    if reports.is_symlink() or not reports.is_dir():
        raise Refused(
            f"{escaped(str(reports))} is {'a link' if reports.is_symlink() else 'no folder'}, --reports names one"
        )
    before = datetime.now(UTC) - timedelta(days=days)
    gone = stay = young = 0
    for found in run_folders(reports):
        if not isinstance(found, RunFolder):
            click.echo(f"no run: {escaped(str(found))}")
            continue
        if found.since >= before:
            young += 1
            continue
        name = escaped(str(found.folder))
        try:
            (check if dry_run else remove)(found)
        except Stays as why:
            stay += 1
            click.echo(f"kept: {name}: {escaped(str(why))}")
        else:
            gone += 1
            click.echo(f"{'would be removed' if dry_run else 'removed'}: {name} (of {found.since.date()})")
    click.echo(f"{gone} {'would be removed' if dry_run else 'removed'}, {stay} kept, {young} not so old")
    return 5 if not gone + stay + young else 1 if stay and not dry_run else 0


def _folder(reports: Path, run: str) -> Path:
    """The folder of a run; ends with 4 where there is none."""
    found = next((folder for folder in (Path(run), reports / run) if folder.is_dir()), None)
    if found is None:
        raise Refused(f"there is no run {run}, neither as a folder nor in {reports}")
    return found


def _targets(file: str | None, endpoint: str | None, variable: str | None) -> Sequence[Any]:
    """The live targets that were named; ends with 4 where one is wrong."""
    import os

    from harness.cli.targets import ask
    from harness.engine.targets.live import live_target
    from harness.targets.origins import UnsafeEndpoint
    from harness.targets.spec import Selection
    from harness.wire.redact import Secret

    if endpoint is None:
        if variable is not None:
            raise Refused("--api-key-env goes with --endpoint")
        return [target for target in ask(file, Selection((), (), ()))[0] if target.facts.kind == "live"]
    value = os.environ.get(variable) if variable else None
    if variable and not value:
        raise Refused(f"the variable {variable} (--api-key-env) is not set")
    try:
        return [live_target(endpoint, "gc", Secret(str(variable), value) if value else None)]
    except (UnsafeEndpoint, ValueError) as error:
        raise Refused(str(error)) from None


async def _all(paths: Sequence[Path], targets: Sequence[Any], dry_run: bool) -> list[int]:
    from harness.engine.targets.grounds import RunGrounds

    grounds = RunGrounds()
    try:
        return [await _one(path, targets, grounds, dry_run) for path in paths]
    finally:
        await grounds.close()


async def _one(path: Path, targets: Sequence[Any], grounds: Any, dry_run: bool) -> int:
    """Removes what one ledger says was left; how much of it is left still."""
    from harness.engine.ledger import Ledger, read
    from harness.engine.traces.cleaning import sweep

    entries, torn = read(path)
    alive = [entry for entry in entries if not entry.gone]
    click.echo(f"{path}: {len(alive)} of {len(entries)} left{f', {torn} lines cannot be read' if torn else ''}")
    left = 0
    for address in dict.fromkeys(entry.endpoint for entry in alive):
        here = [entry for entry in alive if entry.endpoint == address]
        target = _at(address, [entry.target for entry in here], targets)
        if dry_run or target is None:
            why = "" if target else f"  no target of {address} was named: give --endpoint, or the run's targets file\n"
            click.echo(why + "\n".join(_line("left", entry) for entry in here))
            left += len(here)
            continue
        ledger = Ledger.again(path)
        async with target.open(grounds, None) as door:
            swept = await sweep(door.sender, door.base, here, ledger.gone)
        ledger.close()
        for told, some in (
            ("removed", swept.removed),
            ("stopped with its connection, unless it was just finished", swept.stopped),
            ("left", swept.left),
            ("of unknown id", swept.unknown),
        ):
            for entry in some:
                click.echo(_line(told, entry))
        left += len(swept.left) + len(swept.unknown)
    return left


def _at(address: str, names: Sequence[str], targets: Sequence[Any]) -> Any:
    """The target at an address, one of these names before the others; None where none was named."""
    there = [target for target in targets if target.facts.endpoint == address and not target.facts.missing]
    return next((target for target in there if target.facts.name in names), there[0] if there else None)


def _line(told: str, entry: Any) -> str:
    if entry.ids or entry.name:
        return f"  {told}: {entry.kind} {', '.join(entry.ids) or entry.name}"
    known = (("asked for at", entry.at), ("in", entry.region), ("metadata harness_run", entry.tag))
    return f"  {told}: {entry.kind} (no id came)" + "".join(
        f", {name} {escaped(value)}" for name, value in known if value
    )


class Refused(click.ClickException):
    """Wrong use; nothing was sent."""

    exit_code = 4
