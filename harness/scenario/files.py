"""Which files are scenarios: told cheaply, so that a collector can leave other YAML alone without loading anything."""

import re
from functools import lru_cache
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


def is_scenario_file(path: Path, root: Path) -> bool:
    """Whether a file found in a folder is ours: YAML below `specs/`, or with `scenario:` and `turns:` at its top.

    `root` is the project; folders above it do not count.
    """
    if path.suffix not in SUFFIXES or path.name in NOT_SCENARIOS or ATTACHMENTS in path.parts:
        return False
    if project_of(path, root) is not None:
        return True
    try:
        text = path.read_bytes()
    except OSError:
        return False
    return all(key.search(text) for key in _KEYS)


def project_of(path: Path, root: Path) -> Path | None:
    """What a scenario file is named from: the parent of the outermost folder `specs` at or below `root`.

    None where the file lies in no such folder.
    """
    return _project_of_files_in(path.absolute().parent, root.absolute())


@lru_cache(maxsize=256)
def _project_of_files_in(folder: Path, root: Path) -> Path | None:
    """The same for every file of a folder."""
    if not folder.is_relative_to(root):
        return None
    homes = [each for each in (folder, *folder.parents) if each.name == HOME and each.is_relative_to(root)]
    return min(homes, key=lambda each: len(each.parts)).parent if homes else None
