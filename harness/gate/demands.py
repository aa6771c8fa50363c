"""Demands on the evidence and on single cases."""

from collections.abc import Iterator
from typing import Final

from harness.comparison.gated import Reason
from harness.findings import Verdict
from harness.gate.held import SHOWN, Held, counted

DRIFT: Final = "support."
"""The family of rules that find documented ≠ observed."""


def record(held: Held) -> Iterator[Reason]:
    """The record is as it was written; without that it proves nothing."""
    problems = [problem for problem in held.run.problems if not problem.harmless]
    if problems:
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        yield Reason("record", f"the record is not as it was written: {problems[0]}{more}", 3)


def errored(held: Held) -> Iterator[Reason]:
    """No case is errored: the harness, its input or its environment was at fault."""
    if cases := held.cases(Verdict.ERRORED):
        yield Reason("errored", f"{counted(cases, 'could not be judged')}", 3, cases)


def nothing(held: Held) -> Iterator[Reason]:
    """Something was looked at."""
    observed = {Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERRORED}
    if not observed & set(held.verdicts.values()) and not held.run.missing:
        yield Reason("nothing", "no case was run, so nothing was shown", 5)


def missing(held: Held) -> Iterator[Reason]:
    """Every planned case was finished."""
    if cases := held.run.missing:
        yield Reason("not-run", counted(cases, "planned and not finished: the run was interrupted"), 2, cases)


def must_pass(held: Held) -> Iterator[Reason]:
    """Every attempt of the scenarios that must pass passed."""
    for at, glob in enumerate(held.policy.must_pass):
        place = held.read.place("must_pass", at)
        cases = held.meant(glob)
        if not cases:
            yield Reason("must-pass", f"`{glob}` must pass, and no case of the run is meant by it", 1, (), place)
            continue
        lines = {case: held.run.attempts.get(case, ()) for case in cases}
        bad = tuple(case for case, tried in lines.items() if any(line.verdict is Verdict.FAILED for line in tried))
        if bad:
            yield Reason("must-pass", f"`{glob}` must pass: {counted(bad, 'failed')}", 1, bad, place)
        unseen = tuple(
            case
            for case in cases
            if case not in bad and held.verdicts.get(case) not in (Verdict.PASSED, Verdict.ERRORED)
        )
        if unseen:
            yield Reason("must-pass", f"`{glob}` must pass: {counted(unseen, 'not observed')}", 6, unseen, place)


def drift(held: Held) -> Iterator[Reason]:
    """What is documented is what was observed."""
    if held.policy.drift == "allow":
        return
    found = {
        line.case: finding.rule
        for line in held.run.cases
        for finding in line.findings
        if finding.rule.startswith(DRIFT) and finding.allowed is None
    }
    if found:
        cases = tuple(found)
        yield Reason("drift", counted(cases, "not as documented"), 1, cases, held.read.place("drift"))


def flaky(held: Held) -> Iterator[Reason]:
    """Attempts at a case agree with each other."""
    cases = tuple(case for case in held.verdicts if case in held.run.flaky)
    if cases and held.policy.flaky == "refuse":
        yield Reason("flaky", counted(cases, "flaky: attempts disagree"), 1, cases, held.read.place("flaky"))


def inconclusive(held: Held) -> Iterator[Reason]:
    """Enough of the endpoint could be observed."""
    cases = held.cases(Verdict.INCONCLUSIVE)
    if cases and len(cases) > held.policy.inconclusive * len(held.verdicts):
        place = held.read.place("inconclusive")
        yield Reason(
            "inconclusive", counted(cases, "inconclusive: the endpoint could not be observed"), 6, cases, place
        )


def skipped(held: Held) -> Iterator[Reason]:
    """No case was skipped, where that is demanded."""
    cases = held.cases(Verdict.SKIPPED)
    if cases and held.policy.skipped == "refuse":
        yield Reason("skipped", counted(cases, "skipped"), 6, cases, held.read.place("skipped"))


def live(held: Held) -> Iterator[Reason]:
    """The evidence is about a service, where that is demanded."""
    others = [line for line in held.run.head.targets if line.kind != "live"]
    if held.policy.live and (others or not held.run.head.targets):
        named = ", ".join(f"{line.name} ({line.kind})" for line in others[:SHOWN]) or "none at all"
        yield Reason(
            "live", f"live evidence is demanded, and the run's targets were {named}", 1, (), held.read.place("live")
        )


def expired(held: Held) -> Iterator[Reason]:
    """Nobody leans on a known failure whose day has passed."""
    for at, each in enumerate(held.policy.known):
        if not held.valid(each):
            yield Reason(
                "known",
                f"the failure of `{each.scenario}` under {each.rule} was accepted until {each.until} by {each.owner}",
                1,
                tuple(case for case in held.meant(each.scenario) if held.verdicts.get(case) is Verdict.FAILED),
                held.read.place("known", at, "until"),
            )
