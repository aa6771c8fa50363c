"""Values of any size and kind, made plain and small."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.bounds import bounded, cut_bytes, cut_text, plain, shortened

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT, st.integers(0, 40))
def test_cut_ends_at_a_character(text: str, limit: int):
    """What is kept is a beginning of the text, fits, and one character more would not."""
    kept = cut_bytes(text.encode("utf-8", "surrogatepass"), limit)

    assert text.startswith(kept)
    assert len(kept.encode("utf-8", "surrogatepass")) <= limit
    longer = text[: len(kept) + 1]
    assert longer == kept or len(longer.encode("utf-8", "surrogatepass")) > limit


def test_long_text_is_cut_with_length_and_hash():
    text = "å" * 3000
    data = text.encode()

    value = bounded(text)

    assert value == {"$cut": "å" * 2048, "bytes": 6000, "sha256": hashlib.sha256(data).hexdigest()}
    assert cut_text(text).startswith("å" * 2048 + " … (cut: 6000 bytes, sha256 ")


@pytest.mark.parametrize("value", ["a" * 4096, "short", 5, None, [1, {"a": [True]}], 1.5])
def test_what_fits_stays(value: object):
    assert bounded(value) == value


def test_long_list_is_cut_in_its_json():
    value = bounded(list(range(100_000)))

    assert value["$cut"].startswith("[0,1,2,")
    assert value["bytes"] == len(json.dumps(list(range(100_000)), separators=(",", ":")))


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (b"text", "text"),
        ({1: (2, 3)}, {"1": [2, 3]}),
        ({"b", "a"}, ["a", "b"]),
        (10**4000, hex(10**4000)),
        (Hostile(), "<Hostile>"),
        (range(2), "range(0, 2)"),
    ],
)
def test_what_json_cannot_hold_is_spelled(value: object, kept: object):
    assert plain(value) == kept


def test_bottomless_nesting_ends():
    value: list[object] = []
    for _ in range(5000):
        value = [value]

    assert json.dumps(plain(value)).count("[") == 80


def test_long_answer_keeps_its_shape_and_loses_its_long_texts():
    output = [{"type": "message", "content": [{"type": "output_text", "text": "x" * 200_000}]}]

    kept = shortened(output)

    assert kept[0]["content"][0]["text"]["bytes"] == 200_000
    assert len(json.dumps(kept)) < 10_000
    assert shortened([{"type": "message"}] * 2) == [{"type": "message"}] * 2


def test_answer_of_a_million_entries_is_cut_as_a_whole():
    assert shortened(list(range(200_000)))["bytes"] > 1_000_000
