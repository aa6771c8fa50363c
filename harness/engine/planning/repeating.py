"""Repeats of one case: how many, how many must pass, and which run next.

They come in waves. A wave is never larger than what one repeat after another would have needed at least, so running
it at once costs no request that could have been saved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from harness.engine.planning.bar import ONCE, Bar
from harness.findings import Verdict
from harness.record.lines import CaseLine
from harness.record.repeats import needed, together


@dataclass(frozen=True, slots=True)
class Finished:
    """A case that is over: its lines in the order of repeats and attempts, and what they say together."""

    lines: tuple[CaseLine, ...]
    verdict: Verdict
    bar: Bar = ONCE

    @property
    def line(self) -> CaseLine:
        """The attempt that speaks for the case: the first that says what all say together, else the last."""
        last = {line.repeat: line for line in self.lines}
        return next((line for line in last.values() if line.verdict is self.verdict), self.lines[-1])

    @property
    def flaky(self) -> bool:
        """Whether attempts or repeats disagree."""
        return len({line.verdict for line in self.lines}) > 1

    @property
    def passed(self) -> int:
        """How many repeats passed."""
        return sum(line.verdict is Verdict.PASSED for line in self.lines)

    @property
    def repeats(self) -> int:
        """How many repeats ran."""
        return len({line.repeat for line in self.lines})

    @property
    def spared(self) -> int:
        """How many repeats were not run, because they could not have changed the verdict."""
        return sum(line.spared or 0 for line in self.lines)

    @property
    def tally(self) -> str:
        """In a few words how the repeats went."""
        spared = f"; the other {self.spared} could not have changed that" if self.spared else ""
        return f"{self.passed} of {self.repeats} repeats passed, {self.bar.at_least} must{spared}"


@dataclass(slots=True)
class Course:
    """The repeats of one case while they run."""

    bar: Bar
    said: dict[int, Verdict] = field(default_factory=dict)
    lines: list[CaseLine] = field(default_factory=list)
    begun: int = 0

    def wave(self) -> range:
        """The repeats that are to run now; none while others are under way, or where the answer stands."""
        if self.begun > len(self.said):
            return range(0)
        many = self._needed() if self.bar.stops else self.bar.times - self.begun
        wave = range(self.begun, min(self.bar.times, self.begun + many))
        self.begun = wave.stop
        return wave

    def attempt(self, line: CaseLine) -> None:
        """An attempt after which another one follows."""
        self.lines.append(line)

    def ended(self, line: CaseLine) -> CaseLine:
        """A repeat has ended; its line says how many more are not needed, where it is the last."""
        self.said[line.repeat] = line.verdict
        if self.over and self.bar.times > self.begun:
            line = replace(line, spared=self.bar.times - self.begun)
        self.lines.append(line)
        return line

    @property
    def over(self) -> bool:
        """Whether nothing is under way and nothing more is needed."""
        return len(self.said) == self.begun and (self.begun == self.bar.times or self._needed() == 0)

    def finished(self) -> Finished:
        """What they came to."""
        lines = sorted(self.lines, key=lambda line: (line.repeat, line.attempt))
        return Finished(tuple(lines), together(self._said(), self.bar.times, self.bar.at_least), self.bar)

    def _needed(self) -> int:
        return needed(self._said(), self.bar.times, self.bar.at_least)

    def _said(self) -> Sequence[Verdict]:
        return list(self.said.values())
