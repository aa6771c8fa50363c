"""A comparison and a gate for a terminal."""

from collections.abc import Iterator
from typing import Final

from harness.comparison.comparison import Comparison
from harness.comparison.gated import Gated
from harness.summary import words
from harness.summary.words import tame

SHOWN: Final = 20
"""Lines of one list that are shown."""


def comparison(found: Comparison) -> Iterator[str]:
    """A comparison, regressions first."""
    yield words.verdict(found)
    yield f"base {tame(found.base)}, new {tame(found.new)}"
    for before, after in found.pairing.targets.items():
        if before != after:
            yield f"  {tame(before)} answers to {tame(after)}"
    if found.whole is not None:
        yield ""
        yield words.group(found.whole)
        yield f"  {words.power(found.whole)}"
    scenarios = [one for one in found.family("scenario") if one.lost or one.won]
    yield from _list(
        "Scenarios that changed",
        [line for one in scenarios for line in _with_power(words.group(one), words.power(one))],
    )
    for family in ("region", "model"):
        groups = found.family(family)
        if len(groups) > 1:
            yield from _list(f"By {family}", [words.group(one) for one in groups])
    yield from _list("Times and tokens of cases that passed in both", [words.figure(one) for one in found.figures])
    yield from _list("Changed scenarios, compared all the same", found.pairing.changed)
    yield from _list("New cases", found.pairing.added)
    yield from _list("Removed cases", found.pairing.removed)
    yield from _list("Not compared: not observed in both runs", found.pairing.unjudged)
    yield from _list("Planned in the new run and not finished", found.missing)


def _with_power(*lines: str) -> list[str]:
    return [lines[0], *(f"  {line}" for line in lines[1:])]


def gate(found: Gated) -> Iterator[str]:
    """The gate's verdict and every reason."""
    yield tame(found.sentence)
    policy = f"policy {tame(found.policy)}" if found.policy is not None else "the policy of a gate without a file"
    baseline = f", baseline {tame(found.baseline)}" if found.baseline is not None else ""
    yield f"run {tame(found.run)}, {policy}{baseline}"
    yield from _list("Reasons", list(words.reasons(found)))
    yield from _list("To know", [tame(note.sentence) for note in found.notes])


def _list(title: str, lines: list[str] | tuple[str, ...]) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield f"{title}:"
    yield from (f"  {tame(line)}" for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"  … and {len(lines) - SHOWN:,} more"
