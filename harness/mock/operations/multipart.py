"""The parts of a `multipart/form-data` body, as uploads send them (RFC 7578).

The boundary is read off the body's first line, so that the request's header lines need not be known.
"""

from dataclasses import dataclass
from email.message import Message

from harness.mock.errors import invalid


@dataclass(frozen=True, slots=True)
class Part:
    """One field: its value as bytes, and the file name where it is a file."""

    content: bytes
    filename: str | None = None

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


def parts(raw: bytes) -> dict[str, Part]:
    """The fields by name; of several with one name the last. Raises `Refused` for what is no such body."""
    first, _, _ = raw.partition(b"\r\n")
    if not first.startswith(b"--") or not 2 < len(first) <= 200:
        raise wrong()
    pieces = (b"\r\n" + raw).split(b"\r\n" + first)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise wrong()
    found: dict[str, Part] = {}
    for piece in pieces[1:-1]:
        block, separator, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not separator:
            raise wrong()
        name, filename = disposition(block)
        found[name] = Part(content, filename)
    return found


def disposition(block: bytes) -> tuple[str, str | None]:
    """Name and file name from the header lines of a part."""
    for line in block.decode("utf-8", "replace").split("\r\n"):
        key, _, value = line.partition(":")
        if key.strip().lower() == "content-disposition":
            header = Message()
            header["content-disposition"] = value.strip()
            name = header.get_param("name", header="content-disposition")
            if isinstance(name, str):
                return name, header.get_filename()
    raise wrong()


def wrong() -> Exception:
    return invalid("We could not parse your request. The API expects a multipart form.", None, "invalid_multipart_form")
