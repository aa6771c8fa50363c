"""A sample of the mutants of recorded streams; `tests/proofs/mutants.py` takes them all."""

import random

import corpus
from builders.mutants import KINDS, judge, legal, mutants, resumed_after, seen
from builders.streams import BASES

from harness.findings import Level
from harness.protocol.profiles import CORE

SAMPLE = 20_000


def test_of_a_sample_of_mutants_of_recorded_streams_none_goes_unseen_that_is_not_legal():
    chance = random.Random(20_260_301)
    weights = dict.fromkeys(KINDS, 0)
    streams = [record for record in corpus.streams() if len(record["response"]["events"]) < 200]
    for _ in range(len(streams)):
        record = chance.choice(streams)
        events = [event["data"] for event in record["response"]["events"] if "data" in event]
        profile, after = corpus.profile(record), resumed_after(record)
        base = judge(events, profile, after)
        if any(finding.level is not Level.NOTE for finding in base):
            continue
        every = list(mutants(events))
        for mutant in chance.sample(every, min(len(every), SAMPLE // len(streams))):
            weights[mutant.kind] += 1
            if seen(judge(mutant.of(events), profile, after)) <= seen(base):
                assert legal(mutant, events, profile, resumed=after is not None), (record["id"], mutant)
    assert all(weights.values())


def test_of_all_mutants_of_the_base_exchanges_none_goes_unseen_that_is_not_legal():
    for name, base in BASES.items():
        events = base()
        for mutant in mutants(events):
            if not judge(mutant.of(events), CORE, None):
                assert legal(mutant, events, CORE, resumed=False), (name, mutant)
