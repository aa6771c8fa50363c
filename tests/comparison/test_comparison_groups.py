"""The groups of a comparison: their figures, their intervals, and what was lost at most."""

from dataclasses import replace

import pytest
from builders import runs, verdicts

from harness.comparison.comparison import compare
from harness.comparison.resampling import Resampling
from harness.comparison.statistics import largest_drop, pairs_for, smallest_drop, wilson, worse
from harness.record.run import Run


@pytest.mark.parametrize("changed", [0, 1, 2, 5])
@pytest.mark.parametrize("scenarios", [10, 20])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_bound_of_the_drop_is_the_larger_of_two(changed, scenarios, alpha):
    """Of pairs that do not depend on each other, and of scenarios drawn anew; the second only where there are ten."""
    table = {f"s{at}": "pppp" for at in range(scenarios)}
    new = {**table, **{f"s{at}": "ffff" for at in range(changed)}}
    found = compare(verdicts.run(table), verdicts.run(new), seed=3)
    alone = largest_drop(4 * changed, 0, 4 * scenarios, alpha)
    drops = [4.0] * changed + [0.0] * (scenarios - changed)
    drawn = Resampling(scenarios, 3, confidence=1 - 2 * alpha).ratio(drops, [4.0] * scenarios)
    assert found.largest_drop(alpha) == max(alone, drawn.high)
    assert changed or drawn.high == 0.0
    assert found.seed == 3


def test_bound_of_the_drop_of_few_scenarios_is_that_of_their_pairs():
    table = {f"s{at}": "pppp" for at in range(9)}
    found = compare(verdicts.run(table), verdicts.run({**table, "s0": "ffff"}))
    assert found.largest_drop(0.05) == largest_drop(4, 0, 36, 0.05)
    assert [one.interval for one in found.groups] == [None] * len(found.groups)


def test_a_group_has_an_interval_from_ten_scenarios_on():
    """A family of scenarios never has one: each is a single draw."""
    table = {f"s{at}": "pp" for at in range(10)}
    table |= {f"s{at}": "p" * at for at in range(1, 10)}
    found = compare(verdicts.run(table), verdicts.run({**table, "s0": "fp", "s9": "f" * 9}), seed=5)
    assert found.whole is not None
    drawn, other = (Resampling(10, seed).ratio([1, *[0] * 8, 9], [2, *range(1, 10)]) for seed in (5, 0))
    assert drawn != other
    assert found.whole.interval == drawn
    assert [one.interval for one in found.family("model")] == [drawn]
    assert {one.interval for one in found.family("scenario")} == {None}


def test_a_group_of_few_scenarios_has_no_interval_beside_one_of_many():
    table = {f"s{at}": "pp" for at in range(12)}
    few = replace(runs.TARGET, name="mock/few", model="few")
    targets = (runs.TARGET, few)
    cases = [line for name, letters in table.items() for line in verdicts.lines(name, letters)]
    cases += [line for name in ("s0", "s1", "s2") for line in verdicts.lines(name, "pp", few)]
    run = Run(verdicts.head(table, targets), tuple(cases))

    found = {one.name: one.interval is not None for one in compare(run, run).family("model")}

    assert sorted(found.values()) == [False, True]
    assert [known for name, known in found.items() if "few" in name] == [False]


def test_a_group_tells_its_figures():
    """Each as the mathematics has it, for the share of the risk that falls to one of so many groups."""
    base = verdicts.run({"one": "ppppp" + "ff", "two": "pp"})
    new = verdicts.run({"one": "fffpp" + "pf", "two": "pp"})
    found = next(one for one in compare(base, new).family("scenario") if one.name.endswith("::one"))
    assert (found.pairs, found.passed_before, found.passed_after, found.lost, found.won) == (7, 5, 3, 3, 1)
    assert (found.before, found.after, found.drop) == (wilson(5, 7), wilson(3, 7), 2 / 7)
    assert (found.chance, found.corrected, found.gain) == (worse(3, 1), 2 * worse(3, 1), 1.0)
    assert found.detectable == smallest_drop(7, 1 / 7, 0.025)
    assert found.needed == pairs_for(0.1, 1 / 7, 0.025) - 7


def test_no_more_repeats_are_named_than_could_show_a_drop():
    """Where everything got better there is no room to fall: the need is that of four in ten."""
    (found,) = compare(verdicts.run({"one": "ff"}), verdicts.run({"one": "pp"})).family("scenario")
    assert found.detectable is None
    assert found.needed == pairs_for(0.1, 0.4) - 2
    (many,) = compare(verdicts.run({"one": "p" * 400}), verdicts.run({"one": "p" * 400})).family("scenario")
    assert many.needed == 0


def test_the_worst_of_a_family_comes_first():
    """By what is left of chance, then by the drop, then by name."""
    base = verdicts.run({"b": "pp", "a": "pp", "worst": "pppp", "wide": "p", "better": "ff"})
    new = verdicts.run({"b": "fp", "a": "fp", "worst": "ffff", "wide": "f", "better": "pp"})
    ids = [one.name.partition("::")[2] for one in compare(base, new).family("scenario")]
    assert ids == ["worst", "wide", "a", "b", "better"]
