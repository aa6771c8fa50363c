"""Weaknesses to be planted, one at a time: for a rule against threats (R1 …) or a kind of hostile input (E01 …), what
holds it is taken away, and a test must notice. `proofs/weaknesses.py` plants them into a copy of the package.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml


@dataclass(frozen=True, slots=True)
class Weakness:
    """`old` stands once in `file` (below `harness/`) and becomes `new`; `test` (below `tests/`) fails then."""

    rows: str
    file: str
    old: str
    new: str
    test: str


FILES: Final = ("weaknesses.yaml", "weak_inputs.yaml")

WEAKNESSES: Final = tuple(
    Weakness(**each)
    for name in FILES
    for each in yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
)

NOT_PLANTED: Final[Mapping[str, str]] = {}
"""Rows for which nothing can be taken away in the package, and why."""
