"""The gate at the end of a run: `--gate` and its companions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.comparison.gated import Judged
from harness.comparison.pairing import UnclearTargets
from harness.gate.holding import Terms
from harness.record.run import Run
from harness.record.unsound import Unsound
from harness.source.place import Refused
from harness.summary.text import gate


def gate_of(option: Any) -> Callable[[Run], Judged]:
    """What holds a run to the policy that the options mean.

    Raises:
        pytest.UsageError: the policy or the baseline cannot be read, or a name is not mapped.
    """
    names = dict(_mapping(pair) for pair in option.map)
    try:
        terms = Terms.read(_path(option.policy), _path(option.baseline), names)
    except Refused as refused:
        raise pytest.UsageError(f"nothing was sent: the policy is refused\n{refused}") from None
    except Unsound as problem:
        raise pytest.UsageError(f"--baseline: {problem}") from None

    def hold(run: Run) -> Judged:
        try:
            comparison, gated = terms.hold(run)
        except UnclearTargets as unclear:
            return Judged(3, [f"the gate did not judge: {unclear} Say it with --map OLD=NEW."])
        return Judged(gated.exit, list(gate(gated)), comparison, gated)

    return hold


def _path(name: str | None) -> Path | None:
    return Path(name) if name is not None else None


def _mapping(pair: str) -> tuple[str, str]:
    old, equals, new = pair.partition("=")
    if not (old and equals and new):
        raise pytest.UsageError(f"--map {pair!r}: write OLD=NEW")
    return old, new
