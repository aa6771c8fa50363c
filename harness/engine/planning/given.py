"""To which case each id, or each fact, was given, of a run with any number of cases: in a fixed space.

Of many cases, ids would be most of what a run holds, and without end. Kept are 64 bits of a sum of each, in flat
tables of a fixed size, which take their memory from the system as they fill: two of a million ids share a sum once in
thirty million runs. When a table is full, the next begins, and the one before the last is forgotten: an id that comes
back is known for at least `FULL` others.
"""

import hashlib
from typing import Final

PLACES: Final = 1 << 19
"""Places of a table; a power of two."""
FULL: Final = PLACES // 3 * 2
"""Ids in a table, at most: with more, finding a place takes long."""


class _Table:
    """The first case by the sum of an id; at most `FULL` ids."""

    def __init__(self) -> None:
        self.cases: list[str] = []
        # a bytearray of zeros is no memory before it is touched
        self.sums = memoryview(bytearray(8 * PLACES)).cast("Q")
        self.numbers = memoryview(bytearray(4 * PLACES)).cast("I")
        self.count = 0

    def at(self, sum_: int) -> int:
        """Where a sum stands, or the free place where it would."""
        at = sum_ & (PLACES - 1)
        while self.sums[at] not in (0, sum_):
            at = (at + 1) & (PLACES - 1)
        return at

    def note(self, at: int, sum_: int, case: str) -> None:
        if not self.cases or self.cases[-1] != case:
            self.cases.append(case)
        self.sums[at], self.numbers[at] = sum_, len(self.cases) - 1
        self.count += 1


class Given:
    """The first case counts that an id was noted for."""

    def __init__(self) -> None:
        self._table = _Table()
        self._before: _Table | None = None

    def first(self, id_: str, case: str) -> str:
        """Notes that a case was given the id; answers the first that was."""
        sum_ = _sum(id_)
        known = self._of(sum_)
        if known is not None:
            return known
        if self._table.count == FULL:
            self._table, self._before = _Table(), self._table
        self._table.note(self._table.at(sum_), sum_, case)
        return case

    def of(self, id_: str) -> str | None:
        """The case that was given the id; None where none is known."""
        return self._of(_sum(id_))

    def _of(self, sum_: int) -> str | None:
        for table in (self._table, self._before):
            if table is not None and table.sums[at := table.at(sum_)]:
                return table.cases[table.numbers[at]]
        return None

    def __bool__(self) -> bool:
        """Whether anything was noted."""
        return self._before is not None or self._table.count > 0


def _sum(id_: str) -> int:
    """64 bits of a sum, never 0: that is a free place."""
    return int.from_bytes(hashlib.blake2b(id_.encode(errors="surrogatepass"), digest_size=8).digest(), "big") or 1
