"""How many times a case runs, and how many of them must pass. Pure."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from harness.comparison import statistics
from harness.scenario.repeating import Repeats, fewest


class TooFew(ValueError):
    """So few repeats can never show what a scenario demands; `needed` would do."""

    def __init__(self, demanded: Repeats, needed: int) -> None:
        self.needed = needed
        super().__init__(f"no fewer than {needed} runs show a rate of {demanded.rate} with {demanded.confidence}")


@dataclass(frozen=True, slots=True)
class Bar:
    """So many runs of a case of which `at_least` must pass.

    `stops`: what cannot change the answer any more is not run. Otherwise all are, to measure a rate.
    """

    times: int = 1
    at_least: int = 1
    stops: bool = True


ONCE: Final = Bar()


def bar(written: Repeats, wanted: int | None = None) -> Bar:
    """What a scenario's `repeat` and `pass` come to, with `wanted` runs instead of its own where so many are wanted.

    A rate becomes the smallest number of passes that shows it (see `passes_for`); a number keeps its share.

    Raises:
        TooFew: so few wanted runs cannot show the rate.
    """
    times = written.times if wanted is None else wanted
    if written.rate is not None:
        if (needed := fewest(written.rate, written.confidence)) > times:
            raise TooFew(written, needed)
        at_least = passes_for(written.rate, written.confidence, times)
    else:
        share = 1.0 if written.at_least is None else written.at_least / written.times
        at_least = ceil(share * times - 1e-9)
    return Bar(times, at_least, wanted is None)


def passes_for(rate: float, confidence: float, times: int) -> int:
    """The smallest number of passes of so many runs that shows a rate: its lower bound (Clopper–Pearson) reaches it.

    A true rate below the demanded one passes with a chance of 1 - confidence at most.
    """
    low, high = 0, times
    while high - low > 1:
        middle = (low + high) // 2
        if statistics.at_least(middle, times, confidence) >= rate:
            high = middle
        else:
            low = middle
    return high
