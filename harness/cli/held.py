"""A run held to what options name: a policy, and a baseline with the targets that answer to each other."""

from pathlib import Path

from harness.cli.compare import mapping
from harness.cli.records import Refused
from harness.comparison.comparison import Comparison
from harness.comparison.gated import Gated
from harness.comparison.pairing import UnclearTargets
from harness.gate.holding import Terms
from harness.record.run import Run
from harness.record.unsound import Unsound
from harness.source.place import Refused as PolicyRefused
from harness.source.place import escaped


def held(
    run: Run, policy: Path | None, baseline: Path | None, names: tuple[str, ...]
) -> tuple[Comparison | None, Gated]:
    """The comparison, where a baseline is named, and what the gate found. `names` are pairs `OLD=NEW`.

    Raises `Refused` where one of the files cannot be read, or targets cannot be paired.
    """
    try:
        return Terms.read(policy, baseline, dict(mapping(name) for name in names)).hold(run)
    except PolicyRefused as refused:
        raise Refused(f"the policy is refused\n{refused}") from None
    except Unsound as problem:
        raise Refused(escaped(f"{baseline}: {problem}")) from problem
    except UnclearTargets as unclear:
        raise Refused(f"{escaped(str(unclear))}\nsay it with --map OLD=NEW") from unclear
