"""What shards are balanced by: how long the cases of an earlier run took."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.record.run import Run
from harness.record.unsound import Unsound


def durations_of(record: str) -> Mapping[str, float]:
    """How long each case took in all in the record of `--balance`, in seconds.

    Raises:
        pytest.UsageError: it cannot be read.
    """
    try:
        return durations(Run.read(Path(record)))
    except Unsound as problem:
        raise pytest.UsageError(f"--balance: {problem}") from None


def durations(run: Run) -> dict[str, float]:
    """How long each case of a run took in all, in seconds."""
    found: dict[str, float] = {}
    for line in run.cases:
        found[line.case] = found.get(line.case, 0.0) + line.seconds
    return found
