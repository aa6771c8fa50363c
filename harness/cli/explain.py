"""`harness explain`: the page of one rule."""

import click


@click.command()
@click.argument("code")
def command(code: str) -> None:
    """Print what the rule CODE demands, why, and where the API promises it.

    Exit codes: 0 it is a rule, 4 there is no such rule.
    """
    from harness.protocol.profiles import PROFILES
    from harness.rules import RULES
    from harness.source.place import did_you_mean

    rule = next((rule for rule in RULES if rule.name == code), None)
    if rule is None:
        near = did_you_mean(code, [rule.name for rule in RULES])
        shown = ascii(code)[:80]
        hint = f"did you mean `{near}`?" if near else "`harness rules` lists them all"
        click.echo(f"error: there is no rule {shown}\n  = {hint}", err=True)
        raise SystemExit(4)
    click.echo(f"{rule.name} ({rule.level.value})\n\n{rule.page}\n\nPromised in: {rule.source}")
    lowered = [
        f"  {profile.name}: {level.value}"
        for profile in PROFILES.values()
        if (level := profile.level(code)) is not rule.level
    ]
    if lowered:
        click.echo("\nIn other profiles:\n" + "\n".join(lowered))
