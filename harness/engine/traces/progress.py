"""How far a run has come, on one line: cases done, running, waiting for quota, and by region. Pure; no terminal."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.engine.traces.telling import visible


@dataclass(frozen=True, slots=True)
class Count:
    """Cases of one region: how many there are, and how many are done."""

    planned: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a run. `waiting` counts requests that wait for their turn at a deployment's quota."""

    planned: int
    done: int
    running: int = 0
    waiting: int = 0
    failed: int = 0
    seconds: float = 0.0
    regions: Mapping[str, Count] = field(default_factory=dict)

    def line(self, width: int) -> str:
        """As much as fits into so many columns, what matters most first."""
        parts = [f"{self.done:,}/{self.planned:,} done"]
        parts += [f"{self.failed:,} failed"] if self.failed else []
        parts += [f"{self.running:,} running"]
        parts += [f"{self.waiting:,} waiting for quota"] if self.waiting else []
        parts += [_span(self.seconds)]
        if len(self.regions) > 1:
            parts += [f"{visible(name)} {one.done:,}/{one.planned:,}" for name, one in sorted(self.regions.items())]
        line = parts[0]
        for part in parts[1:]:
            if len(line) + 3 + len(part) > width:
                break
            line += f" · {part}"
        return line[: max(0, width)]


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
