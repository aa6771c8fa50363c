"""Demands on figures: rates, regressions, times and tokens."""

from collections.abc import Iterator, Mapping

from harness.comparison.figures import quantile
from harness.comparison.gated import Reason
from harness.comparison.statistics import at_least, holm, wilson
from harness.findings import Verdict
from harness.gate.held import Held, counted, first, observed, passed
from harness.gate.policy import Budget


def pass_rate(held: Held) -> Iterator[Reason]:
    """Enough of what was observed passed."""
    wanted = held.policy.pass_rate
    place = held.read.place("pass_rate")
    lines = [line for line in observed(held.run) if line.case not in held.excused]
    bad = tuple(case for case in held.cases(Verdict.FAILED) if case not in held.excused)
    if wanted.at_least == 1:
        if bad:
            yield Reason("pass-rate", counted(bad, "failed"), 1, bad, place)
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
        values = {line.case: getattr(line.latency, name) for line in passed(held.run)}
        budget: Budget = getattr(held.policy.latency, name)
        yield from _budget(held, ("latency", name), budget, words, "s", values)


def tokens(held: Held) -> Iterator[Reason]:
    """Tokens stay within their budgets."""
    wanted = held.policy.tokens
    total = sum(line.usage.total_tokens or 0 for line in held.run.cases)
    if wanted.run is not None and total > wanted.run:
        place = held.read.place("tokens", "run")
        yield Reason("tokens", f"the run took {total:,} tokens, and {wanted.run:,} are allowed", 1, (), place)
    values = {line.case: line.usage.total_tokens for line in passed(held.run)}
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
                f"{words}: {name} is {found:,.4g}{unit}, and {bound:,.4g}{unit} is allowed ({first(over)})",
                1,
                over,
                place,
            )
