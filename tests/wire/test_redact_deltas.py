"""A secret that is cut into deltas: no piece is left that would betray it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.wire.redact import Redactor, Secret

KEY = "sk-Abc/123+xyz&=9876543210"
FORMS = {
    "plain": KEY,
    "swapped case": KEY.swapcase(),
    "in a sentence": f"Your key is {KEY}, keep it.",
}


def stream(pieces: list[str], kind: str = "response.output_text.delta", index: int = 0) -> bytes:
    return b"".join(
        b"event: %s\ndata: %s\n\n"
        % (kind.encode(), json.dumps({"type": kind, "output_index": index, "delta": piece, "n": n}).encode())
        for n, piece in enumerate(pieces)
    )


def deltas(data: bytes) -> list[str]:
    return [json.loads(line[6:])["delta"] for line in data.split(b"\n") if line.startswith(b"data: ")]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_every_touched_delta_is_blanked(name, size):
    text = FORMS[name]
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    redactor = Redactor([Secret("key", KEY)])

    clean = redactor(stream(pieces))

    left = "".join(delta for delta in deltas(clean) if delta != "[redacted]").lower()
    assert not any(KEY.lower()[at : at + size + 1] in left for at in range(len(KEY) - size))
    assert redactor.finds(stream(pieces))
    assert len(deltas(clean)) == len(pieces), "every event is still there"


def test_deltas_of_different_items_are_not_joined():
    """Halves that belong to two items are no secret; and nothing of them is touched."""
    data = stream([KEY[:13]], index=0) + stream([KEY[13:]], index=1)
    redactor = Redactor([Secret("key", KEY)])

    assert redactor(data) == data
    assert not redactor.finds(data)


def test_interleaved_items_are_joined_each_for_itself():
    first, second = stream([KEY[:13], KEY[13:]], index=0).split(b"\n\n")[:2]
    data = first + b"\n\n" + stream(["innocent"], index=1) + second + b"\n\n"

    assert deltas(Redactor([Secret("key", KEY)])(data)) == ["[redacted]", "innocent", "[redacted]"]


@given(st.lists(st.text(max_size=6), max_size=12))
def test_innocent_streams_are_not_touched(pieces):
    data = stream(pieces)

    assert Redactor([Secret("key", KEY)])(data) is data


@given(st.integers(0, 30), st.lists(st.integers(1, 6), min_size=1, max_size=30), st.text(max_size=20))
def test_wherever_it_is_cut(before, sizes, around):
    """What is left joined holds no secret, wherever the cuts are."""
    text = "x" * before + KEY + around
    pieces, at = [], 0
    while at < len(text):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(text[at : at + size])
        at += size

    clean = Redactor([Secret("key", KEY)])(stream(pieces))

    assert KEY.lower() not in "".join(deltas(clean)).lower()
    assert not Redactor([Secret("key", KEY)]).finds(clean)
