"""`harness doctor`: why a target would not work, in words that say what to do."""

import asyncio
import textwrap
from typing import Any

import click

from harness.cli.targets import ask

MARKS = {"ok": "ok   ", "wrong": "WRONG", "unsure": "?    "}


@click.command()
@click.argument("target")
@click.option("--targets", "file", metavar="FILE", help="The file of targets (targets.yaml here, if there is one).")
def command(target: str, file: str | None) -> None:
    """Look at TARGET step by step: name, TLS, credential, role, deployment, model, region, clock, quota.

    Sends one small request. Exit codes: 0 nothing is wrong, 1 something is, 4 there is no such target.
    """
    from harness.engine.examining import examine
    from harness.engine.target import Grounds
    from harness.source.place import escaped
    from harness.targets.spec import Selection

    chosen, redact, _ = ask(file, Selection((target,)), usable=False)

    async def run() -> bool:
        grounds = Grounds()
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
