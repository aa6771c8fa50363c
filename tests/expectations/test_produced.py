"""Pictures by their first bytes, and how parts of lists are demanded."""

import base64
from typing import Any

import pytest
from builders.cases import conducted, loud, said
from builders.scenarios import told
from hypothesis import given
from hypothesis import strategies as st

from harness.expectations.pictures import Picture, seen

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes([0, 0, 4, 0, 0, 0, 2, 0]) + bytes(9)
GIF = b"GIF89a" + bytes([64, 1, 200, 0]) + bytes(4)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x20\x00\x30" + bytes(12)
VP8 = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + bytes([16, 0, 8, 0]) + bytes(4)
VP8L = b"RIFF\0\0\0\0WEBPVP8L" + bytes(4) + b"\x2f" + (9 | 4 << 14).to_bytes(4, "little") + bytes(8)
VP8X = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + bytes([99, 0, 0, 49, 0, 0]) + bytes(4)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (PNG, ("png", 1024, 512)),
        (GIF, ("gif", 320, 200)),
        (JPEG, ("jpeg", 48, 32)),
        (VP8, ("webp", 16, 8)),
        (VP8L, ("webp", 10, 5)),
        (VP8X, ("webp", 100, 50)),
    ],
)
def test_kind_and_size(data: bytes, told: tuple[str, int, int]):
    assert seen(base64.b64encode(data).decode()) == Picture(*told, len(data))


@pytest.mark.parametrize(
    "data", [b"", b"<html>", PNG[:20], JPEG[:12], b"%PDF-1.7", b"RIFF\0\0\0\0WEBPXXXX" + bytes(20)]
)
def test_what_is_no_picture(data: bytes):
    assert seen(base64.b64encode(data).decode()) is None


@pytest.mark.parametrize(
    "written", [None, 7, "", "not base64!", "file:///etc/passwd", "https://example.com/a.png", "ü"]
)
def test_what_is_no_base64_is_never_opened(written: object):
    """E38: a path or an address where an image is expected is no image, and nothing more happens."""
    assert seen(written) is None


@given(st.sampled_from([PNG, GIF, JPEG, VP8, VP8L, VP8X]), st.integers(0, 40), st.binary(max_size=12))
def test_no_bytes_make_it_stumble(data: bytes, cut: int, rest: bytes):
    """Law: whatever stands in the first bytes, a picture or none comes of it."""
    seen(base64.b64encode(data[:cut] + rest).decode())


DRAWN = {"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": base64.b64encode(PNG).decode()}


def found(demand: str, *items: dict[str, Any]) -> list[str]:
    done, _ = conducted(f"turns: [{{user: Draw., expect: {demand}}}]", list(items))
    assert done.error is None
    return [code for code in loud(done) if code.startswith("expect.")]


@pytest.mark.parametrize(
    "demand",
    [
        "{images: {count: 1, type: [png], width: [1024], height: {each: {at_least: 512}}}}",
        "{images: {bytes: {each: {above: 10}}}}",
        "{images: {some: {contains: {type: png, width: 1024}}}}",
        "{annotations: {count: 0}, files: {count: 0}, container: {present: false, calls: 0}}",
        "{annotations: []}",
    ],
)
def test_parts_of_lists_that_hold(demand: str):
    assert found(demand, DRAWN) == []


@pytest.mark.parametrize(
    ("demand", "code"),
    [
        ("{images: {count: 2}}", "expect.images"),
        ("{images: {type: [jpeg]}}", "expect.images"),
        ("{images: {width: {each: {above: 2000}}}}", "expect.images"),
        ("{images: {some: {contains: {type: gif}}}}", "expect.images"),
        ("{annotations: {type: {contains: url_citation}}}", "expect.annotations"),
        ("{annotations: {url: {each: {starts_with: https}}}}", "expect.annotations"),
        ("{files: {filename: [plot.csv]}}", "expect.files"),
        ("{container: {present: true}}", "expect.container"),
        ("{container: {id: {starts_with: cntr_}}}", "expect.container"),
        ("{region: swedencentral}", "expect.region"),
    ],
)
def test_parts_of_lists_that_do_not(demand: str, code: str):
    assert set(found(demand, DRAWN)) == {code}


def test_a_bare_value_for_a_list_is_told_how_to_write_it():
    (message,) = told("turns: [{user: a, expect: {images: {type: png}}}]")
    assert "compared with a list" in message
    assert "each:" in message


def test_a_turn_is_the_same_as_another():
    """Ids and times differ, and the answer does not; what may differ is named."""
    text = """scenario: A
turns:
- {id: one, user: Hello, expect: {status: completed}}
- {user: Hello, expect: {same_as: %s}}
"""
    later = {"output": [said("Hi", "msg_9")], "created_at": 2_000_000_000}
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    same, _ = conducted(text % "one", [said("Hi")], later)
    other, _ = conducted(text % "one", [said("Hi")], [said("Bye")])
    but, _ = conducted(text % "{turn: one, but: [/usage]}", [said("Hi")], {**later, "usage": usage})
    all_the_same, _ = conducted(text % "one", [said("Hi")], {**later, "usage": usage})

    assert [code for code in loud(same) if code.startswith("expect")] == []
    (finding,) = [each for each in other.findings if each.rule == "expect.same_as"]
    assert (finding.expected, finding.actual) == ("Hi", "Bye")
    assert finding.message.startswith("same_as/output/0/content/0/text: ")
    assert [code for code in loud(but) if code.startswith("expect")] == []
    assert "expect.same_as" in loud(all_the_same)


@pytest.mark.parametrize(
    ("demand", "message"),
    [
        ("{same_as: nowhere}", "the turn `nowhere` is not there"),
        ("{same_as: two}", "the turn `two` comes no earlier than this one"),
        ("{same_as: {turn: one, but: usage}}", "`but` needs a list of JSON pointers"),
        ("{same_as: {turn: one, butt: []}}", "unknown key `butt` in `same_as`"),
        ("{same_as: 7}", "`same_as` needs the id of an earlier turn"),
    ],
)
def test_what_cannot_be_compared(demand: str, message: str):
    (first, *_) = told(f"turns: [{{id: one, user: a, expect: {{text: a}}}}, {{id: two, user: a, expect: {demand}}}]")
    assert first.startswith(message)


def test_all_turns_cannot_be_the_same_as_one():
    (message,) = told("expect: {same_as: one}\nturns: [{id: one, user: a}]")
    assert message.startswith("`same_as` is a demand on one turn")
