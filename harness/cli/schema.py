"""`harness schema`: the language as a JSON Schema, for editors."""

import json
from pathlib import Path

import click


@click.command()
@click.argument("of", type=click.Choice(["scenario", "targets", "gate"]), default="scenario")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
def command(of: str, output: Path | None) -> None:
    """Print the JSON Schema of scenarios, of targets.yaml or of gate.yaml: from it, editors offer keys and names.

    In a scenario's first line, `# yaml-language-server: $schema=scenario.schema.json` makes an editor use it.
    """
    from harness.gate import policy
    from harness.scenario import schema as scenarios
    from harness.targets import schema as targets

    made = {"scenario": scenarios.schema, "targets": targets.schema, "gate": policy.schema}[of]
    text = json.dumps(made(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        click.echo(f"error: {output} cannot be written: {error.strerror}", err=True)
        raise SystemExit(3) from None
