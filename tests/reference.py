"""The reference files from which facts were read: where they lie, and each as plain data.

They are no part of the project. The directory is named by RESPONSES_REFERENCE, or stands beside the checkout; without
it the tests that need it are skipped.
"""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(os.environ.get("RESPONSES_REFERENCE") or Path(__file__).parents[2] / "shared" / "reference")


@cache
def reference(name: str) -> Any:
    """A reference file as plain data; skips the test where there is none."""
    file = FOLDER / f"{name}.yaml"
    if not file.is_file():
        pytest.skip(f"no reference files: RESPONSES_REFERENCE is not set, and {FOLDER} has no {name}.yaml")
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@cache
def rows(group: str) -> set[str]:
    """The ids of one group of the catalogue of faults (`B` → B01, B02, …), of the rules against threats (`R`), or of
    the sections of the guide (`S`).

    Skips the test where there is no such page.
    """
    file = FOLDER / {"R": "threat-model.md", "S": "source-document.md"}.get(group, "fault-catalogue.md")
    if not file.is_file():
        pytest.skip(f"no reference files: RESPONSES_REFERENCE is not set, and {FOLDER} has no {file.name}")
    return set(re.findall(rf"^\| ({group}\d+)°? \|", file.read_text(encoding="utf-8"), re.MULTILINE))
