"""Where a stream is cut on purpose: half-way, at the end of a frame."""

from typing import Final

from harness.wire.sse import Decoder

ENOUGH: Final = 16
"""Frames with data after which there is a half to cut at. How long a stream will be is not known before its end."""


class HalfWay:
    """Watches a stream as it comes and says where it is to be cut.

    As soon as `ENOUGH` frames have come, or all there are, half of those that came are kept.
    """

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._ends: list[int] = []

    def feed(self, chunk: bytes) -> int | None:
        """The byte after which nothing is to be kept, once it is known."""
        self._ends += [frame.end for frame in self._decoder.feed(chunk) if frame.data is not None]
        return self._half() if len(self._ends) >= ENOUGH else None

    def finish(self) -> int | None:
        """The same when the body has ended; None where there are no two frames to part."""
        return self._half() if len(self._ends) > 1 else None

    def _half(self) -> int:
        return self._ends[len(self._ends) // 2 - 1]
