"""The `harness` command. Each file beside this one is a command; it is imported when it is called."""

import importlib
import sys
from collections.abc import Mapping
from gc import set_threshold  # `gc` here is the command of this name
from typing import Any, Final, NoReturn

import click

from harness.cli.streams import Streams

REFUSED: Final = 4
INTERRUPTED: Final = 2

COMMANDS: Final[Mapping[str, str]] = {
    "init": "Make a starting set: targets, a first scenario, a gate, workflows.",
    "run": "Run scenarios: pytest with good defaults.",
    "check": "Hold recordings to the rules, without an endpoint.",
    "rules": "List what is always checked.",
    "explain": "Say what a rule demands, and why.",
    "merge": "Join the shards of one run.",
    "report": "Make the HTML report of a record again.",
    "compare": "Compare two runs: paired statistics, regressions first.",
    "gate": "Hold a run to a release policy.",
    "rejudge": "Hold an old record to the scenarios and rules of today.",
    "lint": "Show every mistake of every scenario, without running.",
    "schema": "Print the JSON Schema of scenarios or targets, for editors.",
    "targets": "List what a run would be on.",
    "doctor": "Say why a target would not work, and what to do.",
    "probe": "Ask what targets really support, against the catalogue.",
    "catalogue": "Say what is documented: regions, models, versions, features.",
    "gc": "Remove what runs left at a provider, or runs that are old.",
    "mock": "Serve the embedded endpoint by itself.",
}
"""Every command and its line in the help, so that `--help` imports none of them."""

RARELY: Final = (20_000, 10, 10)
"""When the garbage collector looks: modules, scenarios and records are no garbage, and there are many of them."""


class Folder(click.Group):
    """A group of commands whose files are imported on demand: `harness NAME` is `harness/cli/NAME.py`."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Runs a command; wrong use is refused with 4, as everywhere here, and not with click's own 2."""
        set_threshold(*RARELY)
        streams = Streams()
        sys.exit(streams.status(self._status(args, {**extra, "standalone_mode": False})))

    def _status(self, args: tuple[Any, ...], extra: dict[str, Any]) -> Any:
        """What a command ends with."""
        try:
            status = super().main(*args, **extra)
        except SystemExit as end:
            return end.code
        except click.ClickException as error:
            error.show()
            return REFUSED if isinstance(error, click.UsageError) else error.exit_code
        except click.Abort:
            click.echo("interrupted", err=True)
            return INTERRUPTED
        return status if isinstance(status, int) else 0

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"harness.cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Folder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="responses-harness", prog_name="harness")
def main() -> None:
    """Says, with evidence, whether a deployment of the Responses API still does what it promises.

    Exit codes: 0 passed, 1 failed, 2 interrupted, 3 the harness or its environment failed, 4 refused before the
    first request, 5 nothing selected, 6 something required is inconclusive.
    """
