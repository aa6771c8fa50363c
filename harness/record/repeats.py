"""What the repeats of one case say together, and when nothing can change that any more. Pure.

A test of n repeats of which k must pass is over when k have passed, or when more than n - k have failed: whatever the
others would have said, the answer stands. So it is the answer of the whole test every time, and its error rate is that
of the whole test (curtailed sampling).
"""

from collections.abc import Sequence

from harness.findings import Verdict


def together(said: Sequence[Verdict], times: int, at_least: int) -> Verdict:
    """The verdict over the repeats that are there, of so many of which `at_least` must pass.

    Passed once so many have passed, failed once so many cannot pass any more; between the two, something is amiss
    with the harness or could not be observed.
    """
    if times == 1 and len(said) == 1:
        return said[0]
    if said.count(Verdict.PASSED) >= at_least:
        return Verdict.PASSED
    if said.count(Verdict.FAILED) > times - at_least:
        return Verdict.FAILED
    return next((verdict for verdict in (Verdict.ERRORED, Verdict.SKIPPED) if verdict in said), Verdict.INCONCLUSIVE)


def needed(said: Sequence[Verdict], times: int, at_least: int) -> int:
    """The fewest further repeats after which the answer may stand; 0 where it stands.

    So many may run at once: one after another would not have done with fewer, where none is errored.
    """
    left = times - len(said)
    to_pass = at_least - said.count(Verdict.PASSED)
    to_fail = times - at_least + 1 - said.count(Verdict.FAILED)
    if to_pass <= 0 or to_fail <= 0 or not left:
        return 0
    reachable = [each for each in (to_pass, to_fail) if each <= left]
    if not reachable and Verdict.ERRORED in said:
        return 0  # an errored repeat speaks before all that is left
    return min(reachable, default=1)
