"""A run held to a policy file and a baseline on disk: what `harness gate` and a run with `--gate` both do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.comparison.comparison import Comparison, compare
from harness.comparison.gated import Gated
from harness.gate.decide import decide
from harness.gate.policy import FILE, Policy, Read, read
from harness.record.run import Run


@dataclass(frozen=True)
class Terms:
    """What a run will be held to; read before anything is sent. `names` maps the baseline's targets to the run's."""

    policy: Read
    baseline: Run | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, policy: Path | None, baseline: Path | None, names: Mapping[str, str]) -> "Terms":
        """The policy that is named, the one that lies here, or the built-in one; and the baseline's record.

        Raises:
            harness.source.place.Refused: the policy is none; every mistake at its place.
            harness.record.unsound.Unsound: the baseline cannot be read.
        """
        taken = policy or (Path(FILE) if Path(FILE).is_file() else None)
        return cls(
            read(taken) if taken is not None else Read(Policy(), None),
            Run.read(baseline) if baseline is not None else None,
            names,
        )

    def hold(self, run: Run) -> tuple[Comparison | None, Gated]:
        """What the comparison says, where there is a baseline, and what the gate found.

        Raises:
            harness.comparison.pairing.UnclearTargets: which targets answer to each other cannot be told.
        """
        comparison = compare(self.baseline, run, self.names) if self.baseline is not None else None
        return comparison, decide(run, self.policy, comparison)
