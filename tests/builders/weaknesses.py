"""Weaknesses to be planted, one at a time: for a rule against threats (R1 …) or a kind of hostile input (E01 …), what
holds it is taken away, and a test must notice. `proofs/weaknesses.py` plants them into a copy of the package.
"""

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


WEAKNESSES: Final = tuple(
    Weakness(**each) for each in yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
)

PLANTED_ELSEWHERE: Final = {
    "R10": "tests/test_guarded.py, tests/test_hostile_data.py: planted calls, formats and programs are seen",
    "R21": "tests/test_supply_chain.py, tests/starting/: an old pin, a package that acts, an unsafe workflow are seen",
}
"""Rules whose tests look at the checkout, not at the package that runs: they plant in themselves."""
