"""The path of a `call:`: somewhere below the target's base address, and no way out of there."""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from harness.source.place import shown

METHODS: Final = ("GET", "POST", "DELETE", "PUT", "PATCH")
LONGEST: Final = 2_000
_ALLOWED: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]+")
_QUERY: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]-]*")
_MARK: Final = re.compile(r"\$\{[^}]*\}")
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class LeadsOut(ValueError):
    """A path does not stay below the base address; says why."""


def path_mistake(template: str) -> str | None:
    """What is wrong with a path whatever its variables will be; None where nothing is."""
    try:
        checked(_MARK.sub("x", template).replace("$$", "$"))
    except LeadsOut as error:
        return str(error)
    return None


def checked(path: str) -> str:
    """The path as it is put behind the base address, its leading slash taken away.

    Raises:
        LeadsOut: it is an address of its own, climbs, or hides something of the kind in an escape.
    """
    if len(path) > LONGEST:
        raise LeadsOut(f"a path has at most {LONGEST} characters")
    before, _, query = path.removeprefix("/").partition("?")
    if not before or "://" in path or path.startswith("//"):
        raise LeadsOut("a path begins below the base address, such as `files` or `containers/${id}`")
    if not _ALLOWED.fullmatch(before) or not _QUERY.fullmatch(query):
        raise LeadsOut(f"`{shown(path)}` holds characters that cannot stand in a path")
    if _ESCAPE.search(path):
        raise LeadsOut(f"`{shown(path)}` holds a `%` that begins no escape")
    for segment in before.split("/"):
        plain = unquote(segment)
        if not segment or plain.strip(".") == "" or plain.partition(";")[0].strip(".") == "":
            raise LeadsOut(f"`{shown(path)}` climbs, or holds an empty part")
        if re.search(r"[/\\%?#\x00-\x1f\x7f]", plain):
            raise LeadsOut(f"`{shown(path)}` hides a separator in an escape")
    return f"{before}?{query}" if query else before


def address(base: str, path: str) -> str:
    """The address of a checked path below a base that ends in a slash.

    Raises:
        LeadsOut: it would not lie below the base.
    """
    whole = base + checked(path)
    here, there = urlsplit(base), urlsplit(whole)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc) or not there.path.startswith(here.path):
        raise LeadsOut(f"`{shown(path)}` does not lie below the base address")
    return whole
