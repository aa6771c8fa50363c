"""What can be read in a compaction item."""

import base64
import gzip
import zlib

import pytest

from harness.rules.state_compaction import MOST, opened

SAID = b"the code is 48213-QX\xff"


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zlib.compress], ids=["as it is", "gzip", "zlib"])
@pytest.mark.parametrize("spell", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padding", ["", "="])
def test_what_is_merely_spelled_otherwise_is_opened(pack, spell, padding):
    text = spell(pack(SAID)).decode().rstrip("=" if not padding else "")

    assert SAID in opened(text)
    assert opened(text)[0] == text.encode()


@pytest.mark.parametrize("text", ["", "no base64?", "gAAAA-sealed", "é\ud800"])
def test_what_cannot_be_opened_is_left_as_it_is(text):
    assert opened(text)[0] == text.encode("utf-8", "replace")


def test_a_bomb_is_unpacked_in_part():
    bomb = base64.b64encode(gzip.compress(bytes(8 * MOST))).decode()

    assert max(map(len, opened(bomb))) == MOST


def test_a_packed_text_that_is_cut_short_is_read_as_far_as_it_goes():
    packed = zlib.compress(SAID * 50, 0)

    assert any(SAID in form for form in opened(base64.b64encode(packed[:-40]).decode()))
