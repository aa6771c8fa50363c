"""JSON pointers: the law that whatever is walked is found again, and the edges of RFC 6901."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.pointer import MISSING, extend, resolve, tokens, walk

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_walked_is_found_again(value: object):
    """Each pointer that `walk` gives leads back to the very value."""
    for pointer, inner in walk(value):
        assert resolve(value, pointer) is inner


@given(st.lists(st.text(max_size=4), max_size=4))
def test_tokens_undo_extend(parts: list[str]):
    """Slashes and tildes in keys survive."""
    assert tokens(extend("", *parts)) == parts


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"a": 1}, "/b"),
        ([1], "/1"),
        ([1], "/-"),
        ([1], "/00"),
        ([1], "/-1"),
        ([1], "/ 0"),
        ("text", "/0"),
        (None, "/a"),
    ],
)
def test_pointers_that_lead_nowhere(value: object, pointer: str):
    """Nothing there is an answer, not an exception, and no JSON value."""
    assert resolve(value, pointer) is MISSING
    assert not MISSING


def test_a_pointer_begins_with_a_slash():
    """A malformed pointer is a mistake of the caller."""
    with pytest.raises(ValueError, match="begins with a slash"):
        tokens("a/b")
