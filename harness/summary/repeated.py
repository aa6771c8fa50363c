"""What repeats showed: rates with their intervals, and what of them was not needed.

A rate is told only of cases all of whose repeats ran: where a test stops as soon as its answer stands, it stops more
often on one side, and what passed until then says less of the rate than it seems to (`--repeat` runs all).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from harness.comparison import words
from harness.comparison.statistics import Interval, all_of, any_of, wilson
from harness.findings import Verdict
from harness.record.lines import CaseLine, ScenarioLine
from harness.record.run import Run

TRIES: Final = (1, 2, 3, 5, 10)
"""For how many tries pass@k and pass^k are told, as far as there are so many."""
TOLD: Final = 5
"""The largest of them that a terminal shows."""
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Repeated:
    """The repeats of one case. `observed` of them passed or failed; `spared` did not run; `requests` were sent."""

    case: str
    verdict: Verdict
    times: int
    at_least: int
    ran: int
    observed: int
    passed: int
    spared: int
    requests: int

    @property
    def rate(self) -> Interval | None:
        """The rate of passing; None where it was not measured."""
        return wilson(self.passed, self.observed) if self.observed and not self.spared else None

    @property
    def spared_requests(self) -> int:
        """About how many requests were not sent: as many for each repeat as those that ran took on average."""
        return round(self.spared * self.requests / self.ran) if self.ran else 0

    def tries(self, k: int) -> tuple[float, float] | None:
        """pass@k and pass^k; None where there are fewer observations, or the rate was not measured."""
        if self.spared or k > self.observed:
            return None
        return any_of(k, self.passed, self.observed), all_of(k, self.passed, self.observed)

    def plain(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "verdict": str(self.verdict),
            "repeats": self.times,
            "must_pass": self.at_least,
            "ran": self.ran,
            "observed": self.observed,
            "passed": self.passed,
            "spared": self.spared,
            "rate": _interval(self.rate),
            **_tries([self]),
        }


def repeated(run: Run) -> tuple[Repeated, ...]:
    """The finished cases that were to run more than once, in the order of the plan."""
    bars = {(line.file, line.id): line for line in run.head.scenarios if line.repeat > 1}
    return tuple(
        _of(lines, bars[key], run.verdicts[case])
        for case, lines in run.attempts.items()
        if (key := (lines[0].file, lines[0].scenario)) in bars and run.verdicts[case] is not Verdict.SKIPPED
    )


def _of(lines: Sequence[CaseLine], scenario: ScenarioLine, verdict: Verdict) -> Repeated:
    last = {line.repeat: line for line in lines}.values()
    passed = sum(line.verdict is Verdict.PASSED for line in last)
    return Repeated(
        lines[0].case,
        verdict,
        scenario.repeat,
        scenario.repeat if scenario.at_least is None else scenario.at_least,
        len(last),
        passed + sum(line.verdict is Verdict.FAILED for line in last),
        passed,
        sum(line.spared or 0 for line in lines),
        sum(len(turn.exchanges) for line in lines for turn in line.turns),
    )


def plain(cases: Sequence[Repeated]) -> dict[str, Any]:
    """All figures as plain JSON values; pass@k and pass^k are means over the cases."""
    return {
        "cases": len(cases),
        "ran": sum(case.ran for case in cases),
        "spared": sum(case.spared for case in cases),
        "spared_requests": sum(case.spared_requests for case in cases),
        "rate": _interval(_whole(cases)),
        **_tries(cases),
        "of": [case.plain() for case in cases],
    }


def _whole(cases: Sequence[Repeated]) -> Interval | None:
    measured = [case for case in cases if case.rate is not None]
    if not measured:
        return None
    return wilson(sum(case.passed for case in measured), sum(case.observed for case in measured))


def _interval(rate: Interval | None) -> dict[str, float] | None:
    return None if rate is None else {"estimate": rate.estimate, "low": rate.low, "high": rate.high}


def _tries(cases: Sequence[Repeated]) -> dict[str, dict[str, float]]:
    known = {k: [found for case in cases if (found := case.tries(k)) is not None] for k in TRIES}
    return {
        name: {str(k): fmean(each[at] for each in found) for k, found in known.items() if found}
        for at, name in enumerate(("pass@k", "pass^k"))
    }


def lines(run: Run) -> list[str]:
    """What a terminal tells of repeats and of cases whose attempts disagree; nothing where there are none."""
    cases = repeated(run)
    told = {case.case: case for case in cases}
    flaky = [case for case in run.attempts if case in run.flaky]
    found = [f"FLAKY {case}: {_case(told[case]) if case in told else _attempts(run, case)}" for case in flaky[:SHOWN]]
    if len(flaky) > SHOWN:
        found.append(f"… and {len(flaky) - SHOWN:,} more are flaky")
    played = run.head.replayed is not None or run.head.rejudged is not None
    return [*found, *_totals(cases, saved=not played)]


def _attempts(run: Run, case: str) -> str:
    return ", then ".join(str(line.verdict) for line in run.attempts[case])


def _case(case: Repeated) -> str:
    shown = [f"{case.passed} of {case.ran} repeats passed, {case.at_least} must"]
    shown += _rates(case.rate, [case])
    return "; ".join(shown)


def _rates(rate: Interval | None, cases: Sequence[Repeated]) -> Iterator[str]:
    if rate is None:
        return
    yield f"{words.percent(rate.estimate)} (95 %: {words.percent(rate.low)} to {words.percent(rate.high)})"
    either = _tries(cases)
    k = max((int(name) for name in either["pass@k"] if 1 < int(name) <= TOLD), default=None)
    if k is not None:
        yield f"pass@{k} {words.percent(either['pass@k'][str(k)])}, pass^{k} {words.percent(either['pass^k'][str(k)])}"


def _totals(cases: Sequence[Repeated], *, saved: bool) -> Iterator[str]:
    if not cases:
        return
    ran, passed = sum(case.ran for case in cases), sum(case.passed for case in cases)
    shown = [f"{words.counted(len(cases), 'case')} ran {words.counted(ran, 'repeat')}, {passed:,} passed"]
    yield "repeats: " + "; ".join([*shown, *_rates(_whole(cases), cases)])
    if saved and (spared := sum(case.spared for case in cases)):
        requests = words.counted(sum(case.spared_requests for case in cases), "request")
        yield f"saved: {words.counted(spared, 'repeat')} (about {requests}) that could not have changed a verdict"
