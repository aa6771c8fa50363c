"""Where a stream is cut on purpose."""

from hypothesis import given
from hypothesis import strategies as st

from harness.wire.half import ENOUGH, HalfWay
from harness.wire.sse import frames


def stream(count: int) -> bytes:
    return b"".join(b": alive\n\nevent: e\ndata: %d\n\n" % n for n in range(count))


def cut(body: bytes, at: list[int]) -> int | None:
    """Where a body that comes in these chunks is cut."""
    half = HalfWay()
    ends = sorted({min(each, len(body)) for each in at} | {len(body)})
    for start, end in zip([0, *ends], ends, strict=False):
        if (found := half.feed(body[start:end])) is not None:
            return found
    return half.finish()


@given(st.integers(2, 60), st.lists(st.integers(0, 2000), max_size=8))
def test_it_is_cut_between_frames_and_in_the_middle(count: int, at: list[int]):
    """Law: at the end of a frame, with at least one before it and one after it, however it comes."""
    body = stream(count)
    found = cut(body, at)

    assert found is not None
    assert found in [frame.end for frame in frames(body)]
    assert 1 <= len(frames(body[:found])) <= count // 2
    assert len(frames(body[:found])) >= min(count, ENOUGH) // 2


def test_what_cannot_be_parted_is_left():
    """One frame has no half, and a body that is no stream has none either."""
    assert cut(stream(1), []) is None
    assert cut(b'{"error": {}}', []) is None
