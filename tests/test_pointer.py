"""JSON pointers: the law that whatever is walked is found again, and the edges of RFC 6901."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.pointer import MISSING, extend, resolve, tokens, walk

KEYS = st.text(st.sampled_from("~/01a") | st.characters(), max_size=4)
"""Mostly of what a pointer has to escape, and of what the escapes are made of."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_walked_is_found_again(value: object):
    """Each pointer that `walk` gives leads back to the very value."""
    for pointer, inner in walk(value):
        assert resolve(value, pointer) is inner


@given(st.lists(KEYS, max_size=4))
def test_tokens_undo_extend(parts: list[str]):
    """Slashes and tildes in keys survive."""
    assert tokens(extend("", *parts)) == parts


def test_the_examples_of_the_rfc():
    """RFC 6901, section 5, and what of it is written as numbers."""
    found = {
        "": None,
        "/foo/0": "bar",
        "/": 0,
        "/a~1b": 1,
        "/c%d": 2,
        "/e^f": 3,
        "/g|h": 4,
        "/i\\j": 5,
        '/k"l': 6,
        "/ ": 7,
        "/m~0n": 8,
        "/~01": 9,
    }
    keys = ["foo", "", "a/b", "c%d", "e^f", "g|h", "i\\j", 'k"l', " ", "m~n", "~1"]
    document = dict(zip(keys, [["bar", "baz"], *range(10)], strict=True))
    assert [resolve(document, pointer) for pointer in found] == [document, *list(found.values())[1:]]
    assert [extend("", key) for key in keys] == ["/foo", *list(found)[2:]]
    assert extend("/x", "a~b", 3) == "/x/a~0b/3"


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
    assert repr(MISSING) == "MISSING"


def test_a_pointer_begins_with_a_slash():
    """A malformed pointer is a mistake of the caller."""
    with pytest.raises(ValueError) as raised:
        tokens("a/b")
    assert str(raised.value) == "a JSON pointer begins with a slash: 'a/b'"
