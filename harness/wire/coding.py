"""Content coding undone stepwise: gzip and deflate with a cap on what may come out.

Source: RFC 9110, section 8.4. The limits are the harness's own.
"""

import zlib
from typing import Final

RATIO: Final = 200
"""How many times larger than the bytes on the wire a decoded body may be, once it is past `RATIO_FROM`."""
RATIO_FROM: Final = 8 * 1024 * 1024


class CodingError(Exception):
    """The bytes are not what their content coding says."""


class TooLarge(Exception):
    """More came out than the limit, or than the ratio of a decompression bomb."""


class Plain:
    """No content coding: bytes pass through, up to the limit."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def decode(self, chunk: bytes) -> bytes:
        self._left -= len(chunk)
        if self._left < 0:
            raise TooLarge
        return chunk

    def finish(self) -> None:
        """Nothing can be left over."""


class Deflated:
    """gzip or deflate, undone in steps so that a bomb is stopped before it fills memory."""

    def __init__(self, coding: str, limit: int) -> None:
        self._wbits = zlib.MAX_WBITS | 16 if coding == "gzip" else zlib.MAX_WBITS
        self._members = coding == "gzip"  # of which several may follow one another: RFC 1952, section 2.2
        self._inflate = zlib.decompressobj(wbits=self._wbits)
        self._limit = limit
        self._read = 0
        self._written = 0

    def decode(self, chunk: bytes) -> bytes:
        """The decoded bytes of one more chunk.

        Raises:
            CodingError: the chunk is not what the coding says.
            TooLarge: the limit or the ratio is passed.
        """
        self._read += len(chunk)
        out = bytearray()
        try:
            while chunk:
                if self._inflate.eof:
                    self._begin_again()
                part = self._inflate.decompress(chunk, 1 << 20)
                out += part
                self._written += len(part)
                if self._written > self._limit or (self._written > RATIO_FROM and self._written > RATIO * self._read):
                    raise TooLarge
                chunk = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
        except zlib.error as error:
            raise CodingError(str(error)) from error
        return bytes(out)

    def _begin_again(self) -> None:
        if not self._members:
            raise CodingError("bytes follow the end of the compressed stream")
        self._inflate = zlib.decompressobj(wbits=self._wbits)

    def finish(self) -> None:
        """Called where the body ended.

        Raises:
            CodingError: the compressed stream is not at its end.
        """
        if not self._inflate.eof:
            raise CodingError("the compressed stream ends before its end mark")


def decoder(coding: str | None, limit: int) -> Plain | Deflated:
    """What undoes a `content-encoding`; an unknown coding is left as it is, to be seen by whoever reads it."""
    name = (coding or "identity").strip().lower()
    name = "gzip" if name == "x-gzip" else name  # section 8.4.1.3
    return Deflated(name, limit) if name in ("gzip", "deflate") else Plain(limit)
