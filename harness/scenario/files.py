"""Which files are scenarios: told cheaply, so that a collector can leave other YAML alone without loading anything."""

import re
from typing import Final

SUFFIXES: Final = (".yaml", ".yml")
_TELLING: Final = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"']?(?:scenario|turns)[\"']?[ \t]*:")


def is_scenario(text: bytes) -> bool:
    """Whether a YAML file is meant as a scenario: it has `scenario:` or `turns:` at the top. Never raises."""
    return _TELLING.search(text) is not None
