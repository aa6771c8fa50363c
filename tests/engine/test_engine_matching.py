"""Which recorded request is the one that is asked."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.engine.replay.matching import Asked, difference, nearest, same
from harness.wire.exchange import Request

BASE = "http://127.0.0.1:4000/rooms/r1/openai/v1/"


def asked(body: Any = None, path: str = "responses", method: str = "POST", **headers: str) -> Asked:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Asked.of(Request(method, BASE + path, lines, raw), BASE)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(values, values)
def test_bodies_are_equal_as_json(one: Any, other: Any):
    """True is not 1, and the order of keys says nothing."""
    assert same(asked({"a": one}), asked({"a": one}))
    assert same(asked({"a": one}), asked({"a": other})) == (
        json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


@pytest.mark.parametrize(
    ("now", "then", "is_same"),
    [
        (asked({"a": 1, "b": 2}), asked({"b": 2, "a": 1}), True),
        (asked({"a": 1}), asked({"a": 1.0}), False),
        (asked({"a": 1}), asked({"a": True}), False),
        (asked(b"not json"), asked(b"not json"), True),
        (asked(b"not json"), asked(b"not JSON"), False),
        (asked(), asked(method="GET"), False),
        (asked(path="responses/a"), asked(path="responses/b"), False),
        (asked(path="responses/a?x=1"), asked(path="responses/a?x=2"), False),
        (asked(path="responses"), asked(path="responses?api-version=v1"), True),
        (asked(Accept="a/b"), asked(accept="a/b"), True),
        (asked(Accept="a/b"), asked(accept="a/c"), False),
        (asked(), asked(x_ms_oai_image="a"), False),
        (asked(User_Agent="a"), asked(x_stainless_os="Linux"), True),
        (asked(api_key="garbage-1"), asked(api_key="garbage-2"), True),
        (asked(api_key="garbage-1"), asked(), False),
        (asked({"key": "abc secret xyz"}), asked({"key": "abc [redacted] xyz"}), True),
        (asked({"key": "abc secret"}), asked({"key": "abc [redacted] xyz"}), False),
        (asked({"key": "a"}), asked({"key": "a[redacted]a"}), False),
        (asked(b"--x secret"), asked(b"--x [redacted]"), True),
    ],
)  # fmt: skip
def test_what_counts(now: Asked, then: Asked, is_same: bool):
    assert same(now, then) is is_same


def test_what_went_to_another_room_is_known_by_its_end():
    """A model that grades has a room of its own."""
    there = Asked.of(Request("POST", BASE.replace("r1", "r2") + "responses", (), b"{}"), BASE)

    assert same(asked({}), there)
    assert not same(asked({}, path="files"), there)


def test_the_nearest_is_shown_with_what_differs():
    """Of the same kind, and with the fewest lines that differ."""
    now = asked({"model": "a", "input": "What is my parcel number?", "stream": True})
    there = [
        asked(path="files"),
        asked({"model": "a", "input": "What was my parcel number?", "stream": True}),
        asked({"model": "b", "input": "Quite another one", "temperature": 1}),
    ]

    found = nearest(now, there)
    assert found is there[1]
    told = difference(found, now).split("\n")
    assert '- "input": "What was my parcel number?",' in [line.replace("   ", " ").replace("  ", " ") for line in told]
    assert nearest(now, []) is None
