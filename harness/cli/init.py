"""`harness init`: a starting set of targets, a first scenario, a gate and workflows."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

import click

from harness.cli.records import NotKept, Refused
from harness.source.place import escaped

START: Final[Mapping[str, str]] = {
    "targets.yaml": "targets.yaml",
    "gate.yaml": "gate.yaml",
    "specs/first.yaml": "specs/first.yaml",
}
"""What is made everywhere: a path in the project, and the file under `harness/starting`."""

SERVICES: Final[Mapping[str, Mapping[str, str]]] = {
    "github": {
        ".github/workflows/responses.yml": "github/responses.yml",
        ".github/workflows/responses-contributed.yml": "github/responses-contributed.yml",
        ".github/workflows/responses-nightly.yml": "github/responses-nightly.yml",
        ".github/workflows/responses-upgrade.yml": "github/responses-upgrade.yml",
    },
    "azure": {"azure-pipelines.yml": "azure/responses.yml"},
    "none": {},
}
"""What is made for a CI service."""

SCHEMA: Final = "specs/scenario.schema.json"


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--ci", type=click.Choice(list(SERVICES)), default="github", help="Whose workflow files to make.")
def command(folder: Path, ci: str) -> None:
    """Make a starting set in FOLDER (default: here). A file that is there already is kept as it is.

    Exit codes: 0 everything is there; 3 a file could not be written; 4 FOLDER cannot be a folder.
    """
    from harness.scenario.schema import schema

    if folder.exists() and not folder.is_dir():
        raise Refused(escaped(f"{folder} is no folder"))
    shipped = files("harness") / "starting"
    wanted = {name: (shipped / source).read_bytes() for name, source in {**START, **SERVICES[ci]}.items()}
    wanted[SCHEMA] = (json.dumps(schema(), indent=2, ensure_ascii=False) + "\n").encode()
    for name, content in wanted.items():
        click.echo(f"{'made' if _made(folder / name, content) else 'kept'}  {escaped(str(folder / name))}")
    click.echo("\nnext:  harness lint && harness run")


def _made(path: Path, content: bytes) -> bool:
    """Writes a file where there is none; answers whether it did."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        return False
    except OSError as error:
        raise NotKept(escaped(f"{path} was not written: {error.strerror or error}")) from error
    return True
