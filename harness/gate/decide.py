"""A run held to a policy: open or shut, with every reason.

Each demand of the policy is a function that looks at the run and answers reasons; none knows of another. What they
answer is ordered by weight: first what makes the evidence itself doubtful, then what failed, then what is unclear.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from harness.comparison.comparison import Comparison
from harness.comparison.gated import ORDER, Gated, Note, Reason
from harness.gate.demands import (
    drift,
    errored,
    expired,
    flaky,
    inconclusive,
    live,
    missing,
    must_pass,
    nothing,
    record,
    skipped,
)
from harness.gate.figures import latency, pass_rate, regression, tokens
from harness.gate.held import Held, counted, means
from harness.gate.policy import Read
from harness.record.run import Run

DEMANDS: Final[Sequence[Callable[[Held], Iterator[Reason]]]] = (
    record,
    errored,
    nothing,
    missing,
    must_pass,
    pass_rate,
    regression,
    latency,
    tokens,
    drift,
    flaky,
    live,
    expired,
    inconclusive,
    skipped,
)
"""Everything that a policy can demand."""


def decide(run: Run, read: Read, comparison: Comparison | None = None, *, today: datetime.date | None = None) -> Gated:
    """Whether a run shows what a policy demands. `comparison` is that of the run with its baseline."""
    held = Held(run, read, comparison, today or datetime.datetime.now(datetime.UTC).date())
    reasons = [reason for demand in DEMANDS for reason in demand(held)]
    reasons.sort(key=lambda reason: ORDER.index(reason.exit))
    return Gated(
        run.head.run,
        read.file,
        comparison.base if comparison is not None else None,
        len(run.head.planned),
        tuple(reasons),
        tuple(_notes(held)),
    )


def _notes(held: Held) -> Iterator[Note]:
    for each in held.policy.known:
        failed = [case for case in held.excused if means(each.scenario, case.partition("[")[0])]
        if failed and held.valid(each):
            words = f"{each.owner} answers for it until {each.until}: {each.reason}"
            yield Note("known", f"{counted(failed, 'failed as known')}. {words}", tuple(sorted(failed)))
        elif held.valid(each):
            yield Note("known", f"`{each.scenario}` does not fail under {each.rule} any more: take it off the list")
    if held.comparison is None:
        yield Note("baseline", "no baseline was given, so nothing is said about regressions")
