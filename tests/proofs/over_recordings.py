"""Every defect of events and frames put over every correct recorded stream: is it found under its row's code?

Run `PYTHONPATH=tests python tests/proofs/over_recordings.py` from the checkout. A defect that changes nothing in a
stream (there is nothing of its kind in it) is not counted. Prints those that are not found under exactly the codes of
their row, and exits with 1 where there are any.
"""

import sys
from collections import Counter

from builders.recorded_defects import defects, records, right, spoilt


def main() -> int:
    tried: Counter[str] = Counter()
    wrong: list[str] = []
    some = defects()
    for record in records():
        for defect, findings in spoilt(record, some):
            tried[defect.id] += 1
            if not right(defect, record, findings):
                told = " ".join(sorted({f"{one.rule} ({one.level})" for one in findings}))
                wrong.append(f"- {defect.id} over {record['id']}: {told or 'nothing'}")
    count = sum(tried.values())
    print(f"{len(tried)} of {len(some)} defects had something to spoil in {len(records())} recorded streams of OpenAI ")
    print(
        f"and Azure: {count:,} spoilt streams, {count - len(wrong):,} found under the codes of their row and no other."
    )
    print("\n".join(wrong))
    print("\nNothing to spoil: ", " ".join(sorted(one.id for one in some if one.id not in tried)))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
