"""The random walk over the endpoint, for at least 2,000 steps: python tests/proofs/mock_machine.py [steps]"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from builders.mock_machine import Endpoint
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

WALK = 50


class Counted(Endpoint):
    """Counts the steps of all walks."""

    steps = 0

    def check_invariants(self, *args: object, **more: object) -> None:
        Counted.steps += 1
        super().check_invariants(*args, **more)


def main(wanted: int) -> None:
    """Walks until so many steps are done; any disagreement ends it with the walk that shows it."""
    while Counted.steps < wanted:
        run_state_machine_as_test(
            Counted,
            settings=settings(
                max_examples=max(1, (wanted - Counted.steps) // WALK + 1),
                stateful_step_count=WALK,
                deadline=None,
                database=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            ),
        )
    print(f"{Counted.steps} steps, no disagreement")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
