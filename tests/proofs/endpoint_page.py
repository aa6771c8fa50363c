"""Fills the tables of docs/endpoint.md from the endpoint's own: `python tests/proofs/endpoint_page.py`."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.mock.faithful import BY_OPERATION, BY_SUBJECT, Faith
from harness.mock.issues import ISSUES

PAGE = Path(__file__).parents[2] / "docs" / "endpoint.md"
END = "<!-- end -->"


def faith(table: Mapping[str, Faith], first: str, code: str) -> Iterator[str]:
    yield f"| {first} | faithful | simpler | why |"
    yield "| --- | --- | --- | --- |"
    for name, entry in table.items():
        yield f"| {code}{name}{code} | {entry.faithful} | {entry.simplified} | {entry.why} |"


def issues() -> Iterator[str]:
    yield "| issue | what it does |"
    yield "| --- | --- |"
    for name, what in ISSUES.items():
        yield f"| `{name}` | {what} |"


TABLES = {
    "issues": issues,
    "operations": lambda: faith(BY_OPERATION, "operation", "`"),
    "subjects": lambda: faith(BY_SUBJECT, "of all", ""),
}


def filled(page: str) -> str:
    """The page with every table made anew behind its mark."""
    for name, rows in TABLES.items():
        table = f"<!-- {name} -->\n\n" + "\n".join(rows()) + f"\n\n{END}"
        pattern = rf"<!-- {name} -->(?:\n\n\|.*?\n\n{END})?"
        page = re.sub(pattern, lambda _, table=table: table, page, flags=re.DOTALL)
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
