"""A line of a record is read as Python's own `json` reads it, by whatever it is read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.chain import START, frame, unframe

NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([10**40, -0.0, 5e-324]))
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("\ud83d\ude00\u2028\x7f")), max_size=8)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=20,
)


def body_of(written: bytes) -> Any:
    framed = unframe(frame(0, "case", written, START)[0][:-1])
    return None if framed is None else framed.body


@given(VALUES, st.booleans())
def test_what_was_written_comes_back(value: Any, ascii_only: bool):
    """Law: any value, in types and bits, halves of surrogate pairs and numbers beyond 64 bits too."""
    written = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    assert repr(body_of(written)) == repr(json.loads(written))


@given(st.text(st.sampled_from('{}[]",:\\u0019eE+-. tfnNI\n\x00é'), max_size=12))
def test_what_no_json_is_no_line(text: str):
    """Law: nothing is taken for JSON that is none, and nothing is refused that is."""
    written = b'["' + text.encode() + b'"]'
    whole = frame(0, "case", written, START)[0][:-1]
    try:
        outer = json.loads(whole)
    except ValueError:
        assert unframe(whole) is None
    else:
        framed = unframe(whole)
        assert framed is not None
        assert repr(framed.body) == repr(outer["body"])


@pytest.mark.parametrize("depth", [100, 300])
def test_deep_values_come_back(depth: int):
    """Deeper than the faster reader goes."""
    written = b"[" * depth + b"]" * depth

    assert repr(body_of(written)) == repr(json.loads(written))
