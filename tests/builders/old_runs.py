"""Recorded runs of a given age, and `harness gc --older-than 30` over them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from builders import runs
from click.testing import CliRunner, Result

from harness.cli import main
from harness.record.reading import read_head

OLD, YOUNG = 40, 20
"""Days that runs of these tests are old; what is older than 30 is removed."""


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")


def ran(reports: Path, name: str, days: float = OLD) -> Path:
    """A recorded run with exchanges, a body that lies apart, a page, and a ledger of which nothing is left."""
    head = runs.head([runs.case_id()], run=name, started=ago(days))
    folder = runs.write(reports / name, head, [runs.case()])
    (folder / "bodies").mkdir(exist_ok=True)
    (folder / "bodies" / ("ab" * 32)).write_bytes(b"a long body")
    (folder / "report.html").write_text("<!doctype html>")
    ledger(folder, {"entry": 1, "gone": True})
    return folder


def ledger(folder: Path, *lines: object) -> None:
    made = {"entry": 1, "kind": "file", "endpoint": "https://a.example/v1/", "target": "x", "case": "c"}
    (folder / "ledger.jsonl").write_text("".join(json.dumps(line) + "\n" for line in (made, *lines)))


def day(folder: Path) -> str:
    """When a run began."""
    return read_head(folder / "record.jsonl").started[:10]


def gc(reports: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["gc", "--reports", str(reports), "--older-than", "30", *arguments])


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
