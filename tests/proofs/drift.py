"""All regions and all model versions on an embedded endpoint that goes by a catalogue with forty false entries.

The entries are drawn over every feature that can be probed and that is documented at all, in both directions. Exactly
those forty must be told as drift, each with its direction, and nothing where no entry is false; else exits 1.
"""

import sys
import time

from builders.falsified import believed, drawn, versions
from engine.test_engine_probing import expected, family, probed, told

from harness.engine.probing.probing import entries
from harness.mock.offered import REGIONS

COUNT = 40
SEEDS = (1, 2, 3)


def main() -> int:
    of, regions = versions(), tuple(REGIONS)
    targets = family(of, regions)
    wrong = 0
    for seed in (None, *SEEDS):
        falsified = drawn(seed, COUNT, of, regions) if seed is not None else frozenset()
        began = time.monotonic()
        with believed(falsified):
            seen = probed(targets)
        found, wanted = told(entries(seen)), expected(falsified)
        wrong += found != wanted
        kinds = {(each.feature, each.truth) for each in falsified}
        missing = sum(1 for each in falsified if each.truth == "yes")
        print(
            f"{len(of)} versions in {len(regions)} regions, {len(falsified)} false entries ({missing} of them promise "
            f"too much; of {len({name for name, _ in kinds})} features, {len(kinds)} with their direction): "
            f"{len(found & wanted)} found, {len(wanted - found)} not, {len(found - wanted)} told wrongly, "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
        for each in sorted(map(str, found ^ wanted)):
            print("  ", each)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
