"""The figures beside a baseline, counted once more: rates, exact tests, corrections, and the bootstrap in plain Python.

Of the harness only the two records are used, and the recipe that its page names: a thousand draws of whole scenarios,
by numpy's generator with the seed 0.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from builders.lots import Text, drawn

from harness.comparison.comparison import compare
from harness.findings import Verdict
from harness.record.lines import CaseLine
from harness.report import page

Pairs = list[tuple[CaseLine, CaseLine]]
FAMILIES: list[tuple[str, Callable[[CaseLine], str]]] = [
    ("all", lambda line: "all cases"),
    ("scenario", lambda line: f"{line.scenario} {line.file}"),
    ("region", lambda line: str(line.region)),
    ("model", lambda line: str(line.model)),
]
FIGURES: list[tuple[str, str, Callable[[CaseLine], float | None]]] = [
    ("time to first token", "s", lambda line: line.latency.first_token),
    ("time in all", "s", lambda line: line.latency.total),
    ("input tokens", "tokens", lambda line: line.usage.input_tokens),
    ("output tokens", "tokens", lambda line: line.usage.output_tokens),
]


@pytest.fixture(scope="module", params=[1, 2])
def told(request: pytest.FixtureRequest) -> tuple[Pairs, Text]:
    """Cases that passed or failed in both of two runs, in the order of the base, and the page beside the base."""
    base, new = drawn(10 * request.param), drawn(request.param)
    after = {line.case: line for line in new.cases if good(line) is not None}
    pairs = [(line, after[line.case]) for line in base.cases if good(line) is not None and line.case in after]
    return pairs, Text(page.html(new, compare(base, new)))


def good(line: CaseLine) -> bool | None:
    """Whether it passed; None where it was not observed."""
    return {Verdict.PASSED: True, Verdict.FAILED: False}.get(line.verdict)


def draws(clusters: int) -> list[list[int]]:
    """How often each scenario is drawn, a thousand times over."""
    random = np.random.default_rng(0)
    found = []
    for _ in range(1000):
        weights = [0] * clusters
        for at in random.integers(0, clusters, clusters):
            weights[at] += 1
        found.append(weights)
    return found


def middle_95(values: Sequence[float]) -> tuple[float, float]:
    """From the 2.5th to the 97.5th percentile, between two values as the line between them runs."""
    ordered = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = math.floor(place)
        return ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])

    return at(0.025), at(0.975)


def wilson(passed: int, trials: int) -> str:
    z, p = 1.959963984540054, passed / trials
    middle, scale = p + z * z / 2 / trials, 1 + z * z / trials
    half = z * (p * (1 - p) / trials + z * z / 4 / trials / trials) ** 0.5
    low, high = max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
    return f"{100 * p:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def tail(lost: int, won: int) -> float:
    """How likely so many or more of all that changed are lost, heads or tails."""
    changed = lost + won
    return sum(math.comb(changed, k) for k in range(lost, changed + 1)) / 2**changed if lost else 1.0


def holm(chances: dict[str, float]) -> dict[str, float]:
    found, highest = {}, 0.0
    for rank, name in enumerate(sorted(chances, key=lambda name: chances[name])):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[name]))
        found[name] = highest
    return found


def families(pairs: Pairs) -> dict[str, dict[str, dict[str, Any]]]:
    """Every row that a table may have: family, then name, then its figures."""
    scenarios = list(dict.fromkeys(base.scenario for base, _ in pairs))
    weights = draws(len(scenarios))
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for family, name in FAMILIES:
        groups: dict[str, Pairs] = defaultdict(list)
        for pair in pairs:
            groups[name(pair[1])].append(pair)
        rows = {one: row(group, scenarios, weights) for one, group in groups.items()}
        losses = holm({one: tail(each["lost"], each["won"]) for one, each in rows.items()})
        gains = holm({one: tail(each["won"], each["lost"]) for one, each in rows.items()})
        for one, each in rows.items():
            each |= {"corrected": losses[one], "gain": gains[one], "chance": tail(each["lost"], each["won"])}
            if family == "scenario":
                each["interval"] = ""
        found[family] = rows
    return found


def row(pairs: Pairs, scenarios: list[str], weights: list[list[int]]) -> dict[str, Any]:
    before, after = sum(bool(good(base)) for base, _ in pairs), sum(bool(good(new)) for _, new in pairs)
    lost = sum(bool(good(base)) and not good(new) for base, new in pairs)
    won = sum(bool(good(new)) and not good(base) for base, new in pairs)
    drops, counts = [0] * len(scenarios), [0] * len(scenarios)
    for base, new in pairs:
        drops[scenarios.index(base.scenario)] += bool(good(base)) - bool(good(new))
        counts[scenarios.index(base.scenario)] += 1
    interval = ""
    if sum(map(bool, counts)) >= 10:
        rates = [
            sum(w * d for w, d in zip(draw, drops, strict=True)) / sum(w * c for w, c in zip(draw, counts, strict=True))
            for draw in weights
        ]
        low, high = middle_95(rates)
        interval = f"95 %: {100 * low:.1f} to {100 * high:.1f}"
    drop = (lost - won) / len(pairs)
    return {
        "lost": lost,
        "won": won,
        "drop": drop,
        "passed": f"{before} → {after} of {len(pairs)}",
        "rates": f"before {wilson(before, len(pairs))}now {wilson(after, len(pairs))}",
        "said": f"{abs(100 * drop):.1f} points {'lower' if drop > 0 else 'higher'}" if drop else "the same",
        "interval": interval,
    }


def verdict(figures: dict[str, Any]) -> str:
    lost, won = figures["lost"], figures["won"]
    if lost == won:
        return "no difference seen"
    sure = (figures["corrected"] if lost > won else figures["gain"]) <= 0.05
    one, other = ("more lost than won", "worse") if lost > won else ("more won than lost", "better")
    return other if sure else f"{one}, which may be chance"


def spaceless(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_rows_of_every_family(told: tuple[Pairs, Text]):
    """Each row's rates, losses, intervals, chance and verdict, in the order of certainty; lost first."""
    pairs, text = told
    for at, (family, rows) in enumerate(families(pairs).items()):
        if family == "scenario":
            rows = {name: each for name, each in rows.items() if each["lost"] or each["won"]}
        _, *table = text.table("changes", at)
        order = sorted(
            rows,
            key=lambda name: (rows[name]["corrected"], rows[name]["chance"], -rows[name]["drop"], _named(name)),
        )
        assert [line[0] for line in table] == order
        for name, said, passed, lost, won, rates, change in table:
            found = rows[name]
            assert (passed, int(lost), int(won)) == (found["passed"], found["lost"], found["won"])
            assert said.removeprefix("✕ ") == verdict(found)
            assert spaceless(rates) == spaceless(found["rates"])
            chance = found["corrected"]
            p = "" if not found["lost"] else "p < 0.0001" if chance < 0.0001 else f"p = {chance:.2g}"
            assert spaceless(change) == spaceless(found["said"] + found["interval"] + p), name


def _named(name: str) -> str:
    scenario, _, file = name.partition(" ")
    return f"{file}::{scenario}" if file.startswith("specs") else name


def test_times_and_tokens_of_cases_that_passed_in_both(told: tuple[Pairs, Text]):
    """Quantiles before and now, and their factor with the interval of a thousand draws."""
    pairs, text = told
    scenarios = list(dict.fromkeys(base.scenario for base, _ in pairs))
    weights = draws(len(scenarios))
    _, *table = text.table("changes", len(FAMILIES))
    both = [(base, new) for base, new in pairs if good(base) and good(new)]
    expected = []
    for name, unit, look in FIGURES:
        known = [
            (scenarios.index(base.scenario), look(base), look(new))
            for base, new in both
            if look(base) is not None and look(new) is not None
        ]
        sides = [sorted((value, at) for at, *values in known for value in [values[side]]) for side in (0, 1)]
        for share in (0.5, 0.95):
            before, after = (weighted(side, [1] * len(scenarios), share) for side in sides)
            factors = [weighted(sides[1], draw, share) / max(weighted(sides[0], draw, share), 1e-9) for draw in weights]
            low, high = middle_95(factors)
            change = "{:+.1f} % (95 %: {:+.1f} to {:+.1f})".format(
                *(100 * (value - 1) for value in (after / before, low, high))
            )
            change += ", which may be chance" if low <= 1 <= high else ""
            expected.append(
                [f"{name}, p{100 * share:.0f}", str(len(known)), f"{before:.4g} {unit}", f"{after:.4g} {unit}", change]
            )
    assert [line for line in table if "reasoning" not in line[0]] == expected


def weighted(values: Sequence[tuple[Any, int]], weights: Sequence[int], share: float) -> float:
    """The smallest value at or below which so large a share lies, each counted as often as its scenario was drawn."""
    total = sum(weights[at] for _, at in values)
    reached = 0
    for value, at in values:
        reached += weights[at]
        if reached >= share * total - 1e-6:
            return float(value)
    raise AssertionError("no value")


def test_what_the_pairs_could_have_shown(told: tuple[Pairs, Text]):
    """The smallest drop with a power of 80 %: summed over every number of changed pairs, and searched by halves."""
    pairs, text = told
    whole = families(pairs)["all"]["all cases"]
    total, share = len(pairs), whole["won"] / len(pairs)

    def power(drop: float) -> float:
        lost, changed = share + drop, 2 * share + drop
        seen = 0.0
        for n in range(total + 1):
            chance = math.comb(total, n) * changed**n * (1 - changed) ** (total - n)
            if chance < 1e-12:
                continue
            needed = next((k for k in range(n + 1) if k and tail(k, n - k) <= 0.05), None)
            if needed is not None:
                ways = (
                    math.comb(n, k) * (lost / changed) ** k * (share / changed) ** (n - k) for k in range(needed, n + 1)
                )
                seen += chance * sum(ways)
        return seen

    low, high = 0.0, 1 - 2 * share
    while high - low > 1e-4:
        at = (low + high) / 2
        low, high = (at, high) if power(at) < 0.8 else (low, at)
    said = f"the smallest drop that {total} pairs would show is {100 * high:.1f} %"
    assert said in re.sub(r"\s+", " ", text.said["changes"])
