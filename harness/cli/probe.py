"""`harness probe`: what each target really supports, against the catalogue."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import click

from harness.cli.targets import ask, live_grounds

MARKS = {"works": "yes", "refuses": "no", "unclear": "?", "not asked": "-"}


@click.command()
@click.option("--targets", "file", metavar="FILE", help="The file of targets (targets.yaml here, if there is one).")
@click.option("--target", "names", metavar="GLOB", multiple=True, help="Only targets of such a name.")
@click.option("--region", "regions", metavar="GLOB", multiple=True, help="Only targets in such a region.")
@click.option("--model", "models", metavar="GLOB", multiple=True, help="Only targets of such a model.")
@click.option("--feature", "features", metavar="NAME", multiple=True, help="Only such a feature; may be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text")
def command(
    file: str | None,
    names: tuple[str, ...],
    regions: tuple[str, ...],
    models: tuple[str, ...],
    features: tuple[str, ...],
    form: str,
) -> None:
    """Ask each target for each feature with one small request, and compare with what is documented.

    Drift is where both differ: documented and refused, or documented as absent and working. On a live target every
    request costs a few tokens.

    Exit codes: 0 as documented, 1 drift, 4 refused (wrong file, unknown feature, no target), 6 nothing differs, but
    something could not be observed.
    """
    from harness.catalogue import Catalogue
    from harness.engine.probing.probes import PROBES
    from harness.engine.probing.probing import Did, entries, probe
    from harness.source.place import suggestion
    from harness.targets.spec import Selection

    for name in features:
        if name not in PROBES:
            hint = suggestion(name, tuple(PROBES)) or f"one of {', '.join(PROBES)}"
            click.echo(f"error: no probe for the feature {name!r}\n  = {hint}", err=True)
            raise SystemExit(4)
    chosen, redact, _ = ask(file, Selection(names, regions, models))

    async def run() -> Any:
        grounds = live_grounds()
        try:
            return await probe(chosen, grounds, Catalogue.load(), features)
        finally:
            await grounds.close()

    probed = asyncio.run(run())
    found = entries(probed)
    shown = {"text": text, "json": as_json, "markdown": markdown}[form](probed, found)
    click.echo(redact(shown.encode()).decode())
    unclear = any(cell.did is Did.UNCLEAR for each in probed for cell in each.cells)
    raise SystemExit(1 if found else 6 if unclear else 0)


def as_json(probed: Sequence[Any], found: Sequence[Any]) -> str:
    """Everything, for machines."""
    return json.dumps({"targets": [_row(each) for each in probed], "drift": [_entry(each) for each in found]}, indent=2)


def markdown(probed: Sequence[Any], found: Sequence[Any]) -> str:
    """The matrix as a table: a row a target, a column a feature; drift in bold."""
    features = [cell.feature for cell in probed[0].cells]
    lines = [f"| target | {' | '.join(features)} |", f"| --- |{' --- |' * len(features)}"]
    for each in probed:
        cells = [f"**{MARKS[cell.did]}**" if cell.drift else MARKS[cell.did] for cell in each.cells]
        lines.append(f"| {each.facts.name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *(f"- {line}" for line in told(found)), *([] if found else ["As documented."])])


def text(probed: Sequence[Any], found: Sequence[Any]) -> str:
    """A row a feature, targets as columns where they are few; else what differs alone."""
    lines = []
    if len(probed) <= 6:
        wide = max(len(cell.feature) for cell in probed[0].cells)
        for number, each in enumerate(probed, 1):
            lines.append(f"{number}  {each.facts.name}")
        lines += ["", " " * wide + "".join(f"  {number:>4}" for number in range(1, len(probed) + 1))]
        for at, cell in enumerate(probed[0].cells):
            marks = [MARKS[each.cells[at].did] + ("!" if each.cells[at].drift else "") for each in probed]
            lines.append(f"{cell.feature:{wide}}" + "".join(f"  {mark:>4}" for mark in marks))
    else:
        lines.append(f"{len(probed)} targets, {len(probed[0].cells)} features each")
    unclear = [cell for each in probed for cell in each.cells if cell.did == "unclear"]
    lines += ["", *told(found), *([] if found else ["Nothing differs from what is documented."])]
    if unclear:
        lines.append(
            f"{len(unclear)} could not be observed, first: {unclear[0].target} {unclear[0].feature}: "
            f"{unclear[0].told or unclear[0].status}"
        )
    return "\n".join(lines)


def told(found: Sequence[Any]) -> list[str]:
    """Each entry that is not true, in a sentence."""
    lines = []
    for each in found:
        name = f"{each.model} {each.version}".strip()
        where = each.targets[0] if len(each.targets) == 1 else f"{len(each.targets)} targets"
        if each.drift == "support.missing":
            said = f": {each.cell.told}" if each.cell.told else ""
            lines.append(f"{each.drift}  {name} {each.feature}: documented, but refused on {where}{said}")
        else:
            lines.append(f"{each.drift}  {name} {each.feature}: documented as absent, but works on {where}")
        lines[-1] += f" ({each.cell.source}, {each.cell.date})"
    return lines


def _row(probed: Any) -> dict[str, Any]:
    facts = probed.facts
    return {
        "target": facts.name,
        "model": facts.model,
        "version": facts.version,
        "region": facts.region,
        "features": {
            cell.feature: {
                "documented": cell.documented.value,
                "did": cell.did.value,
                "status": cell.status,
                "told": cell.told,
                "drift": cell.drift,
            }
            for cell in probed.cells
        },
    }


def _entry(entry: Any) -> dict[str, Any]:
    return {
        "model": entry.model,
        "version": entry.version,
        "feature": entry.feature,
        "drift": entry.drift,
        "targets": list(entry.targets),
        "source": entry.cell.source,
        "date": entry.cell.date,
    }
