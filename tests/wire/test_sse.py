"""Bytes to frames: what the standard says, what is kept of the unusual, and that chunks do not matter."""

import itertools
import time

import httpx2
import pytest
from httpx2 import _sse as reference
from hypothesis import example, given
from hypothesis import strategies as st

from harness.wire.exchange import Arrival
from harness.wire.sse import BOM, Decoder, Frame, Limits, Oddity, batches, encode, frames

X = b'event: a\ndata: {"n":1}\n\nevent: b\ndata: {"n":2}\n\n'


def plain(found):
    return [(frame.event, frame.data) for frame in found]


def fed(body, cuts, limits=None):
    """The frames of a body that comes in chunks cut at the given offsets."""
    decoder = Decoder(limits) if limits else Decoder()
    bounds = [0, *sorted({cut for cut in cuts if 0 < cut < len(body)}), len(body)]
    found = [frame for a, b in itertools.pairwise(bounds) for frame in decoder.feed(body[a:b])]
    return found + decoder.finish()


def test_a_frame_knows_where_its_bytes_are():
    """Offsets span the body without a gap, blank lines included."""
    first, second = frames(X)

    assert (first.event, first.data, first.offset, first.end) == ("a", b'{"n":1}', 0, 24)
    assert X[second.offset : second.end] == b'event: b\ndata: {"n":2}\n\n'
    assert second.oddities == ()


SAME = {
    "crlf": X.replace(b"\n", b"\r\n"),
    "cr": X.replace(b"\n", b"\r"),
    "mixed": b'event: a\r\ndata: {"n":1}\n\revent: b\rdata: {"n":2}\r\n\r\n',
    "no space after the colon": X.replace(b": ", b":"),
    "extra blank lines": b"\n\n" + X.replace(b"\n\n", b"\n\n\n\n\n"),
    "comments before each": b"".join(b": hello\n\n" + part + b"\n\n" for part in X.split(b"\n\n")[:2]),
    "comment inside": X.replace(b"\ndata", b"\n:\ndata"),
    "data before event": b'data: {"n":1}\nevent: a\n\ndata: {"n":2}\nevent: b\n\n',
    "unknown fields": X.replace(b"\ndata", b"\ndatum: 1\ndata"),
    "byte-order mark": BOM + X,
    "id and retry": X.replace(b"\ndata", b"\nid: 4\nretry: 10\ndata"),
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME.keys())
def test_other_spellings_of_the_same_frames(body):
    """Whatever the standard allows gives the same events."""
    assert plain(frames(body)) == [("a", b'{"n":1}'), ("b", b'{"n":2}')]


ODD = [
    (b": a\n\n: b\ndata: 1\n\n", [("comment", 0, " a"), ("comment", 5, "b")]),
    (b"id: 7\ndata: 1\n\n", [("id", 0, "7")]),
    (b"retry: 10\n\n", [("retry", 0, "10")]),
    (b"retry: soon\n\n", [("bad_retry", 0, "soon")]),
    (b"id: a\0b\n\n", [("nul_in_id", 0, "NUL in an id")]),
    (b"event: ping\n\n", []),
    (b"dat: {}\n\n", [("unknown_field", 0, "dat")]),
    (b"data\n\n", []),
    (b"data: 1\ndata: 2\n\n", [("many_data", 0, "2 data lines")]),
    (b"event: a\nevent: b\n\n", [("many_event", 0, "2 event lines")]),
    (BOM + b"data: 1\n\n", [("bom", 0, "byte-order mark")]),
    (b"data: a\xffb\n\n", [("bad_utf8", 7, "not UTF-8")]),
    (b"event: \xc3\n\n", [("bad_utf8", 7, "not UTF-8")]),
    (b"data: 1\n", [("unterminated", 8, "no blank line at the end")]),
    (b"event: a\nda", [("unterminated", 11, "no blank line at the end")]),
]


@pytest.mark.parametrize(("body", "odd"), ODD, ids=[repr(body)[:30] for body, _ in ODD])
def test_the_unusual_is_kept_with_its_place(body, odd):
    """Each oddity has a kind, an offset and the words."""
    (frame,) = frames(body)

    assert frame.oddities == tuple(Oddity(*one) for one in odd)


def test_values_as_the_standard_reads_them():
    """Lines are joined by LF, one space is taken off, the last event name wins, a bad retry is ignored."""
    (frame,) = frames(b"event: a\nevent: b\ndata:  1\ndata\ndata:2\nid\nretry: 10\nretry: 1x\n\n")

    assert (frame.event, frame.data, frame.id, frame.retry) == ("b", b" 1\n\n2", "", 10)


@pytest.mark.parametrize("body", [b"", b"\n", b"\r\n\r\n", b": only\n\n: comments\n\n", b": cut", BOM, BOM + b"\n\n"])
def test_nothing_makes_no_frame(body):
    """Blank lines, comments and the byte-order mark are no frames of their own."""
    assert frames(body) == []


def test_a_character_cut_between_chunks_is_whole():
    """UTF-8 is judged by lines, not by chunks."""
    body = "data: ä€😀\n\n".encode()

    for cut in range(1, len(body)):
        (frame,) = fed(body, [cut])
        assert (frame.data, frame.oddities) == (body[6:-2], ())


def test_a_frame_came_when_its_last_byte_came():
    """With arrivals, each frame has the time of the chunk that ended it."""
    found = frames(X, [Arrival(0, 1.0), Arrival(10, 2.0), Arrival(24, 3.0), Arrival(40, 4.0)])

    assert [frame.at for frame in found] == [2.0, 4.0]
    decoder = Decoder()
    assert [frame.at for frame in decoder.feed(X[:30], 5.0) + decoder.feed(X[30:], 6.0)] == [5.0, 6.0]


def test_a_carriage_return_waits_for_its_line_feed():
    """The blank line's LF belongs to the frame that it ends, whenever it comes."""
    body = b"data: 1\r\n\r\ndata: 2\r\n\r\n"

    assert [(frame.offset, frame.end) for frame in fed(body, range(len(body)))] == [(0, 11), (11, 22)]
    decoder = Decoder()
    assert decoder.feed(b"data: 1\r\r") == []
    assert [frame.end for frame in decoder.finish()] == [9]


SMALL = Limits(event=40, events=3)


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_an_event_above_the_limit_is_dropped_and_the_next_is_read(end):
    """Only the content goes: place and size stay, memory does not grow with the event."""
    body = b"data: 1" + end + b"data: " + b"x" * 500 + end + b"data: 2" + end
    whole = frames(body, limits=SMALL)

    assert plain(whole) == [(None, b"1"), (None, None), (None, b"2")]
    assert whole[1].oddities == (Oddity("too_large", whole[0].end, "506 bytes, 40 are allowed"),)
    assert fed(body, range(len(body)), SMALL) == whole
    assert fed(body, [len(body) - 3], SMALL) == whole


def test_an_event_without_an_end_keeps_no_more_than_the_limit():
    """A line that never ends is counted, not kept."""
    decoder = Decoder(SMALL)
    for _ in range(1000):
        assert decoder.feed(b"x" * 100) == []
        assert len(decoder._tail) <= 48
    (frame,) = decoder.finish()

    assert frame.odd("too_large") == Oddity("too_large", 0, "100000 bytes, 40 are allowed")


def test_reading_stops_after_too_many_events():
    """The first frame above the limit says so; nothing comes after it."""
    body = b"".join(b"data: %d\n\n" % n for n in range(9))
    found = frames(body, limits=SMALL)

    assert plain(found) == [(None, b"0"), (None, b"1"), (None, b"2"), (None, None)]
    assert found[-1].oddities == (Oddity("too_many", 27, "more than 3 events"),)
    assert fed(body, range(len(body)), SMALL) == found


def test_endless_comments_cost_no_memory():
    """Keep-alives make no frames, and only the first few are kept for the next one."""
    decoder = Decoder()
    for _ in range(2000):
        decoder.feed(b": keep-alive\n\n" * 50)
    (frame,) = decoder.feed(b"data: 1\n\n")

    assert (decoder._tail, len(frame.oddities)) == (b"", 8)


def test_a_byte_at_a_time_is_not_quadratic():
    """A long event in tiny chunks takes time in proportion to its length."""

    def took(size):
        began, decoder = time.process_time(), Decoder()
        for _ in range(size):
            decoder.feed(b"x")
        return time.process_time() - began

    took(1000)
    assert took(80_000) < 20 * max(took(10_000), 0.002)


@pytest.mark.parametrize("piece", [b"x", b": x\r", b"\r", b"\n", b"data\r\n", b"\xff", b"data: \xff\n"])
def test_long_bodies_of_any_kind_are_not_quadratic(piece):
    """A line without an end, an event without an end, blank lines alone: eight times as long, not 64 times."""

    def took(size):
        began = time.process_time()
        frames(piece * size)
        return time.process_time() - began

    took(1000)
    assert took(80_000) < 30 * max(took(10_000), 0.002)


def test_batches_are_the_frames_some_at_a_time():
    """What is read in batches is what is read at once."""
    body = b"".join(b"event: e\ndata: %06d\n\n" % n for n in range(10_000))

    assert [frame for some in batches(body) for frame in some] == frames(body)
    assert len(frames(body)) == 10_000


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=12)
FIELD = st.sampled_from(["event", "data", "id", "retry", "", "dat", "data ", "\ufeffdata"])
LINE = st.one_of(
    st.just(""),
    st.builds(lambda f, c, v: f + c + v, FIELD, st.sampled_from([":", ": ", "", ":  "]), TEXT),
    st.builds("retry: {}".format, st.integers(0, 99)),
    TEXT,
)
BREAK = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n\n\n", "\r\r", "\r\n\r\n"])
BODIES = st.lists(st.tuples(LINE, BREAK), max_size=14).map(lambda parts: "".join(a + b for a, b in parts))


def reference_events(text):
    """What httpx2's decoder makes of a text. At the very end it takes a lone CR for a blank line as well."""
    parser = reference._SSEParser()
    found = [*parser.decode(text + "\n" * text.endswith("\r")), *parser.flush()]
    assert all(isinstance(one, httpx2.ServerSentEvent) for one in found)
    return [(one.event, one.data) for one in found]


@given(BODIES)
@example("data: 1\r")
@example("event: a\ndata: x\n\nevent: b\nid: 1\ndata: y\n\n")
def test_httpx2_reads_the_same(text):
    """Wherever both define an answer: events in order, with name and data (it names the nameless `message`)."""
    body = text.encode()
    if body.startswith(BOM):  # it keeps the mark
        text = text[1:]
    ours = [f for f in frames(body) if not f.odd("unterminated") and not only_unknown(f)]

    assert [(f.event or "message", (f.data or b"").decode()) for f in ours] == reference_events(text)


def only_unknown(frame):
    """httpx2 makes no event of a block in which no line means anything to it (and reads ` 5` as a number)."""
    return (frame.event, frame.data, frame.id, frame.retry) == (None, None, None, None)


@given(st.one_of(BODIES.map(str.encode), st.binary(max_size=60)), st.lists(st.integers(0, 200), max_size=8))
def test_chunks_do_not_matter(body, cuts):
    """Any split, and one byte at a time, gives the frames of the whole; with tight limits too."""
    assert fed(body, cuts) == fed(body, range(len(body))) == frames(body)
    tight = Limits(event=9, events=2)
    assert fed(body, cuts, tight) == fed(body, range(len(body)), tight) == frames(body, limits=tight)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read(body):
    """No bytes make it stumble, and no frame points outside the body."""
    for frame in frames(body):
        assert 0 <= frame.offset < frame.end <= len(body)
        assert all(0 <= oddity.offset <= len(body) for oddity in frame.oddities)


NAME = st.none() | TEXT.filter(lambda text: not text.startswith(" "))


@given(NAME, st.none() | TEXT.map(str.encode), st.none() | st.integers(0, 10**6))
def test_what_is_encoded_is_read_back(event, data, retry):
    """A frame with any of its fields comes back as it was."""
    body = encode(Frame(event, data, 0, 0, id=event, retry=retry))
    back = [(f.event, f.data, f.id, f.retry) for f in frames(body)]

    assert back == ([] if event is data is retry is None else [(event, data, event, retry)])


def test_several_lines_of_data_are_encoded_as_several():
    """A line break in the data makes a new `data:` line."""
    assert encode(Frame("a", b"1\n2", 0, 0)) == b"event: a\ndata: 1\ndata: 2\n\n"
