"""Which files a scenario can send: those below its own folder that are what they are called, and no others."""

import os
import socket
import struct
import zlib
from pathlib import Path

import pytest
from builders.scenarios import FOLDER, TODAY, scenario
from hypothesis import given
from hypothesis import strategies as st

from harness.scenario import attachments
from harness.scenario.attaching import VIA
from harness.scenario.attachments import CannotAttach, beyond_documented, content_mistake, name_mistake, opened
from harness.scenario.load import load, read
from harness.scenario.variants import variants
from harness.source.place import Refused

PNG = (FOLDER / "attachments" / "dot.png").read_bytes()
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outer.txt").write_text("outside")
    inside = tmp_path / "specs"
    (inside / "deep").mkdir(parents=True)
    (inside / "photo.png").write_bytes(PNG)
    (inside / "deep" / "report.pdf").write_bytes(PDF)
    return inside


def refusal(folder: Path, name: str) -> str:
    with pytest.raises(CannotAttach) as refused:
        opened(folder, name)
    return str(refused.value)


def mistakes(folder: Path, attach: str, *, expect: str = "{status: completed}", more: str = "") -> list[str]:
    text = f"scenario: A\nturns:\n  - {{user: a, attach: {attach}, expect: {expect}}}\n{more}"
    return [each.message for each in read(text.encode(), "a.yaml", today=TODAY, folder=folder)[1]]


def test_a_file_below_the_folder(folder: Path):
    """Read once, with its digest; what runs is what was checked, whatever becomes of the file (E24)."""
    path = folder / "a.yaml"
    path.write_text(
        "scenario: A\nturns:\n  - user: a\n    expect: {status: completed}\n"
        "    attach: [{image: photo.png, detail: low}, {file: deep/report.pdf, via: [file_id, url]}]\n"
    )
    (found,) = load(path, folder.parent)
    (folder / "photo.png").write_bytes(b"swapped after the check")

    image, file = found.turns[0].attach
    assert (image.kind, image.content, image.media_type, image.via, image.detail) == (
        *("image", PNG, "image/png", ("data_uri",), "low"),
    )
    assert (file.name, file.filename, file.media_type, file.via) == (
        *("deep/report.pdf", "report.pdf", "application/pdf", ("file_id", "url")),
    )
    assert (len(image.digest), image.place.line) == (64, 5)


@pytest.mark.parametrize(
    "name",
    [
        *("../outer.txt", "deep/../../outer.txt", "/etc/passwd", "~/outer.txt", "C:/outer.txt", "c:\\outer.txt"),
        *("\\\\host\\share\\a.txt", "deep\\..\\..\\outer.txt", "a\0.txt", "..", "deep/..", "./photo.png", ""),
    ],
)
def test_E26_no_name_leads_out(folder: Path, name: str):
    """Neither up, nor from the top, nor home, nor to a drive or a share, nor past a NUL."""
    assert refusal(folder, name)


def test_E27_no_symbolic_link_is_followed(folder: Path):
    """Not as the file, not as a folder on the way, not as a link to a link."""
    (folder / "out.txt").symlink_to(folder.parent / "outer.txt")
    (folder / "chain.txt").symlink_to(folder / "out.txt")
    (folder / "up").symlink_to(folder.parent)
    (folder / "same.png").symlink_to(folder / "photo.png")

    for name in ("out.txt", "chain.txt", "up/outer.txt", "same.png"):
        assert "cannot be read" in refusal(folder, name)


def test_E27_swapped_between_check_and_use(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """What is opened is what is looked at: a folder that becomes a link in between is refused."""
    whole = attachments.name_mistake

    def swap(name: str) -> tuple[str, str | None] | None:
        told = whole(name)
        (folder / "deep" / "report.pdf").unlink()
        (folder / "deep").rmdir()
        (folder / "deep").symlink_to(folder.parent)
        return told

    monkeypatch.setattr(attachments, "name_mistake", swap)
    assert "cannot be read" in refusal(folder, "deep/report.pdf")


@pytest.mark.parametrize(
    "name",
    [
        *(".env", ".git/config", "deep/.hidden.txt", "id_rsa", "id_ed25519.txt", "server.pem", "private-key.txt"),
        *("credentials.json", "my_secrets.json", "api_key.txt", "tokens.csv", "photo.exe", "photo", "a.png.exe"),
    ],
)
def test_E28_what_may_hold_a_secret_is_not_sent(folder: Path, name: str):
    """By its name alone; and of other files only kinds that are known."""
    (folder / Path(name).parent).mkdir(exist_ok=True)
    (folder / name).write_bytes(b"x")

    assert refusal(folder, name)


def test_E28_a_hard_link_to_a_key_is_no_image(folder: Path):
    (folder.parent / "key").write_text("-----BEGIN PRIVATE KEY-----")
    os.link(folder.parent / "key", folder / "holiday.png")

    assert "its content is something else" in refusal(folder, "holiday.png")


def test_E29_regular_files_only(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """No device, pipe, socket or folder, and none of them holds up the reading."""
    os.mkfifo(folder / "pipe.txt")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.txt")
        (folder / "folder.txt").mkdir()

        for name in ("pipe.txt", "socket.txt", "folder.txt"):
            assert "is no regular file" in refusal(folder, name) or "cannot be read" in refusal(folder, name)


def test_E29_a_device_is_no_regular_file():
    with pytest.raises(CannotAttach, match="is no regular file"):
        attachments.read_below(Path("/dev"), "zero")


def test_E30_a_huge_file_is_not_read(folder: Path):
    """Its size is known before its first byte is read."""
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(10 << 30)

    assert refusal(folder, "huge.txt") == "`huge.txt` is larger than 64 MiB"


def test_E30_so_many_files_and_bytes_in_a_scenario(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Whatever each of them is, and also where an error is expected."""
    one = "{image: photo.png}"
    assert "`attach` must hold at most 128, not 129" in mistakes(folder, f"[{', '.join([one] * 129)}]")
    end = "], expect: {error: {status: 400}}}\n"
    text = (
        f"scenario: A\nturns:\n  - {{user: a, attach: [{', '.join([one] * 128)}{end}  - {{user: b, attach: [{one}{end}"
    )
    _, found = read(text.encode(), "a.yaml", folder=folder)
    assert [each.message for each in found] == ["a scenario sends at most 128 files, and this one 129"]

    monkeypatch.setattr(attachments, "LARGEST_TOGETHER", len(PNG))
    assert mistakes(folder, "[{image: photo.png}, {file: deep/report.pdf}]", expect="{error: {status: 400}}") == [
        "the files of a scenario have at most 0 MiB together"
    ]


def test_E30_a_limit_of_the_api_may_be_broken_for_an_error(folder: Path):
    """Refused where an answer is expected; noted where an error is."""
    (folder / "photo.bmp").write_bytes(b"BM" + bytes(60))

    assert mistakes(folder, "[{image: photo.bmp}]") == [
        "`photo.bmp` is image/bmp, where PNG, JPEG, WebP and GIF are documented"
    ]
    assert mistakes(folder, "[{image: photo.bmp}]", expect="{error: {status: 400}}") == []
    images = ", ".join(["{image: photo.png}"] * 101)
    assert mistakes(folder, f"[{images}]") == ["a request has at most 100 images, and this one 101"]
    assert mistakes(folder, f"[{images}]", expect="{error: {status: 400}}") == []


@pytest.mark.parametrize(
    ("kind", "name", "content", "told"),
    [
        ("file", "a.txt", b"", "an empty file"),
        ("file", "a.txt", bytes(50_000_000), "50000000 bytes, where less than 50000000 are documented"),
        ("file", "a.txt", bytes(49_999_999), None),
        ("image", "a.gif", b"GIF89a...NETSCAPE2.0", "an animated GIF, where only still ones are documented"),
        ("image", "a.gif", b"GIF89a", None),
        ("image", "a.svg", b"<svg/>", "image/svg+xml, where PNG, JPEG, WebP and GIF are documented"),
        ("file", "a.svg", b"<svg/>", None),
    ],
)
def test_documented_limits(kind: str, name: str, content: bytes, told: str | None):
    assert beyond_documented(kind, name, content) == told


@pytest.mark.parametrize(
    ("name", "content", "fits"),
    [
        ("a.png", PNG, True),
        ("a.png", b"GIF89a", False),
        ("a.jpg", b"\xff\xd8\xff\xe0", True),
        ("a.jpeg", PNG, False),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", True),
        ("a.webp", b"RIFF\0\0\0\0WAVEfmt ", False),
        ("a.tiff", b"II*\0", True),
        ("a.pdf", PDF, True),
        ("a.pdf", b"#!/bin/sh\nrm -rf ~\n", False),
        ("a.pdf", b"\n" + PDF, False),
        ("a.docx", b"PK\x03\x04", True),
        ("a.docx", b"MZ", False),
        ("a.txt", "Grüße".encode(), True),
        ("a.txt", b"a\0b", False),
        ("a.txt", b"\xff\xfe", False),
        ("a.txt", PDF, False),
        ("a.csv", PNG, False),
        ("a.svg", b"<svg/>", True),
        ("a.svg", PNG, False),
    ],
)
def test_E31_the_name_says_what_it_is(name: str, content: bytes, fits: bool):
    """A script in a PDF's clothes, and a file of two kinds, are refused."""
    assert (content_mistake(name, content) is None) == fits


def test_E32_nothing_is_decoded(folder: Path):
    """A picture of 65,535 × 65,535 points is so many bytes, and nothing more, to the harness."""
    header = struct.pack(">IIBBBBB", 65_535, 65_535, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    (folder / "wide.png").write_bytes(PNG[:8] + chunk)

    content, _ = opened(folder, "wide.png")
    assert len(content) == 33


def test_E33_a_picture_with_a_script_is_sent_as_a_file_alone(folder: Path):
    (folder / "drawing.svg").write_text("<svg><script>alert(1)</script></svg>")

    assert mistakes(folder, "[{image: drawing.svg}]") != []
    assert mistakes(folder, "[{file: drawing.svg}]") == []


@pytest.mark.parametrize("name", ["a\r\nb.txt", 'a".txt', "a" * 10_000 + ".txt", "a\u202egnp.txt", " a.txt", "a;b.txt"])
def test_E34_no_name_can_break_a_header(folder: Path, name: str):
    assert name_mistake(name) is not None


@pytest.mark.parametrize(
    "name", ["https://example.com/a.pdf", "http://127.0.0.1/a.pdf", "file:///etc/passwd", "data:,a"]
)
def test_E35_an_attachment_is_no_address(name: str):
    """The harness fetches nothing; an address stands in the API's own words, for the service to fetch."""
    assert name_mistake(name) == (
        "an attachment is a file, not an address",
        "an address stands in an item of `input:`, as the API has it",
    )


@given(st.text(max_size=40))
def test_any_name_is_told_or_lies_below(name: str):
    """Whatever is written: refused by its name, or a path of plain parts."""
    if name_mistake(name) is None:
        assert not name.startswith("/")
        assert all(part and not part.startswith(".") for part in name.split("/"))


def test_a_text_alone_sends_nothing():
    """A scenario that lies in no file has no folder to send from."""
    text = b"scenario: A\nturns: [{user: a, attach: [{image: photo.png}], expect: {text: a}}]\n"

    assert [each.message for each in read(text, "a.yaml")[1]] == ["only a scenario in a file can send files"]


def test_each_way_is_a_scenario_of_its_own():
    """All ways of one attachment with all of another, and what has one way is not named."""
    text = """
    turns:
      - user: a
        attach: [{image: attachments/dot.png, via: [data_uri, url]}, {file: attachments/note.txt}]
      - {user: b, attach: [{image: attachments/dot.png, via: [file_id, data_uri]}], expect: {status: completed}}
    """
    found = variants(scenario(text))

    assert [label for label, _ in found] == [
        *("data_uri+file_id", "data_uri+data_uri", "url+file_id", "url+data_uri"),
    ]
    assert [[each.via for turn in one.turns for each in turn.attach] for _, one in found][2] == [
        *(("url",), ("data_uri",), ("file_id",)),
    ]


def test_not_every_mix_of_ways_is_tried():
    one = "{image: attachments/dot.png, via: [data_uri, url, file_id]}"
    told = mistakes(FOLDER, f"[{', '.join([one] * 4)}]")

    assert told == ["these attachments would be sent in 81 ways together, and at most 32 are tried"]
    assert set(VIA) == {"data_uri", "file_id", "url"}


def test_a_file_that_is_gone_is_told_with_its_place(folder: Path):
    path = folder / "a.yaml"
    path.write_text("scenario: A\nturns: [{user: a, attach: [{image: gone.png}], expect: {text: a}}]\n")

    with pytest.raises(Refused) as refused:
        load(path, folder.parent)
    assert "specs/a.yaml:2:36" in str(refused.value)
