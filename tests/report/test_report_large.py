"""An answer of 200 MiB (D24): kept whole beside the record, and a page that stays small and opens."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from builders import runs

from harness.findings import Verdict
from harness.record.lines import TurnLine
from harness.record.run import Run
from harness.record.writer import RunWriter
from harness.wire.limits import MIB

BEGINS = b'{"id":"resp_1","begins":"here","padding":"'
SIZE = 200 * MIB


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of one case that failed, with such an answer."""
    folder = tmp_path_factory.mktemp("large") / "run"
    body = BEGINS + b"x" * (SIZE - len(BEGINS) - 2) + b'"}'
    with RunWriter(folder, runs.head([runs.case_id()])) as writer:
        where = writer.exchanges(runs.case_id(), "turn-1", 0, runs.exchange(body))
        turn = TurnLine("turn-1", "user", "Say much.", ("x",), "completed", (where,))
        finding = runs.finding(exchange=0, event=None, offset=0, turn="turn-1")
        writer.case(runs.case(verdict=Verdict.FAILED, turns=(turn,), findings=(finding,)))
    return Run.read(folder).sound()


def test_it_is_kept_whole_and_apart(large: Run):
    """The record itself stays small; length and sum tell what lies apart."""
    (line,) = large.cases
    kept = large.exchange(line.turns[0].exchanges[0]).body
    file = large.folder / "bodies" / str(kept.sha256)

    assert (kept.length, kept.text, kept.base64) == (SIZE, None, None)
    with file.open("rb") as data:
        assert hashlib.file_digest(data, "sha256").hexdigest() == kept.sha256
    assert sum(path.stat().st_size for path in large.folder.glob("*.jsonl")) < 64 * 1024


def test_its_page_is_small_and_opens(opened: Any, large: Run, tmp_path: Path):
    """What is shown of it is where something was found; how long it is, and where it lies, is said."""
    shown = opened(large)
    shown.page.evaluate("location.hash = 'case=0'")
    shown.page.wait_for_selector("#case h1")
    shown.page.click("#case a.bytes")
    shown.page.wait_for_selector("text=begins")

    assert (tmp_path / "report.html").stat().st_size < 2 * MIB
    assert f"{SIZE:,} bytes" in shown.text("#case")
    assert len(shown.page.content()) < 4 * MIB
    assert shown.quiet()
