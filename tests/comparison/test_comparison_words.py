"""The sentences of a comparison, to the letter: people decide by them."""

from dataclasses import replace
from typing import Any

import pytest
from builders import verdicts

from harness.comparison.comparison import Group, compare
from harness.comparison.figures import Figure
from harness.comparison.statistics import Interval
from harness.comparison.words import between, change, counted, figure, group, percent, power, verdict

SURE = Interval(0.95, 0.93, 0.97)


def made(**changes: Any) -> Group:
    """A group of 1,200 pairs, of which 24 more were lost than won."""
    plain = Group(
        family="scenario",
        name="a.yaml::one",
        pairs=1200,
        passed_before=1_150,
        passed_after=1_126,
        lost=30,
        won=6,
        before=SURE,
        after=SURE,
        drop=0.02,
        interval=None,
        chance=0.00001,
        corrected=0.0000342,
        gain=1.0,
        detectable=0.0123,
        needed=0,
    )
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("case",), {0: "0 cases", 1: "1 case", 2: "2 cases", 2345: "2,345 cases"}),
        (("retry", "retries"), {1: "1 retry", 2: "2 retries"}),
    ],
)
def test_what_is_counted(words: tuple[str, ...], said: dict[int, str]):
    for number, sentence in said.items():
        assert counted(number, *words) == sentence


def test_shares_and_intervals():
    assert percent(0.12345) == "12.3 %"
    assert between(Interval(0.1, 0.0512, 0.149)) == "5.1 to 14.9"
    assert between(Interval(2, 1.5, 2.5), "{:.2f}", 1) == "1.50 to 2.50"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "worse; 1,150 → 1,126 of 1,200 passed, 2.0 % lower, 30 lost, 6 won; chance of so many losses without a"
         " change 3.4e-05"),
        ({"interval": Interval(0.02, 0.011, 0.03)}, "worse; 1,150 → 1,126 of 1,200 passed, 2.0 % lower"
         " (95 %: 1.1 to 3.0 points lost), 30 lost, 6 won; chance of so many losses without a change 3.4e-05"),
        ({"corrected": 0.2}, "more lost than won, which may be chance; 1,150 → 1,126 of 1,200 passed, 2.0 % lower, 30"
         " lost, 6 won; chance of so many losses without a change 0.2"),
        ({"lost": 6, "drop": 0.0, "interval": Interval(0.0, -0.1, 0.1), "corrected": 1.0}, "no difference seen;"
         " 1,150 → 1,126 of 1,200 passed, 6 lost, 6 won; chance of so many losses without a change 1"),
        ({"lost": 0, "won": 1_234, "drop": -0.02, "corrected": 1.0, "gain": 0.001}, "better; 1,150 → 1,126 of 1,200"
         " passed, 2.0 % higher, 0 lost, 1,234 won"),
        ({"lost": 1_000, "won": 1_234, "drop": -0.02, "corrected": 1.0}, "more won than lost, which may be chance;"
         " 1,150 → 1,126 of 1,200 passed, 2.0"
         " % higher, 1,000 lost, 1,234 won; chance of so many losses without a change 1"),
    ],
)  # fmt: skip
def test_a_group_on_one_line(changes: dict[str, Any], said: str):
    assert group(made(**changes)) == f"a.yaml::one: {said}"


@pytest.mark.parametrize(
    ("corrected", "gain", "lost", "won", "said"),
    [
        (0.05, 1.0, 2, 1, "worse"),
        (0.0501, 1.0, 2, 1, "perhaps worse"),
        (0.0, 0.0, 2, 2, "same"),
        (1.0, 0.05, 1, 2, "better"),
        (1.0, 0.0501, 1, 2, "perhaps better"),
    ],
)
def test_what_is_said_of_a_group(corrected: float, gain: float, lost: int, won: int, said: str):
    """One in twenty is the most that is risked, itself included."""
    assert made(corrected=corrected, gain=gain, lost=lost, won=won).said == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "the smallest drop that 1,200 pairs would show is 1.2 %"),
        (
            {"pairs": 1, "detectable": None, "needed": 1_390},
            "1 pair would not show a drop of any size; a drop of 10 % takes 1,390 more pairs",
        ),
        (
            {"detectable": 0.5, "needed": 1},
            "the smallest drop that 1,200 pairs would show is 50.0 %; a drop of 10 % takes 1 more pair",
        ),
    ],
)
def test_what_a_group_could_have_shown(changes: dict[str, Any], said: str):
    assert power(made(**changes)) == said


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (None, ""),
        (Interval(1.5, 1.25, 1.75), "+50.0 % (95 %: +25.0 to +75.0)"),
        (Interval(0.9, 0.8, 1.0), "-10.0 % (95 %: -20.0 to +0.0), which may be chance"),
    ],
)
def test_how_much_a_figure_changed(factor: Interval | None, said: str):
    one = Figure("time in all", "s", 0.95, 40, 1234.56, 2.5, factor)
    assert change(one) == said
    assert figure(one) == "time in all, p95: 1,235 s → 2.5 s" + (f", {said}" if said else "")


def run(*letters: str) -> Any:
    return verdicts.run({f"s{at}": some for at, some in enumerate(letters)})


@pytest.mark.parametrize(
    ("base", "new", "said"),
    [
        (["i"], ["p"], "Nothing could be compared: no case was observed in both runs."),
        (["p" * 9, "p"], ["f" * 9, "p"], "1 scenario became worse; the first is specs/chaining/follow-up.yaml::s0."),
        (["p" * 9] * 2, ["f" * 9] * 2, "2 scenarios became worse; the first is specs/chaining/follow-up.yaml::s0."),
        (["ppp", "ppp", "f"], ["fff", "fff", "p"], "6 pairs lost and 1 won, which may be chance."),
        (["pp"] * 5 + ["f"], ["ff"] * 5 + ["p"], "More was lost than won over all cases: 10 lost, 1 won."),
        (["p"], ["f"], "1 pair lost and 0 won, which may be chance."),
        (["pf"], ["pp"], "Nothing was lost: 2 pairs compared, 1 won."),
    ],
)
def test_a_comparison_in_one_sentence(base: list[str], new: list[str], said: str):
    assert verdict(compare(run(*base), run(*new))) == said


def test_large_counts_of_a_verdict_are_grouped():
    """A thousand reads as one."""
    before = "p" * 2_000
    many = compare(run(before + "f" * 1_500), run("f" + before[1:] + "p" * 1_500))
    assert verdict(many) == "1 pair lost and 1,500 won, which may be chance."
    assert verdict(compare(run("f" * 1_500), run("p" * 1_500))) == "Nothing was lost: 1,500 pairs compared, 1,500 won."
