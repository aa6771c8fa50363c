"""A run held to a policy: open or shut, with every reason.

Each demand of the policy is a function that looks at the run and answers reasons; none knows of another. What they
answer is ordered by weight: first what makes the evidence itself doubtful, then what failed, then what is unclear.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Final

from harness.comparison.comparison import Comparison
from harness.comparison.figures import quantile
from harness.comparison.gated import ORDER, Gated, Note, Reason
from harness.comparison.statistics import at_least, holm, wilson
from harness.findings import Level, Verdict
from harness.gate.policy import Budget, Known, Policy, Read
from harness.record.lines import CaseLine
from harness.record.run import Run

SHOWN: Final = 3
"""How many cases a sentence names; a reason holds all."""

DRIFT: Final = "support."
"""The family of rules that find documented ≠ observed."""


@dataclass(frozen=True)
class Held:
    """What is judged: a run, the policy, the comparison with a baseline where there is one, and the day."""

    run: Run
    read: Read
    comparison: Comparison | None
    today: datetime.date

    @property
    def policy(self) -> Policy:
        return self.read.policy

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        return dict(self.run.verdicts)

    def cases(self, verdict: Verdict) -> tuple[str, ...]:
        """The finished cases of a verdict, in the order of the plan."""
        return tuple(case for case, said in self.verdicts.items() if said is verdict)

    @cached_property
    def excused(self) -> frozenset[str]:
        """The failed cases all of whose errors somebody answers for today, and that need not pass."""
        demanded = frozenset(case for glob in self.policy.must_pass for case in self.meant(glob))
        return frozenset(case for case in self.cases(Verdict.FAILED) if case not in demanded and self._answered(case))

    def meant(self, glob: str) -> tuple[str, ...]:
        """The planned cases whose scenario a glob of the policy means."""
        tags = {f"{line.file}::{line.id}": line.tags for line in self.run.head.scenarios}
        found = []
        for case in self.run.head.planned:
            home = case.partition("[")[0]
            names = (home, home.rpartition("::")[2], *(f"tag:{tag}" for tag in tags.get(home, ())))
            if any(fnmatchcase(name, glob) for name in names):
                found.append(case)
        return tuple(found)

    def valid(self, known: Known) -> bool:
        return self.today <= known.last_day

    def _answered(self, case: str) -> bool:
        home = case.partition("[")[0]
        allowed = [each for each in self.policy.known if self.valid(each) and _means(each.scenario, home)]
        errors = {rule for line in self.run.attempts[case] for rule in _errors(line)}
        return bool(errors) and all(any(fnmatchcase(rule, each.rule) for each in allowed) for rule in errors)


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


def record(held: Held) -> Iterator[Reason]:
    """The record is as it was written; without that it proves nothing."""
    problems = [problem for problem in held.run.problems if not problem.harmless]
    if problems:
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        yield Reason("record", f"the record is not as it was written: {problems[0]}{more}", 3)


def errored(held: Held) -> Iterator[Reason]:
    """No case is errored: the harness, its input or its environment was at fault."""
    if cases := held.cases(Verdict.ERRORED):
        yield Reason("errored", f"{_counted(cases, 'could not be judged')}", 3, cases)


def nothing(held: Held) -> Iterator[Reason]:
    """Something was looked at."""
    observed = {Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERRORED}
    if not observed & set(held.verdicts.values()) and not held.run.missing:
        yield Reason("nothing", "no case was run, so nothing was shown", 5)


def missing(held: Held) -> Iterator[Reason]:
    """Every planned case was finished."""
    if cases := held.run.missing:
        yield Reason("not-run", _counted(cases, "planned and not finished: the run was interrupted"), 2, cases)


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
            yield Reason("must-pass", f"`{glob}` must pass: {_counted(bad, 'failed')}", 1, bad, place)
        unseen = tuple(
            case
            for case in cases
            if case not in bad and held.verdicts.get(case) not in (Verdict.PASSED, Verdict.ERRORED)
        )
        if unseen:
            yield Reason("must-pass", f"`{glob}` must pass: {_counted(unseen, 'not observed')}", 6, unseen, place)


def pass_rate(held: Held) -> Iterator[Reason]:
    """Enough of what was observed passed."""
    wanted = held.policy.pass_rate
    place = held.read.place("pass_rate")
    lines = [line for line in _observed(held.run) if line.case not in held.excused]
    bad = tuple(case for case in held.cases(Verdict.FAILED) if case not in held.excused)
    if wanted.at_least == 1:
        if bad:
            yield Reason("pass-rate", _counted(bad, "failed"), 1, bad, place)
        return
    if not lines:
        return
    passed = sum(line.verdict is Verdict.PASSED for line in lines)
    rate = wilson(passed, len(lines))
    seen = f"{passed:,} of {len(lines):,} attempts passed ({rate.estimate:.1%})"
    if wanted.confidence is None:
        if rate.estimate < wanted.at_least:
            yield Reason("pass-rate", f"{seen}, and {wanted.at_least:.1%} are demanded", 1, bad, place)
        return
    shown = at_least(passed, len(lines), wanted.confidence)
    if shown < wanted.at_least:
        why = f"which shows a rate of {shown:.1%} with {wanted.confidence:.0%} confidence, not of {wanted.at_least:.1%}"
        yield Reason("pass-rate", f"{seen}, {why}", 1, bad, place)


def regression(held: Held) -> Iterator[Reason]:
    """Nothing became worse than in the baseline beyond chance, and the fall is within the margin.

    The risk is shared by the test of all cases and those of the scenarios (Bonferroni over two families).
    """
    comparison, wanted = held.comparison, held.policy.regression
    if comparison is None:
        return
    whole = comparison.whole
    place = held.read.place("regression")
    if whole is None:
        yield Reason("regression", "no case of the run can be compared with the baseline", 6, (), place)
        return
    share = wanted.alpha / 2
    scenarios = comparison.family("scenario")
    worse = [
        group
        for group, chance in zip(scenarios, holm([one.chance for one in scenarios]), strict=True)
        if chance <= share
    ]
    for group in worse:
        cases = tuple(dict.fromkeys(pair.new.case for pair in comparison.lost if pair.scenario == group.name))
        yield Reason(
            "regression",
            f"{group.name} became worse: {group.passed_before} of {group.pairs} passed before, "
            f"{group.passed_after} now (chance of that without a change: {group.corrected:.2g})",
            1,
            cases,
            place,
        )
    if whole.chance <= share and not worse:
        cases = tuple(dict.fromkeys(pair.new.case for pair in comparison.lost))
        yield Reason(
            "regression",
            f"more was lost than won: {whole.lost} lost, {whole.won} won of {whole.pairs} pairs "
            f"(chance of that without a change: {whole.chance:.2g})",
            1,
            cases,
            place,
        )
    if wanted.margin is not None:
        yield from _margin(held, wanted.margin)


def _margin(held: Held, margin: float) -> Iterator[Reason]:
    """The fall of the rate is shown to be smaller than the margin: non-inferiority."""
    comparison = held.comparison
    whole = comparison.whole if comparison is not None else None
    if comparison is None or whole is None:
        return
    most = comparison.largest_drop(held.policy.regression.alpha)
    if most > margin:
        yield Reason(
            "margin",
            f"the pass rate may have fallen by up to {most:.1%}, and only {margin:.1%} is accepted "
            f"({whole.lost} lost, {whole.won} won of {whole.pairs} pairs)",
            1,
            tuple(dict.fromkeys(pair.new.case for pair in comparison.lost)),
            held.read.place("regression", "margin"),
        )


def latency(held: Held) -> Iterator[Reason]:
    """Times stay within their budgets."""
    for name, words in (("first_token", "time to the first token"), ("total", "time of a case")):
        values = {line.case: getattr(line.latency, name) for line in _passed(held.run)}
        budget: Budget = getattr(held.policy.latency, name)
        yield from _budget(held, ("latency", name), budget, words, "s", values)


def tokens(held: Held) -> Iterator[Reason]:
    """Tokens stay within their budgets."""
    wanted = held.policy.tokens
    total = sum(line.usage.total_tokens or 0 for line in held.run.cases)
    if wanted.run is not None and total > wanted.run:
        place = held.read.place("tokens", "run")
        yield Reason("tokens", f"the run took {total:,} tokens, and {wanted.run:,} are allowed", 1, (), place)
    values = {line.case: line.usage.total_tokens for line in _passed(held.run)}
    yield from _budget(held, ("tokens", "case"), wanted.case, "tokens of a case", "", values)


def _budget(
    held: Held, path: tuple[str, ...], budget: Budget, words: str, unit: str, values: Mapping[str, float | None]
) -> Iterator[Reason]:
    known = {case: value for case, value in values.items() if value is not None}
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        bound = getattr(budget, name)
        if bound is None:
            continue
        place = held.read.place(*path, name)
        if not known:
            yield Reason(path[0], f"{words}: a budget is set, and no case that passed has the figure", 6, (), place)
            continue
        found = quantile(list(known.values()), share)
        if found > bound:
            over = tuple(case for case, value in known.items() if value > bound)
            yield Reason(
                path[0],
                f"{words}: {name} is {found:,.4g}{unit}, and {bound:,.4g}{unit} is allowed ({_first(over)})",
                1,
                over,
                place,
            )


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
        yield Reason("drift", _counted(cases, "not as documented"), 1, cases, held.read.place("drift"))


def flaky(held: Held) -> Iterator[Reason]:
    """Attempts at a case agree with each other."""
    cases = tuple(case for case in held.verdicts if case in held.run.flaky)
    if cases and held.policy.flaky == "refuse":
        yield Reason("flaky", _counted(cases, "flaky: attempts disagree"), 1, cases, held.read.place("flaky"))


def inconclusive(held: Held) -> Iterator[Reason]:
    """Enough of the endpoint could be observed."""
    cases = held.cases(Verdict.INCONCLUSIVE)
    if cases and len(cases) > held.policy.inconclusive * len(held.verdicts):
        place = held.read.place("inconclusive")
        yield Reason(
            "inconclusive", _counted(cases, "inconclusive: the endpoint could not be observed"), 6, cases, place
        )


def skipped(held: Held) -> Iterator[Reason]:
    """No case was skipped, where that is demanded."""
    cases = held.cases(Verdict.SKIPPED)
    if cases and held.policy.skipped == "refuse":
        yield Reason("skipped", _counted(cases, "skipped"), 6, cases, held.read.place("skipped"))


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


def _notes(held: Held) -> Iterator[Note]:
    for each in held.policy.known:
        failed = [case for case in held.excused if _means(each.scenario, case.partition("[")[0])]
        if failed and held.valid(each):
            words = f"{each.owner} answers for it until {each.until}: {each.reason}"
            yield Note("known", f"{_counted(failed, 'failed as known')}. {words}", tuple(sorted(failed)))
        elif held.valid(each):
            yield Note("known", f"`{each.scenario}` does not fail under {each.rule} any more: take it off the list")
    if held.comparison is None:
        yield Note("baseline", "no baseline was given, so nothing is said about regressions")


def _means(glob: str, home: str) -> bool:
    return fnmatchcase(home, glob) or fnmatchcase(home.rpartition("::")[2], glob)


def _errors(line: CaseLine) -> set[str]:
    return {finding.rule for finding in line.findings if finding.level is Level.ERROR}


def _observed(run: Run) -> list[CaseLine]:
    return [line for line in run.cases if line.verdict in (Verdict.PASSED, Verdict.FAILED)]


def _passed(run: Run) -> list[CaseLine]:
    return [line for line in run.cases if line.verdict is Verdict.PASSED]


def _counted(cases: Sequence[str], what: str) -> str:
    return f"{len(cases):,} case{'' if len(cases) == 1 else 's'} {what} ({_first(cases)})"


def _first(cases: Sequence[str]) -> str:
    more = f", and {len(cases) - SHOWN:,} more" if len(cases) > SHOWN else ""
    return ", ".join(cases[:SHOWN]) + more
