"""Pictures and documents for tests, made of what a test has drawn."""

import base64
import io
import json
import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from builders.endpoint import Visitor
from PIL import Image

RGB = tuple[int, int, int]


def picture(colour: RGB = (0, 128, 128), size: tuple[int, int] = (64, 48), form: str = "PNG", **saving: Any) -> bytes:
    """A picture of one colour."""
    into = io.BytesIO()
    Image.new("RGB", size, colour).save(into, form, **saving)
    return into.getvalue()


def moving(form: str = "GIF") -> bytes:
    """A picture of two frames."""
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    into = io.BytesIO()
    frames[0].save(into, form, save_all=True, append_images=frames[1:], duration=100)
    return into.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def promising(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def pdf(*pages: str, title: str | None = None, kids: Sequence[int] | None = None, heavy: int = 0) -> bytes:
    """A PDF whose pages say these texts, line by line. `kids` may name pages (from 0) more than once.

    `heavy` more bytes stand in it and mean nothing.
    """
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /F >>",
    ]
    for text in pages:
        lines = " T* ".join(f"({escaped(line)}) Tj" for line in text.split("\n"))
        content = f"BT /F1 12 Tf 14 TL 72 720 Td {lines} ET".encode("latin-1")
        number = len(objects) + 1
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {number + 1} 0 R >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    shown = range(len(pages)) if kids is None else kids
    listed = " ".join(f"{4 + 2 * at} 0 R" for at in shown)
    objects[1] = f"<< /Type /Pages /Kids [{listed}] /Count {len(shown)} >>".encode()
    info = b""
    if title is not None:
        objects.append(f"<< /Title ({escaped(title)}) >>".encode("latin-1"))
        info = b" /Info %d 0 R" % len(objects)
    if heavy:
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (heavy, bytes(heavy)))
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R%b >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, info, table)
    return bytes(made)


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def locked(raw: bytes, key: str = "secret") -> bytes:
    """The PDF, encrypted."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(raw)))
    writer.encrypt(key, algorithm="AES-256")
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def uri(raw: bytes, kind: str = "image/png") -> str:
    """A data URI."""
    return f"data:{kind};base64,{base64.b64encode(raw).decode()}"


async def pieces(raw: bytes) -> AsyncIterator[bytes]:
    """A large body as a client sends it."""
    for at in range(0, len(raw), 1 << 20):
        yield raw[at : at + (1 << 20)]


async def upload(visitor: Visitor, raw: bytes, purpose: str = "vision", filename: str = "a.png") -> dict[str, Any]:
    """What the endpoint answers to an upload."""
    head = f'--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n--b\r\n'
    head += f'content-disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    body = pieces(head.encode() + raw + b"\r\n--b--\r\n")
    lines = {"api-key": visitor.room.key}
    async with visitor.session.post(f"{visitor.room.url}/files", data=body, headers=lines) as reply:
        made: dict[str, Any] = await reply.json()
        return made


async def create(visitor: Visitor, said: object) -> dict[str, Any]:
    """A plain answer to a large request."""
    body = pieces(json.dumps({"model": visitor.model, "input": said}).encode())
    lines = {"api-key": visitor.room.key}
    async with visitor.session.post(f"{visitor.room.url}/responses", data=body, headers=lines) as reply:
        made: dict[str, Any] = await reply.json()
        return made


def image_part(raw: bytes, kind: str = "image/png", **more: Any) -> dict[str, Any]:
    return {"type": "input_image", "image_url": uri(raw, kind), **more}


def file_part(raw: bytes, kind: str = "application/pdf", filename: str = "report.pdf") -> dict[str, Any]:
    return {"type": "input_file", "filename": filename, "file_data": uri(raw, kind)}


def asking(text: str, *parts: dict[str, Any]) -> list[dict[str, Any]]:
    """An input of one user message: a text, and what is attached."""
    return [{"role": "user", "content": [{"type": "input_text", "text": text}, *parts]}]
