"""Kills a run at every single step of what it makes at an endpoint, and cleans up by its ledger: what is left then?

Run `PYTHONPATH=tests python tests/proofs/ledger_steps.py` from the checkout (`make ledger-steps`). Nothing may be left
but what nobody can know the id of, and of each such thing `harness gc` must tell. Ends with 1 where something else is.
"""

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from builders.stepped import Killed, faults, killed, serving


def part(steps: range, names: tuple[str, ...]) -> list[tuple[int, Killed, list[str]]]:
    """These steps, one after the other, on an endpoint of their own."""
    found = []
    with serving() as room, tempfile.TemporaryDirectory() as folder:
        for at in steps:
            done = killed(room, Path(folder) / str(at), at)
            wrong = faults(done)
            if done.steps != names[:at]:
                wrong.append("the steps before it were others than in a whole run")
            for fault in wrong:
                print(f"step {at}, {names[at - 1]}: {fault}\n{done.told}", flush=True)
            found.append((at, done, wrong))
            if at % 25 == 0:
                print(f"  step {at}", flush=True)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only each so many steps")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with serving() as room, tempfile.TemporaryDirectory() as folder:
        whole = killed(room, Path(folder) / "whole", 0)
    names = whole.steps
    print(f"a whole run has {len(names)} steps, ends with {whole.status}, and leaves {len(whole.before)} things")
    if whole.status or whole.before or not names:
        return 1
    parts = [range(1 + n * asked.every, len(names) + 1, asked.workers * asked.every) for n in range(asked.workers)]
    with ThreadPoolExecutor(asked.workers) as pool:
        found = [each for some in pool.map(part, parts, [names] * len(parts)) for each in some]
    held = [done for _, done, _ in found if done.before]
    stay = [(at, done) for at, done, _ in found if done.left]
    wrong = sum(bool(each) for _, _, each in found)
    print(f"{len(found)} steps; at {len(held)} of them the endpoint held something when the run was dead")
    print(f"after gc: nothing at {len(found) - len(stay)}; at {len(stay)} what nobody read the id of, and that is told")
    for name, count in sorted(Counter(names[at - 1] for at, _ in stay).items()):
        print(f"  {count} x {name}")
    print(f"faults: {wrong}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
