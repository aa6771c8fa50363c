"""`repeat` and `pass`: how often each case runs, and how many of these runs must pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log
from typing import Any, Final, TypeGuard

from harness.scenario.mistakes import Mistakes

MOST: Final = 1_000
"""Repeats of a case, at most."""
CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often each case runs; of these runs `at_least` must pass, or so many that a `rate` is shown; else all."""

    times: int = 1
    at_least: int | None = None
    rate: float | None = None
    confidence: float = CONFIDENCE


ONCE: Final = Repeats()


def fewest(rate: float, confidence: float) -> int:
    """The fewest runs that, all passed, show a rate with this confidence: least n with rateⁿ ≤ 1 - confidence."""
    return max(1, ceil(log(1 - confidence) / log(rate) - 1e-9))


def read(raw: Mapping[str, Any], mistakes: Mistakes) -> Repeats:
    """What a document says under both keys. What pydantic finds misshapen is told elsewhere and passed over here."""
    times, demanded = raw.get("repeat", 1), raw.get("pass")
    if type(times) is not int or not 1 <= times <= MOST:
        return ONCE
    if times > 1 and raw.get("given"):
        told = "a scenario with `given` runs many examples of each case; it is not repeated as well"
        mistakes.add(("repeat",), told, "ask for more with --examples", key=True)
    if not isinstance(demanded, dict):
        return Repeats(times)
    if times == 1:
        told = "`pass` says how many of several runs must pass, and there is one"
        mistakes.add(("pass",), told, "add `repeat:` with a number above 1", key=True)
    if len({"at_least", "rate"} & demanded.keys()) != 1:
        mistakes.add(("pass",), "`pass` is either `at_least` or `rate`", "such as `{at_least: 9}`", key=True)
    if "confidence" in demanded and "rate" not in demanded:
        mistakes.add(("pass", "confidence"), "`confidence` goes with `rate`", key=True)
    at_least, rate = demanded.get("at_least"), demanded.get("rate")
    if type(at_least) is int and at_least > times > 1:
        mistakes.add(("pass", "at_least"), f"of {times} runs {at_least} cannot pass")
    confidence = demanded.get("confidence", CONFIDENCE)
    if not _inside(rate) or not _inside(confidence):
        return Repeats(times, at_least if type(at_least) is int else None)
    if times > 1 and (needed := fewest(rate, confidence)) > times:
        told = f"{times} runs cannot show a rate of {rate:g} with a confidence of {confidence:g}"
        mistakes.add(("pass", "rate"), told, f"repeat {needed} times at least, or accept less")
    return Repeats(times, None, float(rate), float(confidence))


def _inside(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1
