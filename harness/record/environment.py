"""Which variables of the environment may change what a run does: their names are told, their values never."""

import re
from collections.abc import Iterable
from typing import Final

_MATTERING: Final = re.compile(
    r"(?:HTTPS?|ALL|NO)_PROXY|SSL.*|REQUESTS_CA_BUNDLE|OPENAI_.*|AZURE_.*|PYTHON.*|PYTEST_.*|CI|LANG|LC_.*",
    re.IGNORECASE,
)
_OWN: Final = re.compile(r"PYTEST_(?:CURRENT_TEST|VERSION|XDIST_.*)")
"""What pytest sets itself."""


def mattering(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that matter, sorted."""
    return tuple(sorted(name for name in names if _MATTERING.fullmatch(name) and not _OWN.fullmatch(name)))
