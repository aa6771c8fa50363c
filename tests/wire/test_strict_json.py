"""JSON read strictly: what is sound is read, what is not is named with its byte."""

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.wire import strict_json
from harness.wire.strict_json import NotStrict, decode

SOUND = [
    (b"{}", {}),
    (b" [ ] ", []),
    (b'{"a": [1, -2, 0.5, 1e3, true, false, null, "x"]}', {"a": [1, -2, 0.5, 1000.0, True, False, None, "x"]}),
    (b'"\\u00e4\\ud83d\\ude00\\n\\/"', "ä😀\n/"),
    ('"ä😀\u2028"'.encode(), "ä😀\u2028"),
    (b"[" * 64 + b"]" * 64, None),
    (b'{"n":' + b"9" * 40 + b"}", {"n": int("9" * 40)}),
    (b'{"n":-' + b"9" * 39 + b"}", {"n": -int("9" * 39)}),
    (b"0." + b"1" * 38, float("0." + "1" * 38)),
    (b'{"id":"0e1234","a":[{"E":"0E+123", "m":1e100}]}', {"id": "0e1234", "a": [{"E": "0E+123", "m": 1e100}]}),
    (b'["' + b"[" * 100 + b'", []]', ["[" * 100, []]),
    (b'{"line":"' + b"-" * 200 + b'","a":[1.5]}', {"line": "-" * 200, "a": [1.5]}),
]


@pytest.mark.parametrize(("data", "value"), SOUND, ids=[repr(data)[:30] for data, _ in SOUND])
def test_what_is_sound_is_read(data, value):
    """Depth 64 and forty characters are still allowed; a long run of digits in a text is no number."""
    assert decode(data) == (json.loads(data) if value is None else value)
    assert strict_json._Reader(data).read() == decode(data)


BROKEN = [
    (b"", "bad_json", 0),
    (b"{", "bad_json", 1),
    (b'{"a"}', "bad_json", 4),
    (b'{"a":1,}', "bad_json", 7),
    (b"[1,]", "bad_json", 3),
    (b"[1 2]", "bad_json", 3),
    (b"{} {}", "bad_json", 3),
    (b"nul", "bad_json", 0),
    (b"'a'", "bad_json", 0),
    (b'{"a":NaN}', "bad_json", 5),
    (b"[-Infinity]", "bad_json", 1),
    (b"[01]", "bad_json", 1),
    (b"[1.]", "bad_json", 1),
    (b"[+1]", "bad_json", 1),
    (b'["a\0b"]', "bad_json", 3),
    (b'["a\nb"]', "bad_json", 3),
    (b'["\\x"]', "bad_json", 2),
    (b'["a', "bad_json", 3),
    (b"\xef\xbb\xbf{}", "bad_json", 0),
    (b'{"a":1}\n{"b":2}', "bad_json", 8),
    (b'["a\xffb"]', "bad_utf8", 3),
    (b'["a\xc3"]', "bad_utf8", 3),
    (b'["\xed\xa0\x80"]', "bad_utf8", 2),
    (b'{"a":1,"b":2,"a":3}', "duplicate_key", 13),
    (b'{"a":{"b":1,"\\u0062":2}}', "duplicate_key", 12),
    (b"[" * 65 + b"]" * 65, "too_deep", 64),
    (b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}", "too_deep", 5 + 63),
    (b"[" * 1_000_000, "too_deep", 64),
    (b'{"a":' * 65 + b"1" + b"}" * 65, "too_deep", 64 * 5),
    (b'{"n":' + b"9" * 41 + b"}", "bad_number", 5),
    (b'{"n":' + b"9" * 5000 + b"}", "bad_number", 5),
    (b'{"n":[0.' + b"1" * 39 + b"]}", "bad_number", 6),
    (b'{"n":0.' + b"1" * 39 + b"}", "bad_number", 5),
    (b'{"n":0.' + b"0" * 39 + b"}", "bad_number", 5),
    (b"1e400", "bad_number", 0),
    (b'{"n":-1e999}', "bad_number", 5),
    (b'{"n":[{"m":1e999}]}', "bad_number", 11),
    (b'{"n":[{"m":1E+999}]}', "bad_number", 11),
    (b'["\\ud83d"]', "lone_surrogate", 1),
    (b'["a\\ude00\\ud83d"]', "lone_surrogate", 1),
]


@pytest.mark.parametrize(("data", "kind", "position"), BROKEN, ids=[repr(data)[:30] for data, *_ in BROKEN])
def test_what_is_wrong_is_named_with_its_byte(data, kind, position):
    """Every fault has a kind and the byte at which it shows."""
    with pytest.raises(NotStrict) as caught:
        decode(data)

    assert (caught.value.kind, caught.value.position) == (kind, position)
    assert caught.value.detail
    assert str(caught.value).endswith(f"at byte {position}")


def test_a_lenient_reading_is_kept_where_there_is_one():
    """Half a surrogate pair and a doubled key still leave a value; broken bytes do not."""

    def value(data):
        with pytest.raises(NotStrict) as caught:
            decode(data)
        return caught.value.value

    assert value(b'{"delta":"a\\ud83d","n":1}') == {"delta": "a\ud83d", "n": 1}
    assert value(b'{"a":1,"a":2}') == {"a": 2}
    assert value(b'{"a":1,"a":2') is None


@pytest.mark.parametrize("data", [b'{"a":1,"a":2', b'["\\ud83d",]'])
def test_broken_json_comes_before_lesser_doubts(data):
    """What cannot be read at all is that, whatever else is wrong with it."""
    with pytest.raises(NotStrict) as caught:
        decode(data)
    assert caught.value.kind == "bad_json"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**38), 10**38)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_what_json_writes_is_read_back(value, escaped, indent):
    """Both readers give the value that was written."""
    data = json.dumps(value, ensure_ascii=escaped, indent=indent).encode()

    assert decode(data) == value
    assert strict_json._Reader(data).read() == value


WORDS = rb'{ } [ ] , : " a "a" "b": \ \u d83d \ude00 0 -1 .5 e9 e999 E+ NaN null true'
PIECES = st.sampled_from([*WORDS.split(), b" ", b"\n", b"\0", b"\xff", b"\xc3\xa4", b"9" * 41, b"[" * 64])


@given(st.one_of(st.lists(PIECES, max_size=16).map(b"".join), st.binary(max_size=40)))
@example(b"-")
@example(b"-0")
@example(b"1E5")
@example(b"1e")
@example(b'"\\ud83d\\ud83d\\ude00"')
def test_the_fast_parser_and_the_slow_reader_agree(data):
    """On any bytes: the same value, or both refuse; a refusal points into the bytes."""
    slow = outcome(strict_json._Reader(data).read)

    assert repr(outcome(lambda: decode(data))) == repr(slow)
    assert not isinstance(slow, NotStrict) or 0 <= slow.position <= len(data)


def outcome(read):
    """What was read, or the refusal."""
    try:
        return read()
    except NotStrict as error:
        return error


@given(st.text(st.sampled_from("a\ud83d\ude00ä"), max_size=6))
def test_surrogates_count_in_pairs(text):
    """Escaped pairs are one character; a half without its other half is refused."""
    data = json.dumps([text]).encode()
    try:
        paired = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        with pytest.raises(NotStrict, match="surrogate"):
            decode(data)
    else:
        assert decode(data) == [paired]


def test_no_value_is_infinite():
    """What the fast parser would read as infinity is refused wherever it stands."""
    assert math.isinf(float("1e400"))
    for data in (b"[1e400]", b'{"a":1e400}', b'{"a":[[-1e400]]}'):
        with pytest.raises(NotStrict):
            decode(data)
