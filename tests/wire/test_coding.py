"""Content coding undone in any chunks equals undoing it at once; what is too large is stopped before it is there."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.wire.coding import RATIO, RATIO_FROM, CodingError, Deflated, Plain, TooLarge, decoder

MIB = 1024 * 1024
CODE = {"gzip": gzip.compress, "deflate": zlib.compress}
texts = st.binary(max_size=2000) | st.builds(
    lambda part, n: part * n, st.binary(min_size=1, max_size=9), st.integers(1, 9000)
)


def chunks(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """The data cut at places; some chunks may be empty."""
    at = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(at)]


def undone(coding: str, parts: Iterable[bytes], limit: int = 64 * MIB) -> bytes:
    undo = decoder(coding, limit)
    out = b"".join(undo.decode(part) for part in parts)
    undo.finish()
    return out


@given(st.sampled_from(sorted(CODE)), texts, st.lists(st.integers(0, 10_000), max_size=12))
def test_any_chunking_gives_the_same(coding: str, text: bytes, cuts: list[int]):
    """Law: however the bytes come, what comes out is what went in."""
    assert undone(coding, chunks(CODE[coding](text), cuts)) == text


@given(st.lists(st.binary(max_size=200), min_size=2, max_size=4), st.lists(st.integers(0, 1000), max_size=8))
def test_gzip_of_several_members(texts: list[bytes], cuts: list[int]):
    """RFC 1952, 2.2: members follow one another, and their contents are one."""
    whole = b"".join(map(gzip.compress, texts))
    assert undone("gzip", chunks(whole, cuts)) == gzip.decompress(whole) == b"".join(texts)


def test_large_output_of_one_chunk_is_whole():
    """More comes out than one step gives: no byte is lost."""
    text = bytes(range(256)) * 4 * 4096  # 4 MiB
    assert undone("gzip", [gzip.compress(text)]) == text


@given(st.sampled_from(sorted(CODE)), st.binary(min_size=1, max_size=500), st.data())
def test_a_cut_is_seen(coding: str, text: bytes, data: st.DataObject):
    """Any part of the bytes that is not the whole is no end."""
    whole = CODE[coding](text)
    with pytest.raises(CodingError):
        undone(coding, [whole[: data.draw(st.integers(0, len(whole) - 1))]])


@pytest.mark.parametrize("coding", sorted(CODE))
def test_altered_and_plain_bytes_are_refused(coding: str):
    whole = bytearray(CODE[coding](b"some text that is long enough " * 20))
    whole[-2] ^= 0xFF
    for wrong in (bytes(whole), b'{"id": "resp_1"}', b"\x1f\x8bxx"):
        with pytest.raises(CodingError):
            undone(coding, [wrong])


@pytest.mark.parametrize("coding", sorted(CODE))
def test_bytes_after_the_end_are_refused(coding: str):
    """Neither dropped in silence nor gathered without bound."""
    with pytest.raises(CodingError):
        undone(coding, [CODE[coding](b"text"), b"trailing", b"x" * 100])


@pytest.mark.parametrize("coding", sorted(CODE))
def test_the_limit_holds(coding: str):
    """So many bytes may come out and not one more, in whatever chunks."""
    whole = CODE[coding](b"ab" * 500)
    assert len(undone(coding, [whole], limit=1000)) == 1000
    for parts in ([whole], chunks(whole, range(1, len(whole)))):
        with pytest.raises(TooLarge):
            undone(coding, parts, limit=999)


def test_a_bomb_stops_at_the_limit():
    """The memory that is taken is the limit's and not the bomb's."""
    bomb = zlib.compress(b"\0" * (64 * MIB), 9)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            undone("deflate", [bomb], limit=2 * MIB)
        assert tracemalloc.get_traced_memory()[1] < 12 * MIB
    finally:
        tracemalloc.stop()


def test_a_bomb_stops_at_the_ratio():
    """Far below the limit: past 8 MiB no more than 200 bytes may come out for each that came in."""
    bomb = zlib.compress(b"\0" * (32 * MIB), 9)
    assert len(bomb) * RATIO < 32 * MIB
    undo, out = Deflated("deflate", 1024 * MIB), []
    with pytest.raises(TooLarge):
        out.extend(len(undo.decode(part)) for part in chunks(bomb, range(0, len(bomb), 512)))
    assert sum(out) <= RATIO_FROM + MIB


def test_what_is_merely_compact_passes():
    """A ratio above 200 is nothing below 8 MiB."""
    text = b"\0" * (RATIO_FROM - MIB)
    assert undone("gzip", [gzip.compress(text, 9)]) == text


@pytest.mark.parametrize(
    ("coding", "kind"),
    [
        (None, Plain),
        ("identity", Plain),
        ("br", Plain),
        ("GZIP", Deflated),
        (" gzip ", Deflated),
        ("x-gzip", Deflated),
        ("deflate", Deflated),
    ],
)
def test_which_coding_is_undone(coding: str | None, kind: type):
    """Letter case and spaces do not count; what is not known is left as it is."""
    assert type(decoder(coding, 10)) is kind


def test_plain_bytes_have_the_same_limit():
    assert undone("identity", [b"12345", b"67890"], limit=10) == b"1234567890"
    with pytest.raises(TooLarge):
        undone("identity", [b"12345", b"678901"], limit=10)
