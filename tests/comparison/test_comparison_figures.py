"""Times and tokens of two runs: which pairs count, and what is said where something is not known."""

from dataclasses import replace

import pytest
from builders import verdicts

from harness.comparison.comparison import Comparison, compare
from harness.comparison.resampling import Resampling
from harness.record.lines import Latency, Usage
from harness.record.run import Run


def told(found: Comparison) -> dict[tuple[str, float], tuple[str, int, float, float]]:
    return {(one.name, one.share): (one.unit, one.pairs, one.before, one.after) for one in found.figures}


def run(letters: str, latencies: list[Latency], usage: Usage) -> Run:
    made = verdicts.run({"one": letters})
    cases = tuple(replace(line, latency=at, usage=usage) for line, at in zip(made.cases, latencies, strict=True))
    return replace(made, cases=cases)


def test_pairs_that_passed_in_both_are_looked_at_with_what_both_know():
    """A plain answer has no first token; a failure's times say nothing; what nobody counted is left out."""
    base = run(
        "pppf",
        [Latency(None, 1.0, 2.0), Latency(None, None, 4.0), Latency(None, 3.0, 6.0), Latency(None, 99, 99)],
        Usage(10, 20),
    )
    new = run(
        "ppfp",
        [Latency(None, 1.5, 3.0), Latency(None, 1.0, 8.0), Latency(None, 98, 98), Latency(None, 97, 97)],
        Usage(30, 40, reasoning_tokens=50),
    )
    assert told(compare(base, new)) == {
        ("time to first token", 0.5): ("s", 1, 1.0, 1.5),
        ("time to first token", 0.95): ("s", 1, 1.0, 1.5),
        ("time in all", 0.5): ("s", 2, 2.0, 3.0),
        ("time in all", 0.95): ("s", 2, 4.0, 8.0),
        ("input tokens", 0.5): ("tokens", 2, 10, 30),
        ("input tokens", 0.95): ("tokens", 2, 10, 30),
        ("output tokens", 0.5): ("tokens", 2, 20, 40),
        ("output tokens", 0.95): ("tokens", 2, 20, 40),
    }


def test_what_neither_run_knows_leaves_the_others():
    """The first figure is missing; those behind it are told all the same."""
    base = run("p", [Latency(None, None, 2.0)], Usage(1, 2, reasoning_tokens=3))
    assert [one.name for one in compare(base, base).figures[::2]] == [
        "time in all",
        "input tokens",
        "output tokens",
        "reasoning tokens",
    ]


@pytest.mark.parametrize(("scenarios", "known"), [(9, False), (10, True)])
def test_a_factor_has_an_interval_from_ten_scenarios_on(scenarios: int, known: bool):
    table = {f"s{at}": "p" for at in range(scenarios)}
    base = verdicts.with_lines(verdicts.run(table), latency=Latency(None, None, 2.0))
    lines = tuple(replace(line, latency=Latency(None, None, 2.0 + at)) for at, line in enumerate(base.cases))
    figures = compare(base, replace(base, cases=lines), seed=5).figures[:2]
    if not known:
        assert [one.factor for one in figures] == [None, None]
        assert not any(one.changed for one in figures)
        return
    clusters, times = list(range(10)), [2.0 + at for at in range(10)]
    assert [one.factor for one in figures] == Resampling(10, 5).quantiles(clusters, [2.0] * 10, times, (0.5, 0.95))
    assert [one.changed for one in figures] == [True, True]


def test_no_factor_over_nothing():
    """A run that used no reasoning tokens was not made so many times dearer; the others have their factor."""
    table = {f"s{at}": "p" for at in range(10)}
    base = verdicts.with_lines(verdicts.run(table), usage=Usage(10, 20, reasoning_tokens=0))
    new = verdicts.with_lines(base, usage=Usage(10, 20, reasoning_tokens=5))
    factors = {one.name: one.factor for one in compare(base, new).figures}
    assert factors["reasoning tokens"] is None
    assert factors["input tokens"] is not None
    assert (factors["input tokens"].low, factors["input tokens"].estimate, factors["input tokens"].high) == (1, 1, 1)
