"""No form of a secret gets through, and nothing else is touched."""

import base64
import copy
import json
import pickle
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.wire.redact import MARK, SHORTEST, Redactor, Secret, SecretTooShort, forms

KEY = "sk-planted/7f3a+9c51=d2"
SIGNS = string.ascii_letters + string.digits + "-_+/=.~:\"\\'<&% "
keys = st.text(SIGNS, min_size=SHORTEST, max_size=60).filter(lambda key: len(set(key)) > 4)
around = st.binary(max_size=40)


@pytest.mark.parametrize(
    "give_away",
    [
        str,
        format,
        lambda secret: f"{secret}",
        lambda secret: f"{secret:>20}",
        lambda secret: "%s" % secret,  # noqa: UP031 - just that is tried
        lambda secret: "{}".format(secret),  # noqa: UP032
        lambda secret: "".join(["key ", secret]),
        json.dumps,
        lambda secret: json.dumps({"key": secret}),
        pickle.dumps,
        copy.deepcopy,
        lambda secret: "key " + secret,
        lambda secret: vars(secret),
    ],
)
def test_a_secret_is_no_string(give_away: Callable[[Secret], object]):
    """Whatever would write it down refuses, and the refusal does not say it."""
    with pytest.raises(TypeError) as refused:
        give_away(Secret("MY_KEY", KEY))
    assert KEY not in str(refused.value)


def test_a_secret_shows_its_name_alone():
    secret = Secret("MY_KEY", KEY)

    assert repr(secret) == repr([secret])[1:-1] == "Secret('MY_KEY', ***)"
    assert secret.reveal() == KEY


@pytest.mark.parametrize("value", ["", "1234567"])
def test_short_secrets_are_refused_by_name(value: str):
    """They cannot be removed without harming innocent text."""
    with pytest.raises(SecretTooShort, match="MY_KEY") as refused:
        Secret("MY_KEY", value)
    assert not value or value not in str(refused.value)
    assert Secret("MY_KEY", "12345678")


@pytest.mark.parametrize("spoiled", ["\n", "\r", "\0", "\t", "\x1b", "ü", "\u2028", "\x7f"])
def test_a_secret_that_breaks_a_header_is_refused_by_name(spoiled: str):
    """The name of the variable is told, the value is not: neither by the message nor by what caused it."""
    value = f"planted{spoiled}key-9c51"
    with pytest.raises(ValueError, match="MY_KEY") as refused:
        Secret("MY_KEY", value)
    told = repr(refused.value) + str(refused.value.__cause__) + str(refused.value.__context__)
    assert "planted" not in told
    assert "9c51" not in told


def spellings(key: str) -> list[bytes]:
    """A key as it might come back."""
    escaped = json.dumps(key)[1:-1]
    plain = [
        key,
        escaped,
        escaped.replace("/", "\\/"),
        quote(key, safe=""),
        quote_plus(key),
        quote(key, safe="").lower(),
    ]
    return [each.encode() for text in plain for each in (text, text.upper(), text.lower(), text.swapcase())]


@given(keys, around, around)
def test_no_spelling_gets_through(key: str, before: bytes, after: bytes):
    """Plain, JSON-escaped, URL-encoded, in any letter case: 0 hits, wherever it stands."""
    redact = Redactor([Secret("K", key)])
    for spelt in spellings(key):
        left = redact(before + spelt + after)
        assert key.encode().lower() not in left.lower()
        assert spelt not in left
        assert MARK in left


@given(keys, st.integers(0, 2), around, around)
def test_no_base64_of_it_gets_through(key: str, shift: int, before: bytes, after: bytes):
    """At all three alignments, in both alphabets: what is left cannot be decoded to more than its ends."""
    text = before + b"x" * ((shift - len(before)) % 3) + key.encode() + after
    redact = Redactor([Secret("K", key)])
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(text)
        left = redact(b'{"x":"' + whole + b'"}')
        assert MARK in left
        sure = encode(b"\0" * shift + key.encode())[4:-4]
        assert sure not in left


@given(st.lists(keys, min_size=2, max_size=4), around)
def test_several_secrets_one_within_another(several: list[str], between: bytes):
    """A secret that begins another leaves nothing of it standing."""
    several = [several[0] + several[1], *several]
    redact = Redactor([Secret(f"K{n}", key) for n, key in enumerate(several)])
    left = redact(between.join(key.encode() for key in several))

    for key in several:
        assert key.encode() not in left
    assert several[1].encode() not in redact((several[0] + several[1]).encode())
    assert redact((several[0]).encode()) == MARK


def test_secrets_that_overlap_are_removed_together():
    redact = Redactor([Secret("A", "abcdefghij"), Secret("B", "ghijklmnop")])

    assert redact(b"<abcdefghijklmnop>") == b"<" + MARK + b">"


@given(st.binary(max_size=300))
def test_innocent_bytes_stay_as_they_are(data: bytes):
    """Nothing is touched that is not a secret; without secrets nothing at all."""
    redact = Redactor([Secret("K", "Zq8#planted#Zq8")])
    assert redact(data) == data
    assert Redactor()(data) is data


def test_what_is_around_stays_to_the_byte():
    redact = Redactor([Secret("K", KEY)])

    assert redact(b"\xff\x00" + KEY.encode() + b"AaZz\x80" + KEY.encode()) == b"\xff\x00" + MARK + b"AaZz\x80" + MARK


def test_a_line_of_json_stays_json():
    """The mark needs no escaping."""
    redact = Redactor([Secret("K", 'quo"ted\\key-9c51')])
    left = redact(json.dumps({"a": 'x quo"ted\\key-9c51 y'}).encode())

    assert json.loads(left) == {"a": f"x {MARK.decode()} y"}


@given(keys)
def test_forms_are_long_enough_to_be_innocent(key: str):
    """No form is so short that it would blank words."""
    assert min(map(len, forms(key))) >= SHORTEST
