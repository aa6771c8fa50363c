"""`harness catalogue`: what is documented of regions, models and features."""

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click


@click.command()
@click.option("--region", metavar="R", help="A region, by id (eastus2) or name (East US 2).")
@click.option("--model", metavar="M", help="A model, as the documentation spells it.")
@click.option("--feature", metavar="F", help="A feature, as scenarios name it in `needs`.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of the tables.")
def command(region: str | None, model: str | None, feature: str | None, form: str) -> None:
    """Show what is documented: which model can be deployed where, what it can do, and when it retires.

    Each fact is yes, no or unknown, with its source and as of when. Without options: all models, regions and
    features. Names narrow what is shown, and go together.

    Exit codes: 0 shown, 4 there is no such region, model or feature.
    """
    from harness.catalogue import Catalogue, Unlisted
    from harness.catalogue.views import tables

    try:
        shown = tables(Catalogue.load(), region=region, model=model, feature=feature)
    except Unlisted as unlisted:
        hint = f"did you mean `{unlisted.near}`?" if unlisted.near else "`harness catalogue` lists them all"
        click.echo(f"error: {unlisted}\n  = {hint}", err=True)
        raise SystemExit(4) from None
    if form == "json":
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    width = max(80, shutil.get_terminal_size((120, 24)).columns)
    click.echo("\n\n".join("\n".join(_table(name, rows, width)) for name, rows in shown.items()))


def _table(name: str, rows: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    """A table in columns; one that nothing fills is left out, and the last one is wrapped.

    A remark stands behind its source, to keep the table narrow.
    """
    yield name
    rows = [_joined(row) for row in rows]
    if not rows:
        yield "  (none)"
        return
    columns = [column for column in rows[0] if any(row[column] not in (None, []) for row in rows)]
    cells = [{column: column.replace("_", " ") for column in columns}]
    cells += [{column: _cell(row[column]) for column in columns} for row in rows]
    *others, last = columns
    wide = {column: max(len(row[column]) for row in cells) for column in others}
    for row in cells:
        start = "  " + "".join(f"{row[column]:{wide[column]}}  " for column in others)
        yield from _wrapped(start, row[last], width)


def _joined(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if "remark" not in row:
        return row
    told = "; ".join(text for text in (row["source"], row["remark"]) if text)
    return {**{column: value for column, value in row.items() if column != "remark"}, "source": told or None}


def _wrapped(start: str, text: str, width: int) -> Iterator[str]:
    lines = textwrap.wrap(text, max(30, width - len(start)), break_long_words=False, break_on_hyphens=False) or [""]
    yield (start + lines[0]).rstrip()
    for line in lines[1:]:
        yield " " * len(start) + line


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return (", " if any(" " in each for each in value) else " ").join(value) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
