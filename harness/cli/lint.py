"""`harness lint`: every mistake of every scenario, without running any."""

from collections.abc import Iterator
from pathlib import Path

import click


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A variable that a run would be given.")
def command(paths: tuple[Path, ...], settings: tuple[str, ...]) -> None:
    """Check the scenarios in PATHS (files or folders; default: specs) and show every mistake.

    Below a folder `specs` every YAML file is one of ours; elsewhere those with `scenario:` and `turns:` at their top.
    Exit codes: 0 all are well formed, 4 something is wrong, 5 there is no scenario.
    """
    from harness.engine.planning.scripts import wrong_scripts
    from harness.engine.targets.embedded import embedded_family
    from harness.scenario.load import bound, load_all
    from harness.source.place import Refused

    files = [file for path in paths or (Path("specs"),) for file in _files(path)]
    pairs = [setting.partition("=") for setting in settings]
    names = [name for name, _, _ in pairs]
    given = {name: value for name, equals, value in pairs if equals}
    try:
        scenarios = load_all(dict.fromkeys(files), Path.cwd(), settings=names)
        endpoint = embedded_family()[0]
        filled = (bound(scenario, {**given, **row}) for scenario in scenarios for row in scenario.rows or ({},))
        if mistakes := wrong_scripts((scenario, endpoint) for scenario in filled):
            raise Refused(mistakes)
    except Refused as refused:
        click.echo(f"{refused}\n", err=True)
        count = len(refused.diagnostics)
        click.echo(f"{count} mistake{'s' * (count != 1)} in {len(files)} file{'s' * (len(files) != 1)}", err=True)
        raise SystemExit(4) from None
    if not scenarios:
        click.echo("no scenario found", err=True)
        raise SystemExit(5)
    count = len(scenarios)
    click.echo(f"{count} scenario{'s' * (count != 1)} in {len(files)} file{'s' * (len(files) != 1)}, all well formed")


def _files(path: Path) -> Iterator[Path]:
    """The scenario files at a path; a file that was named is one, whatever it holds."""
    from harness.scenario.files import is_scenario_file

    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if not hidden and file.is_file() and is_scenario_file(file, Path.cwd()):
            yield file
