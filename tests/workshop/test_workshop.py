"""What the workshop finds in pictures and documents, and what it does with those that are made to harm."""

import asyncio
import io
import zlib
from contextlib import suppress
from typing import Any

import pytest
from builders.attachments import chunk, locked, moving, pdf, picture, promising
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from harness.workshop import Picture, Unreadable, Workshop, workshop

BYTE = st.integers(0, 255)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def seen(raw: bytes) -> Picture:
    return asyncio.run(workshop().picture(raw))


def pages(raw: bytes) -> tuple[str, ...]:
    return asyncio.run(workshop().document(raw)).pages


def refused(task: str, raw: bytes) -> str:
    with pytest.raises(Unreadable) as wrong:
        workshop().do(task, raw)
    return wrong.value.kind


@settings(max_examples=60, deadline=None)
@given(
    colour=st.tuples(BYTE, BYTE, BYTE),
    size=st.tuples(st.integers(1, 900), st.integers(1, 900)),
    form=st.sampled_from(FORMATS),
)
def test_format_size_and_colour(colour: tuple[int, int, int], size: tuple[int, int], form: str):
    lossless = {"lossless": True} if form == "WEBP" else {}

    found = seen(picture(colour, size, form, **lossless))

    assert (found.format, found.width, found.height) == (form, *size)
    (only,) = found.colours
    exact = tuple(bytes.fromhex(only.value[1:]))
    assert max(abs(left - right) for left, right in zip(exact, colour, strict=True)) <= (3 if form == "JPEG" else 0)


def test_main_colours_by_their_share():
    image = Image.new("RGB", (100, 100), "teal")
    image.paste((255, 0, 0), (0, 0, 100, 30))
    image.paste((0, 0, 0), (0, 0, 100, 4))
    into = io.BytesIO()
    image.save(into, "PNG")

    assert [(one.name, one.share) for one in seen(into.getvalue()).colours] == [("teal", 0.7), ("red", 0.26)]


def test_words_that_stand_in_the_file():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Description", "The code is K-41.")
    exif = Image.Exif()
    exif[0x010E] = "Zürich at dawn".encode()

    assert seen(picture(pnginfo=notes)).words == "The code is K-41."
    assert seen(picture(form="JPEG", comment=b"from the ferry")).words == "from the ferry"
    assert seen(picture(form="JPEG", exif=exif)).words == "Zürich at dawn"
    assert seen(picture(form="WEBP", exif=exif)).words == "Zürich at dawn"
    assert seen(picture()).words == ""


def test_moving_pictures_are_told_apart():
    assert seen(moving()).animated
    assert not seen(picture(form="GIF")).animated


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", "unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "unknown"),
        (b"<!DOCTYPE html><html></html>", "unknown"),
        (picture(form="BMP"), "unknown"),
        (picture(form="TIFF"), "unknown"),
        (picture(size=(300, 300))[:-40], "damaged"),
        (picture(size=(300, 300), form="JPEG")[:-400], "damaged"),
        (picture(size=(300, 300), form="WEBP")[:40], "damaged"),
        (picture().replace(b"IDAT", b"IDAX"), "unknown"),
        (promising(65_535, 65_535), "large"),
        (promising(8_001, 8_000), "large"),
        (promising(100, 100), "damaged"),
    ],
)
def test_what_is_no_picture(raw: bytes, kind: str):
    assert refused("picture", raw) == kind


@settings(max_examples=60, deadline=None)
@given(data=st.data(), form=st.sampled_from(FORMATS))
def test_cut_and_spoilt_pictures_do_no_harm(data: st.DataObject, form: str):
    """Read or refused, and the workshop works on."""
    raw = bytearray(picture(size=(40, 40), form=form))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(BYTE)
    spoilt = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    before = workshop()._started().pid

    with suppress(Unreadable):
        seen(spoilt)

    assert workshop()._started().pid == before


def test_text_chunk_that_swells():
    """A few kilobytes of a text that claims to be a hundred megabytes."""
    swollen = chunk(b"zTXt", b"Description\0\0" + zlib.compress(bytes(100_000_000)))
    whole = picture()

    assert refused("picture", whole[:33] + swollen + whole[33:]) in ("damaged", "large")


LINE = st.text("abcdefghijklmnopqrstuvwxyz 0123456789()\\.", min_size=1, max_size=40).map(str.strip).filter(bool)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(LINE, min_size=1, max_size=6))
def test_text_of_each_page(texts: list[str]):
    found = [" ".join(page.split()) for page in pages(pdf(*texts))]

    assert found == [" ".join(text.split()) for text in texts]


def test_title_and_lines():
    found = asyncio.run(workshop().document(pdf("one\ntwo", title="Tides")))

    assert (found.format, found.title, found.pages[0].split("\n")) == ("PDF", "Tides", ["one", "two"])


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", "unknown"),
        (b"#!/bin/sh\nrm -rf /", "unknown"),
        (b"%PDF-1.7 tides", "damaged"),
        (pdf(), "damaged"),
        (locked(pdf("secret")), "locked"),
        (pdf("again and again", kids=[0] * 1_001), "large"),
    ],
)
def test_what_is_no_readable_document(raw: bytes, kind: str):
    assert refused("document", raw) == kind


def of_objects(*objects: bytes) -> bytes:
    """A PDF of these objects, the first its catalogue; its table is left to be guessed."""
    numbered = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, body) for number, body in enumerate(objects, 1))
    return b"%PDF-1.4\n" + numbered + b"trailer\n<< /Size 9 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


def swelling(content: bytes) -> bytes:
    """A PDF whose one page is packed twice."""
    packed = zlib.compress(zlib.compress(content))
    return of_objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> /Contents 4 0 R >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%b\nendstream" % (len(packed), packed),
    )


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"


@pytest.mark.parametrize(
    "raw",
    [
        of_objects(CATALOGUE, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
        of_objects(CATALOGUE, b"<< /Type /Pages /Kids [] /Count 2000000000 >>"),
        of_objects(CATALOGUE, b"[" * 200_000),
    ],
    ids=["pages in a ring", "pages that are not there", "deep"],
)
def test_documents_that_would_never_end(raw: bytes):
    assert refused("document", raw) in ("damaged", "large", "slow")
    assert pages(pdf("The next one is read.")) == ("The next one is read.",)


def test_document_that_swells():
    """Hundreds of megabytes out of a few hundred bytes: read as far as allowed, or refused, and soon."""
    raw = swelling(bytes(300_000_000))
    with suppress(Unreadable):
        assert pages(raw) == ("",)

    assert len(raw) < 2_000
    assert pages(pdf("The next one is read.")) == ("The next one is read.",)


def test_task_that_takes_too_long_is_ended_and_the_next_one_done():
    impatient = Workshop(seconds=0.0)
    try:
        with pytest.raises(Unreadable, match="took too long") as wrong:
            impatient.do("document", pdf("x"))
        impatient.seconds = 15.0
        found, _ = impatient.do("document", pdf("x"))
    finally:
        impatient.close()

    assert wrong.value.kind == "slow"
    assert found["pages"] == ["x"]


def test_child_that_has_gone_is_begun_anew():
    mine = Workshop()
    try:
        mine.do("document", pdf("x"))
        child = mine._started()
        child.kill()
        child.wait()
        assert mine.do("document", pdf("y"))[0]["pages"] == ["y"]
    finally:
        mine.close()
        mine.close()


DRAWING: dict[str, Any] = {
    "width": 96,
    "height": 64,
    "format": "PNG",
    "quality": "low",
    "compression": 90,
    "transparent": False,
    "colours": [[0, 128, 128], [255, 0, 0], [255, 255, 255]],
    "words": "harbour",
    "about": "A teal harbour",
    "seed": "7",
    "coarseness": 0,
}


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_drawn_pictures_are_what_was_wanted(form: str):
    found = seen(asyncio.run(workshop().drawn(**{**DRAWING, "format": form})))

    assert (found.format, found.width, found.height) == (form, 96, 64)
    assert found.colours[0].name == "teal"
    assert found.words == "A teal harbour"


def test_drawn_pictures_follow_their_seed():
    def drawn(**more: Any) -> bytes:
        return asyncio.run(workshop().drawn(**{**DRAWING, **more}))

    assert drawn() == drawn()
    assert len({drawn(), drawn(seed="8"), drawn(quality="high"), drawn(coarseness=1), drawn(coarseness=2)}) == 5
    clear = Image.open(io.BytesIO(drawn(transparent=True)))
    assert clear.mode == "RGBA"
    assert clear.getpixel((0, 0)) == (0, 0, 0, 0)
