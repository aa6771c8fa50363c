"""Every mutant of every correct stream of the corpus: what share of them is found, and why the others cannot be.

Run `PYTHONPATH=tests python tests/proofs/mutants.py` from the checkout (RESPONSES_CORPUS says where the recordings
are); it takes some minutes. It prints a Markdown table and exits with 1 where less than 99.5 % of the mutants of one
kind that are not legal streams themselves are found.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field, fields

import corpus
from builders.mutants import KINDS, judge, legal, mutants, resumed_after, seen

from harness.findings import Level
from harness.protocol.profiles import PROFILES

ENOUGH = 0.995


@dataclass
class Tally:
    """What became of the mutants, by kind."""

    streams: int = 0
    total: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)  # found at level error
    legal: Counter[tuple[str, str]] = field(default_factory=Counter)  # kind and reason of those that went unseen
    missed: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  # streams with warnings of their own, by provider

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def tally() -> dict[str, Tally]:
    """All mutants of all correct recorded streams, by the profile that judges them."""
    tallies = {name: Tally() for name in PROFILES}
    for record in corpus.streams():
        events = [event["data"] for event in record["response"]["events"] if "data" in event]
        profile, after = corpus.profile(record), resumed_after(record)
        told = tallies[profile.name]
        base = judge(events, profile, after)
        if any(finding.level is not Level.NOTE for finding in base):
            told.left_out[record["provider"]] += 1
            continue
        told.streams += 1
        known = seen(base)
        for mutant in mutants(events):
            made = judge(mutant.of(events), profile, after)
            new = [finding for finding in made if (finding.rule, finding.wire.pointer, finding.message) not in known]
            if not new:
                reason = legal(mutant, events, profile, resumed=after is not None)
                if reason:
                    told.legal[mutant.kind, reason] += 1
                    continue
                told.missed.append(f"{record['id']} {mutant.kind} of {mutant.event} {mutant.pointer}")
            told.total[mutant.kind] += 1
            told.found[mutant.kind] += bool(new)
            told.errors[mutant.kind] += any(finding.level is Level.ERROR for finding in new)
    return tallies


def main() -> int:
    tallies = tally()
    core, every = tallies["core"], sum(tallies.values(), Tally())
    streams = ", ".join(f"{told.streams} {name}" for name, told in tallies.items())
    print(f"{every.streams} correct recorded streams ({streams}); left out, because they have warnings of their own: ")
    print(", ".join(f"{count} of {provider}" for provider, count in sorted(every.left_out.items())) + ".\n")
    print("| kind | mutants | found | share | core: mutants | core: found | core: as an error |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind in KINDS:
        shares = [f"{every.found[kind] / every.total[kind]:.3%}", core.total[kind], core.found[kind]]
        told = [kind, every.total[kind], every.found[kind], *shares, f"{core.errors[kind] / core.total[kind]:.3%}"]
        print("| " + " | ".join(f"{one:,}" if isinstance(one, int) else one for one in told) + " |")
    print("\nNot counted, because no judge can tell them from a correct stream:\n")
    for (kind, reason), times in sorted(every.legal.items()):
        print(f"- {kind}: {reason} ({times})")
    print("\nNot found:\n" if every.missed else "\nNothing else went unseen.")
    print("\n".join(f"- {line}" for line in every.missed))
    return int(any(every.found[kind] < ENOUGH * every.total[kind] for kind in KINDS))


if __name__ == "__main__":
    sys.exit(main())
