"""Ids and names: what they may look like, since node ids, records and file names are made of them."""

import re
import unicodedata
from typing import Final

from harness.source.place import HIDDEN, shown

ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
"""What the id of a scenario or turn looks like."""
LONGEST_ID: Final = 80
TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,79}")
MARKS_OF_PYTEST: Final = frozenset({"skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings"})
"""No tags: a tag becomes a mark, and these would have a case left out or its failure excused."""
LINK: Final = re.compile(r"https?://[\x21-\x7e]+")

RULE: Final = "small letters, digits, `.`, `_` and `-`, at most 80, a letter or digit first"


def slug(title: str) -> str:
    """The id that a title gives: ASCII, small, hyphens between words; empty where nothing of it is left."""
    ascii_ = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._]+", "-", ascii_).strip("-._")[:LONGEST_ID].rstrip("-._")


def id_mistake(id: str) -> tuple[str, str | None] | None:
    """Why this is no id, and what to write instead; None where it is one."""
    if ID.fullmatch(id):
        return None
    better = slug(id)
    return f"`{shown(id)}` is no id: {RULE}", f"write `{better}`" if better else None


def name_mistake(name: str) -> str | None:
    """Why a title, an owner or a tag cannot be shown as it is; None where it can."""
    if hidden := HIDDEN.search(name):
        return f"holds a character that cannot be seen: {shown(hidden.group())}"
    return None if name.strip() else "is blank"
