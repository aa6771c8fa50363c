"""Fills the tables of docs/language.md from the language's own tables: `python tests/proofs/language_page.py`."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from harness.matchers import MATCHERS
from harness.scenario.actions import ACTIONS, CLIENTS, DELIVERIES, STATES, Word
from harness.scenario.generate import ABOUT
from harness.scenario.subjects import SUBJECTS
from harness.scenario.tampering import TAMPERS
from harness.scenario.written import WrittenModes, WrittenScenario, WrittenTurn
from harness.source.written import Written

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
END = "<!-- end -->"


def words(table: Mapping[str, Word]) -> Iterator[str]:
    """A table of words; what this version does not run is said to come."""
    yield "| word | is |"
    yield "| --- | --- |"
    for name, word in table.items():
        yield f"| `{name}` | {word.about}{'' if word.built else ' *(not in this version)*'} |"


def keys(model: type[Written], leaving: Collection[str] = ()) -> Iterator[str]:
    """The keys of a model with their lines, as the editor shows them."""
    yield "| key | is |"
    yield "| --- | --- |"
    for name, field in model.model_fields.items():
        if name not in leaving:
            about = field.description or (getattr(field.annotation, "__doc__", None) or "").partition("\n")[0]
            yield f"| `{field.alias or name}` | {about} |"


def subjects() -> Iterator[str]:
    yield "| subject | of | parts |"
    yield "| --- | --- | --- |"
    for name, subject in SUBJECTS.items():
        parts = ", ".join(f"`{part}`" for part in subject.parts) or (subject.open_parts or "")
        yield f"| `{name}` | {subject.about}{'' if subject.built else ' *(not in this version)*'} | {parts} |"


def strategies() -> Iterator[str]:
    yield "| strategy | draws |"
    yield "| --- | --- |"
    yield from (f"| `{name}` | {about} |" for name, about in ABOUT.items())


def matchers() -> Iterator[str]:
    yield "| matcher | holds when the value … | example |"
    yield "| --- | --- | --- |"
    for name, matcher in MATCHERS.items():
        about = (matcher.__doc__ or "").partition("\n")[0].replace("|", "\\|")
        yield f"| `{name}` | {about} | `{json.dumps(matcher.example)}` |".replace("||", "|")


def tampers() -> Iterator[str]:
    """What can be broken, and how."""
    yield "| tamper | does |"
    yield "| --- | --- |"
    for what, ways in TAMPERS.items():
        for how, word in ways.items():
            yield f"| `{{{what}: {how}}}` | {word.about} |"


TABLES = {
    "keys": lambda: keys(WrittenScenario),
    "turn keys": lambda: keys(WrittenTurn, leaving=ACTIONS),
    "mode keys": lambda: keys(WrittenModes),
    "tampers": tampers,
    "actions": lambda: words(ACTIONS),
    "deliveries": lambda: words(DELIVERIES),
    "states": lambda: words(STATES),
    "clients": lambda: words(CLIENTS),
    "subjects": subjects,
    "strategies": strategies,
    "matchers": matchers,
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
