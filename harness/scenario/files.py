"""Which files are scenarios: told cheaply, so that a collector can leave other YAML alone without loading anything."""

import re
from pathlib import Path
from typing import Final

SUFFIXES: Final = (".yaml", ".yml")
HOME: Final = "specs"
"""Below a folder of this name every YAML file is a scenario file: one that misspells its keys must not go unseen."""
NOT_SCENARIOS: Final = frozenset({"targets.yaml", "gate.yaml"})
ATTACHMENTS: Final = "attachments"
"""Folders of this name hold what scenarios send, of whatever kind."""
_KEYS: Final = tuple(
    re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"']?" + key + rb"[\"']?[ \t]*:") for key in (b"scenario", b"turns")
)


def is_scenario_file(path: Path) -> bool:
    """Whether a file found in a folder is ours: YAML below `specs/`, or with `scenario:` and `turns:` at its top."""
    if path.suffix not in SUFFIXES or path.name in NOT_SCENARIOS or ATTACHMENTS in path.parts:
        return False
    if HOME in path.absolute().parts:
        return True
    try:
        text = path.read_bytes()
    except OSError:
        return False
    return all(key.search(text) for key in _KEYS)


def project_of(path: Path) -> Path | None:
    """What scenario files are named from: the parent of the outermost folder `specs` that the file lies in."""
    return next((parent.parent for parent in reversed(path.parents) if parent.name == HOME), None)
