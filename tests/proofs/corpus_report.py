"""Rules × evidence: on how many recorded replies each rule had something to look at, and what it found there.

Run `PYTHONPATH=tests python tests/proofs/corpus_report.py` from the checkout; it prints Markdown and exits with 1 where
a rule finds an error on real traffic.
"""

import sys
from collections import Counter

import corpus

from harness.conversation import Conversation
from harness.findings import Level
from harness.rules import RULES, judge


def main() -> int:
    applied: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str, Level]] = Counter()
    sizes: Counter[str] = Counter()
    profiles = ("core", "codex", "lenient")
    for record in corpus.records():
        profile = corpus.profile(record).name
        sizes[profile] += 1
        judgement = judge(Conversation.recorded([corpus.reply(record)]))
        for name, count in judgement.applied.items():
            applied[name, profile] += count
        for finding in judgement.findings:
            found[finding.rule, profile, finding.level] += 1
    print(f"Recorded replies: {', '.join(f'{profile} {sizes[profile]}' for profile in profiles)}.\n")
    print("Each cell: replies that the rule had something to look at in; then errors, warnings and notes it found.\n")
    print("| rule | level | core | codex | lenient |\n| --- | --- | --- | --- | --- |")
    for rule in RULES:
        cells = []
        for profile in profiles:
            counts = [
                f"{found[rule.name, profile, level]} {level}" for level in Level if found[rule.name, profile, level]
            ]
            cells.append(", ".join([str(applied[rule.name, profile]), *counts]))
        print(f"| `{rule.name}` | {rule.level} | {' | '.join(cells)} |")
    return int(any(level is Level.ERROR for _, _, level in found))


if __name__ == "__main__":
    sys.exit(main())
