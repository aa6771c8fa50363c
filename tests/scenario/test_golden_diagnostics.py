"""What a person sees, letter by letter: each file under `golden/diagnostics` and the text that refuses it.

After a deliberate change `python tests/scenario/test_golden_diagnostics.py` writes the texts anew, for review.
"""

from datetime import date
from pathlib import Path

import pytest

from harness.scenario.load import read

FOLDER = Path(__file__).parents[1] / "golden" / "diagnostics"
FILES = sorted(FOLDER.glob("*.yaml"))


def refusal(file: Path) -> str:
    _, mistakes = read(file.read_bytes(), f"specs/{file.name}", today=date(2026, 11, 22), folder=FOLDER)
    return "\n\n".join(map(str, mistakes)) + "\n"


def test_there_are_enough():
    assert len(FILES) >= 25
    assert {file.stem for file in FOLDER.glob("*.txt")} == {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_refusal(file):
    assert refusal(file) == file.with_suffix(".txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    for each in FILES:
        each.with_suffix(".txt").write_text(refusal(each), encoding="utf-8")
