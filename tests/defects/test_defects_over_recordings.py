"""A sample of all defects over recorded streams; `tests/proofs/over_recordings.py` takes them all."""

import random
from collections import Counter

from builders.recorded_defects import defects, records, right, spoilt

TIMES = 3
"""How many recordings each defect spoils at least, where so many have something to spoil."""


def test_defects_over_recorded_streams_are_found_under_the_codes_of_their_rows():
    chance = random.Random(20_260_302)
    tried: Counter[str] = Counter()
    short = [record for record in records() if len(record["response"]["events"]) < 150]
    chance.shuffle(short)
    for record in short:
        for defect, findings in spoilt(record, [one for one in defects() if tried[one.id] < TIMES]):
            tried[defect.id] += 1
            assert right(defect, record, findings), (defect.id, record["id"], findings)
    assert len(tried) > 120
