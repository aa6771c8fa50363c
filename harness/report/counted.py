"""Cases counted in cells: what stands in a table where several cases meet, and the words that find them again."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from harness.record.lines import CaseLine, TargetLine
from harness.record.outcome import OUTCOMES, Outcome
from harness.record.run import Run
from harness.report.text import number


def query(**fields: str) -> str:
    """An address of the table that shows the cases with just these values."""
    words = " ".join(f"{name}={quoted(value)}" for name, value in fields.items())
    return f"#q={quote(words, safe='')}"


def quoted(value: str) -> str:
    """A value as the filter reads it."""
    plain = value and not any(character in value for character in ' "\\,\t\n\r')
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def cell(cases: Iterable[Outcome], address: str) -> dict[str, Any]:
    """Plain data of a cell: its worst outcome, what is said of it, and where its cases are found."""
    counts = Counter(one.outcome for one in cases)
    total = counts.total()
    if not total:
        return {"empty": True}
    worst = next(name for name in OUTCOMES if counts[name])
    said = number(total) if counts[worst] == total else f"{number(counts[worst])} of {number(total)}"
    return {
        "empty": False,
        "outcome": worst,
        "sign": OUTCOMES[worst],
        "class": worst.replace(" ", "-"),
        "said": said,
        "all": ", ".join(f"{number(counts[name])} {name}" for name in OUTCOMES if counts[name]),
        "href": address,
    }


def feature(line: CaseLine | None, case: str) -> str:
    """What a case is about: the folder of its scenario below the first one."""
    file = line.file if line else case.partition("::")[0]
    folders = file.split("/")[:-1]
    return "/".join(folders[1:]) or "/".join(folders) or file


def target_of(one: Outcome, run: Run) -> TargetLine | None:
    """The target of a case, also of one that was not run: its id begins with the target's name."""
    known = run.targets
    if one.lines:
        return known.get(one.lines[-1].target)
    rest = one.case.partition("[")[2]
    fitting = [name for name in known if rest.startswith(f"{name}-")]
    return known[max(fitting, key=len)] if fitting else None


def place(one: Outcome, run: Run) -> tuple[str, str]:
    """Region and model of a case, as they are told; a dash where there is none."""
    line, target = one.shown, target_of(one, run)
    region = line.region if line else target.region if target else None
    model = line.model if line else (target.model or target.deployment) if target else None
    return region or "-", model or "-"


def mode(one: Outcome, run: Run) -> str:
    """Delivery, state and client of a case, in one word."""
    if one.shown is not None:
        line = one.shown
        return "-".join((line.delivery, line.state, line.client))
    target = target_of(one, run)
    rest = one.case.partition("[")[2].removesuffix("]").removeprefix(f"{target.name}-" if target else "")
    delivery, state, client, *_ = (*rest.split("-"), "", "")
    named = client and any(line.client == client for line in run.cases)  # an id leaves out the usual client
    return "-".join(part for part in (delivery, state, client if named else "wire") if part)
