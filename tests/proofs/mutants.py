"""Every mutant of every correct stream of the corpus: what share of them is found, and why the others cannot be.

Run `PYTHONPATH=tests python tests/proofs/mutants.py` from the checkout (RESPONSES_CORPUS says where the recordings
are); it takes some minutes. It prints a Markdown table and exits with 1 where less than 99.5 % of the mutants of one
kind that are not legal streams themselves are found.
"""

import sys
from collections import Counter

import corpus
from builders.mutants import KINDS, judge, legal, mutants, resumed_after, seen

from harness.findings import Level

ENOUGH = 0.995


def main() -> int:
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    as_error: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    missed: list[str] = []
    left_out: Counter[str] = Counter()
    count = 0
    for record in corpus.streams():
        events = [event["data"] for event in record["response"]["events"] if "data" in event]
        profile, after = corpus.profile(record), resumed_after(record)
        base = judge(events, profile, after)
        if any(finding.level is not Level.NOTE for finding in base):
            left_out[record["provider"]] += 1
            continue
        count += 1
        known = seen(base)
        for mutant in mutants(events):
            made = judge(mutant.of(events), profile, after)
            new = [finding for finding in made if (finding.rule, finding.wire.pointer, finding.message) not in known]
            if not new:
                reason = legal(mutant, events, profile, resumed=after is not None)
                if reason:
                    reasons[mutant.kind, reason] += 1
                    continue
                missed.append(f"{record['id']} {mutant.kind} of {mutant.event} {mutant.pointer}")
            total[mutant.kind] += 1
            found[mutant.kind] += bool(new)
            as_error[mutant.kind] += any(finding.level is Level.ERROR for finding in new)
    print(f"{count} correct streams; left out for warnings of their own: {dict(left_out)}\n")
    print("| kind | mutants | found | share | as an error |\n| --- | --- | --- | --- | --- |")
    for kind in KINDS:
        share = found[kind] / total[kind]
        print(f"| {kind} | {total[kind]} | {found[kind]} | {share:.3%} | {as_error[kind] / total[kind]:.3%} |")
    print("\nNot counted, because they are legal streams:\n")
    for (kind, reason), times in sorted(reasons.items()):
        print(f"- {kind}: {reason} ({times})")
    print("\nNot found:\n" if missed else "\nNothing else went unseen.")
    print("\n".join(f"- {line}" for line in missed))
    return int(any(found[kind] < ENOUGH * total[kind] for kind in KINDS))


if __name__ == "__main__":
    sys.exit(main())
