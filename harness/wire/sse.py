"""Server-sent events: bytes in any chunking → frames, and back. Knows nothing of what the frames mean.

Nothing is mended and nothing is lost: what is unusual about a frame stays with it as an oddity, with its byte
offset. Source: HTML standard, section 9.2, "Server-sent events"; the limits are the harness's own.

Nearly every frame of a real stream is `event: NAME`, one `data:` line and a blank line, with LF alone. Those are
cut out of the bytes without looking at lines; everything else takes the slow path, line by line.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from harness.wire.exchange import Arrival
from harness.wire.limits import MIB

BOM: Final = b"\xef\xbb\xbf"
_BREAK: Final = re.compile(rb"\r\n|\n|\r")
_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*+(?::|(?:event|data|id|retry)(?:[:\r\n]|$))")
_BLANK: Final = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_KEPT_COMMENTS: Final = 8
_NAMES: Final[dict[bytes, str]] = {}
"""`event: ` lines seen before and their values, at most _KEPT_NAMES: nearly all frames have one of a few."""
_KEPT_NAMES: Final = 1024
_BATCH: Final = 1 << 16


class Oddity(NamedTuple):
    """Something unusual about a frame, legal or not: its kind, its byte offset in the body, and the words.

    Kinds: `bom`, `comment`, `id`, `retry`, `many_data` and `many_event` (several such lines), which are legal;
    `unknown_field`, `bad_retry`, `nul_in_id`, which a reader ignores; `bad_utf8`; `unterminated` (the body ended
    before the blank line); `too_large` and `too_many` (a limit was passed, the content was dropped).
    """

    kind: str
    offset: int
    detail: str


class Frame(NamedTuple):
    """One block of fields.

    `event` is the value of its `event:` line and `data` its `data:` lines joined by LF, each None where there is
    no such line. The frame's bytes are `body[offset:end]`, the blank line included; `at` is when the last of them
    came, in seconds since the request began. A block of comments alone makes no frame: they are oddities of the
    next one.
    """

    event: str | None
    data: bytes | None
    offset: int
    end: int
    at: float | None = None
    oddities: tuple[Oddity, ...] = ()
    id: str | None = None
    retry: int | None = None

    def odd(self, kind: str) -> Oddity | None:
        """The first oddity of a kind."""
        return next((oddity for oddity in self.oddities if oddity.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a stream may hold: bytes of one frame, frames of the stream."""

    event: int = 16 * MIB
    events: int = 200_000


LIMITS: Final = Limits()


class Decoder:
    """Cuts a body into frames as it comes. Keeps at most one frame's limit of bytes.

    The same bytes give the same frames however they are chunked; only `at` tells the chunks.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._tail = bytearray()  # bytes that no blank line has ended yet
        self._base = 0  # offset of the tail's first byte
        self._cr = False  # whether there may be a CR in the tail
        self._dropped: int | None = None  # where the frame began of which only the end is still in the tail
        self._comments: list[Oddity] = []
        self._at: float | None = None
        self._count = 0
        self._full = False

    def feed(self, chunk: bytes, at: float | None = None) -> list[Frame]:
        """The frames that the chunk ended; `at` is when it came."""
        self._at = at
        return self._take(chunk)

    def finish(self) -> list[Frame]:
        """What is left when the body has ended: a frame without its blank line, or nothing."""
        rest, self._tail = bytes(self._tail), bytearray()
        if not rest or self._full:
            return []
        if self._dropped is not None:
            start, self._dropped = self._dropped, None
            end = self._base + len(rest)
            return self._limited([self._large(start, end, end)])
        found, left = self._lines(rest, self._base)
        if any(not line.startswith(b":") for _, line in left):
            found.append(self._frame(left, self._base + len(rest), whole=False))
        return self._limited(found)

    def _take(self, chunk: bytes) -> list[Frame]:
        if self._full or not chunk:
            return []
        before = len(self._tail)
        self._tail += chunk
        self._cr = self._cr or b"\r" in chunk
        cut = self._last_blank(max(0, before - 3))
        if cut < 0:
            self._drop_if_large()
            return []
        portion = bytes(memoryview(self._tail)[:cut])
        base = self._base
        del self._tail[:cut]
        self._base += cut
        self._cr = b"\r" in self._tail
        found = []
        if self._dropped is not None:
            first = _BLANK.search(portion)
            assert first is not None
            found.append(self._large(self._dropped, base + first.start(), base + first.end()))
            portion, base, self._dropped = portion[first.end() :], base + first.end(), None
        if portion:
            found += self._cut(portion, base)
        self._drop_if_large()
        return self._limited(found)

    def _last_blank(self, start: int) -> int:
        """Where the tail's last blank line ends, looking from `start`; -1 where there is none yet.

        A CR that is the last byte so far may be half of a CRLF, so it ends nothing before the next byte is there.
        """
        if not self._cr:
            cut = self._tail.rfind(b"\n\n", start)
            return cut + 2 if cut >= 0 else -1
        last = -1
        size = len(self._tail)
        for match in _BLANK.finditer(self._tail, start):
            if match.end() < size or self._tail[-1] == 10:
                last = match.end()
        return last

    def _drop_if_large(self) -> None:
        if len(self._tail) <= self._limits.event + 8:
            return
        if self._dropped is None:
            head = bytes(self._tail[:8])
            blank = len(BOM) if self._base == 0 and head.startswith(BOM) else 0
            self._dropped = self._base + len(head) - len(head[blank:].lstrip(b"\r\n"))
        gone = len(self._tail) - 3
        del self._tail[:gone]
        self._base += gone

    def _limited(self, found: list[Frame]) -> list[Frame]:
        self._count += len(found)
        if self._count > self._limits.events:
            keep = len(found) - (self._count - self._limits.events)
            first = found[keep]
            oddity = Oddity("too_many", first.offset, f"more than {self._limits.events} events")
            self._full = True
            self._tail.clear()
            return [*found[:keep], first._replace(event=None, data=None, oddities=(oddity,), id=None, retry=None)]
        return found

    def _cut(self, portion: bytes, base: int, loose: bool = False) -> list[Frame]:
        """Frames of bytes that end with a blank line. `loose`: some block may have more lines than two."""
        if b"\r" in portion or len(portion) > self._limits.event or not _is_text(portion):
            return self._lines(portion, base)[0]
        blocks = portion.split(b"\n\n")
        blocks.pop()
        loose = loose or bool(self._comments) or portion.count(b"\n") != 3 * len(blocks)
        found: list[Frame] = []
        add, new, known = found.append, tuple.__new__, _NAMES.get
        at, end = self._at, base
        for block in blocks:
            start = end
            end = start + len(block) + 2
            name, _, data = block.partition(b"\ndata: ")
            event = known(name) or _name(name)
            if event is not None and data and not (loose and (self._comments or b"\n" in data)):
                add(new(Frame, (event, data, start, end, at, (), None, None)))
            elif not loose:
                return self._cut(portion, base, loose=True)
            elif block[:6] == b"data: " and b"\n" not in block and not self._comments:
                add(new(Frame, (None, block[6:], start, end, at, (), None, None)))
            elif block:
                found += self._lines(block + b"\n\n", start)[0]
        return found

    def _lines(self, portion: bytes, base: int) -> tuple[list[Frame], list[tuple[int, bytes]]]:
        """The slow path: frames of any bytes, and the lines that no blank line ended."""
        found: list[Frame] = []
        pending: list[tuple[int, bytes]] = []
        after = 0
        if base == 0 and portion.startswith(BOM):
            self._comments.append(Oddity("bom", 0, "byte-order mark"))
            after = len(BOM)
        for match in _BREAK.finditer(portion, after):
            start, after = after, match.end()
            if match.start() > start:
                pending.append((base + start, portion[start : match.start()]))
                continue
            if frame := self._settle(pending, base + after):
                found.append(frame)
            pending = []
        if after < len(portion):
            pending.append((base + after, portion[after:]))
        return found, pending

    def _settle(self, lines: list[tuple[int, bytes]], end: int) -> Frame | None:
        if not lines:
            return None
        start, last = lines[0][0], lines[-1]
        if last[0] + len(last[1]) - start > self._limits.event:
            return self._large(start, last[0] + len(last[1]), end)
        if all(line.startswith(b":") for _, line in lines):
            for offset, line in lines:
                self._comment(offset, line)
            return None
        return self._frame(lines, end)

    def _large(self, start: int, stop: int, end: int) -> Frame:
        detail = f"{stop - start} bytes, {self._limits.event} are allowed"
        self._comments.clear()
        return Frame(None, None, start, end, self._at, (Oddity("too_large", start, detail),))

    def _comment(self, offset: int, line: bytes) -> None:
        if len(self._comments) < _KEPT_COMMENTS:
            self._comments.append(Oddity("comment", offset, _words(line[1:])))

    def _frame(self, lines: list[tuple[int, bytes]], end: int, whole: bool = True) -> Frame:
        event: str | None = None
        id_: str | None = None
        retry: int | None = None
        data: list[bytes] = []
        events = 0
        odd = self._comments
        self._comments = []
        for offset, line in lines:
            field, _, value = line.partition(b":")
            if value.startswith(b" "):
                value = value[1:]
            bad = _bad_utf8(line)
            if bad is not None:
                odd.append(Oddity("bad_utf8", offset + bad, "not UTF-8"))
            if field == b"data":
                data.append(value)
            elif field == b"event":
                event, events = value.decode(errors="replace"), events + 1
            elif not field:
                odd.append(Oddity("comment", offset, _words(value)))
            elif field == b"id":
                if b"\0" in value:
                    odd.append(Oddity("nul_in_id", offset, "NUL in an id"))
                else:
                    id_ = value.decode(errors="replace")
                    odd.append(Oddity("id", offset, _words(value)))
            elif field == b"retry":
                good = value.isdigit() and len(value) <= 18
                retry = int(value) if good else retry
                odd.append(Oddity("retry" if good else "bad_retry", offset, _words(value)))
            elif whole:
                odd.append(Oddity("unknown_field", offset, _words(field)))
        first = lines[0][0]
        if len(data) > 1:
            odd.append(Oddity("many_data", first, f"{len(data)} data lines"))
        if events > 1:
            odd.append(Oddity("many_event", first, f"{events} event lines"))
        if not whole:
            odd.append(Oddity("unterminated", end, "no blank line at the end"))
        return Frame(event, b"\n".join(data) if data else None, first, end, self._at, tuple(odd), id_, retry)


def frames(body: bytes, arrivals: Sequence[Arrival] = (), limits: Limits = LIMITS) -> list[Frame]:
    """The frames of a body that is there as a whole, each with the time at which its last byte came."""
    found = [frame for some in batches(body, limits) for frame in some]
    return list(_timed(found, arrivals)) if arrivals else found


def batches(body: bytes, limits: Limits = LIMITS) -> Iterator[list[Frame]]:
    """The frames of a body, some at a time and without times: for who looks at each once and keeps none."""
    decoder = Decoder(limits)
    for start in range(0, len(body), _BATCH):
        yield decoder.feed(body[start : start + _BATCH])
    yield decoder.finish()


def _timed(found: Iterable[Frame], arrivals: Sequence[Arrival]) -> Iterator[Frame]:
    """The same frames with the time of the chunk in which each one's last byte came."""
    chunks = iter(arrivals)
    here, following = next(chunks), next(chunks, None)
    for frame in found:
        while following is not None and following.offset < frame.end:
            here, following = following, next(chunks, None)
        yield frame._replace(at=here.at)


def looks_like_stream(body: bytes) -> bool:
    """Whether the first line that is not blank is a comment, or one of a field of event streams."""
    return _START.match(body) is not None


def encode(frame: Frame) -> bytes:
    """A frame as a service writes it: `event:`, `id:`, `retry:`, then one `data:` line for each line of the data."""
    lines = [] if frame.event is None else [b"event: " + frame.event.encode()]
    if frame.id is not None:
        lines.append(b"id: " + frame.id.encode())
    if frame.retry is not None:
        lines.append(b"retry: %d" % frame.retry)
    if frame.data is not None:
        lines += [b"data: " + line for line in frame.data.split(b"\n")]
    return b"\n".join(lines) + b"\n\n"


def _name(line: bytes) -> str | None:
    """The value of an `event: ` line, remembered; None where it is anything else."""
    if b"\n" in line or not line.startswith(b"event: "):
        return None
    name = line[7:].decode()
    if len(_NAMES) < _KEPT_NAMES:
        _NAMES[line] = name
    return name


def _is_text(data: bytes) -> bool:
    return data.isascii() or _bad_utf8(data) is None


def _bad_utf8(data: bytes) -> int | None:
    """Where the first byte stands that is not UTF-8, or None."""
    if data.isascii():
        return None
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


def _words(value: bytes) -> str:
    return value[:80].decode(errors="replace")
