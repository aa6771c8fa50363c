"""To which case each id was given, of a run with any number of cases: in few bytes an id.

Of many cases, ids would be most of what a run holds. Kept are 64 bits of a sum of each, in one flat table: two of a
million ids share them once in thirty million runs.
"""

import hashlib
from array import array
from typing import Final

_FIRST: Final = 1024
"""Places of an empty table; a power of two."""


class Given:
    """The first case counts that an id was noted for."""

    def __init__(self) -> None:
        self._cases: list[str] = []
        self._sums, self._numbers = _places(_FIRST)
        self._count = 0

    def first(self, id_: str, case: str) -> str:
        """Notes that a case was given the id; answers the first that was."""
        sum_ = int.from_bytes(hashlib.blake2b(id_.encode(errors="surrogatepass"), digest_size=8).digest(), "big") or 1
        at = self._at(sum_)
        if self._sums[at]:
            return self._cases[self._numbers[at]]
        if not self._cases or self._cases[-1] != case:
            self._cases.append(case)
        self._sums[at], self._numbers[at] = sum_, len(self._cases) - 1
        self._count += 1
        if self._count * 3 > len(self._sums) * 2:
            self._grow()
        return case

    def _at(self, sum_: int) -> int:
        """Where a sum stands, or the free place where it would."""
        last = len(self._sums) - 1
        at = sum_ & last
        while self._sums[at] not in (0, sum_):
            at = (at + 1) & last
        return at

    def _grow(self) -> None:
        sums, numbers = self._sums, self._numbers
        self._sums, self._numbers = _places(len(sums) * 2)
        for sum_, number in zip(sums, numbers, strict=True):
            if sum_:
                at = self._at(sum_)
                self._sums[at], self._numbers[at] = sum_, number


def _places(many: int) -> "tuple[array[int], array[int]]":
    return array("Q", bytes(8 * many)), array("I", bytes(array("I").itemsize * many))
