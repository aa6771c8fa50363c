"""Pictures as bytes: their type by the first of them, and whether they have an end."""

import base64

import pytest

from harness.rules.pictures import type_of, unpacked, whole

PNG = b"\x89PNG\r\n\x1a\n"
PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
WEBP = b"RIFF" + (8).to_bytes(4, "little") + b"WEBP"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (PNG, "png"),
        (PNG[:-1], None),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF89a", "gif"),
        (b"GIF", None),
        (b"BM6", "bmp"),
        (WEBP, "webp"),
        (b"RIFF\x08\x00\x00\x00WAVE", None),
        (b"FORM\x08\x00\x00\x00WEBP", None),
        (b"II*\x00", "tiff"),
        (b"MM\x00*", "tiff"),
        (b"MM*\x00", None),
        (b"\n <SVG xmlns=", "svg"),
        (b"<?xml version=", "svg"),
        (b"<!DOCTYPE html>", "html"),
        (b" <html>", "html"),
        (b" " * 252 + b"<svg", "svg"),
        (b" " * 253 + b"<svg", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_type(data, found):
    assert type_of(data) == found


@pytest.mark.parametrize(
    ("data", "is_whole"),
    [
        (PNG + PNG_END, True),
        (PNG + PNG_END[:-1], False),
        (PNG + PNG_END + b"\x00", False),
        (b"\xff\xd8\xff\xe0...\xff\xd9", True),
        (b"\xff\xd8\xff\xe0...\xff\xd9\x00\x00", True),
        (b"\xff\xd8\xff\xe0...\xff", False),
        (WEBP + bytes(4), True),
        (WEBP + bytes(3), False),
        (WEBP + bytes(5), True),
        (b"GIF89a;", True),
        (b"GIF89a", False),
        (b"BM6", True),
    ],
)
def test_the_end_tells_whether_it_is_whole(data, is_whole):
    assert whole(data) is is_whole


@pytest.mark.parametrize(
    "before", ["", "data:;base64,", "data:image/png;base64,", "data:image/svg+xml;charset=utf-8;base64,"]
)
def test_what_is_in_a_data_uri(before):
    assert unpacked(before + base64.b64encode(b"\x00a\xff").decode()) == b"\x00a\xff"


@pytest.mark.parametrize("text", ["A", "A?==", "AA=A", "data:image/png,AAAA", "é", "data:image/png;base64"])
def test_what_is_no_base64(text):
    assert unpacked(text) is None
