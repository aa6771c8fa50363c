"""What around a run bounds it or makes it unsafe: open files, variables of the environment, newer packages."""

import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

if sys.platform != "win32":  # which has no such limits
    import resource

A_CASE: Final = 4
"""Files that a case may have open: its connection, the endpoint's end of it, and both of a tool server."""
BESIDE: Final = 24
"""Files that a run opens beside its cases: record, ledger, report, pipes, a process that decodes, and some to spare."""

TESTED: Final = "3.54"
"""The newest official package whose behaviour is tested; the harness's own client does not depend on it."""


class TooFewFiles(Exception):
    """Not even one case at a time can run with so few open files."""


def at_once(wanted: int) -> int:
    """How many cases at once the limit of open files bears; it is raised first as far as this process may.

    Raises:
        TooFewFiles: none.
    """
    if sys.platform == "win32":
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    beside = _open() + BESIDE
    needed = beside + wanted * A_CASE
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    if soft < beside + A_CASE:
        raise TooFewFiles(
            f"this process may have {soft} files open, and a run needs {beside + A_CASE} at least, {needed} for "
            f"{wanted} cases at once: raise the limit (ulimit -n)"
        )
    return (soft - beside) // A_CASE


def _open() -> int:
    """How many files this process has open."""
    for folder in ("/proc/self/fd", "/dev/fd"):
        if Path(folder).is_dir():
            return len(os.listdir(folder)) - 1  # one is the listing's own
    return 16


def unsafe(environment: Mapping[str, str]) -> str | None:
    """Why nothing may be sent in this environment."""
    pipeline = environment.get("CI", "").lower() not in ("", "0", "false")
    if pipeline and environment.get("SSLKEYLOGFILE"):
        return (
            "SSLKEYLOGFILE is set: in a pipeline, the keys of TLS connections would lie in a file beside its results; "
            "unset it"
        )
    return None


def untested(installed: str | None = None) -> str | None:
    """A warning where the official package is newer than what is tested; `installed` is its version."""
    found = installed or version("openai")
    if _parts(found)[:2] <= _parts(TESTED):
        return None
    told = f"openai {found} is newer than what is tested ({TESTED})"
    return f"{told}: what it reports may differ; the raw client does not use it"


def _parts(told: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in told.split("."))
