"""`harness rules`: what is always checked."""

import json

import click


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of the list.")
def command(form: str) -> None:
    """List every rule: its code, level, title and where the API promises it.

    `harness explain CODE` prints the page of one.
    """
    from harness.rules import RULES

    if form == "json":
        rows = [
            {"code": rule.name, "level": rule.level.value, "title": rule.title, "source": rule.source} for rule in RULES
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    wide = max(len(rule.name) for rule in RULES)
    for rule in RULES:
        click.echo(f"{rule.name:{wide}}  {rule.level.value:7}  {rule.title}")
        click.echo(f"{'':{wide}}  {'':7}  {rule.source}")
