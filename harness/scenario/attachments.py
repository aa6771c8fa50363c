"""Files that scenarios send: opened below the scenario's own folder, checked by name, size and content, read once.

Nothing is decoded and nothing is fetched: what a file is, its first bytes say. What runs is the bytes that were
checked; the file is not opened again.
"""

import os
import re
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from harness.source.place import Place, shown

MIB: Final = 1 << 20
LARGEST: Final = 64 * MIB
"""Bytes of one file that the harness reads at all."""
LARGEST_TOGETHER: Final = 128 * MIB
MOST_FILES: Final = 128
"""Bytes and number of all attachments of a scenario."""
DOCUMENTED_BYTES: Final = 50_000_000
"""A file, and all files or all images of a request, are documented as smaller than this."""
DOCUMENTED_IMAGES: Final = 100
"""Images in one request, at most; API documentation, vision."""

IMAGES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
}
"""Kinds of image that the API is documented to take."""
OTHER_IMAGES: Final = {"bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff", "svg": "image/svg+xml"}
"""Images that it is documented not to take: sent where an error is expected, or as a plain file."""
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
BINARY: Final = {
    "pdf": "application/pdf",
    "zip": "application/zip",
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "doc": "application/msword",
    "tar": "application/x-tar",
}
TEXTS: Final = {
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "xml": "application/xml",
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "ts": "application/typescript",
    "py": "text/x-python",
    "rb": "text/x-ruby",
    "php": "text/x-php",
    "sh": "application/x-sh",
    "c": "text/x-c",
    "cpp": "text/x-c++",
    "cs": "text/x-csharp",
    "java": "text/x-java",
    "tex": "text/x-tex",
}
"""Kinds of text, each UTF-8 without a NUL."""
TYPES: Final = {**IMAGES, **OTHER_IMAGES, **BINARY, **TEXTS}
"""Every ending that an attachment may have, and its media type."""

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
MAGIC: Final[dict[str, tuple[tuple[int, bytes], ...]]] = {
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/gif": ((0, b"GIF8"),),
    "image/webp": ((0, b"RIFF"), (8, b"WEBP")),
    "image/bmp": ((0, b"BM"),),
    "application/pdf": ((0, b"%PDF-"),),
    "application/msword": ((0, _OLE),),
    "application/x-tar": ((257, b"ustar"),),
    **dict.fromkeys((BINARY[name] for name in ("zip", "docx", "xlsx", "pptx")), ((0, _ZIP),)),
}
"""What stands where in a file of a type: all of it must."""
_TIFF: Final = (b"II*\x00", b"MM\x00*")

_PART: Final = re.compile(r"[^\W_](?:[\w .()+,=@-]{0,198}[\w)])?", re.ASCII)
_SECRET: Final = re.compile(
    r"(?i)(?:id_(?:rsa|dsa|ecdsa|ed25519)|.*(?:credential|secret|password|passwd|private|api-?_?key|token)s?)(?:\W.*|_.*)?"
)
"""Names under which secrets lie; such a file is not sent, whatever it holds."""


class CannotAttach(ValueError):
    """A file cannot be an attachment; says why, and what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a turn sends, as it was when the scenario was loaded.

    `kind` is `image` or `file`; `name` its path below the scenario's folder; `digest` the SHA-256 of `content` in
    hex. `via` are the ways in which it is sent, one case each. `breaks` says which documented limit it is beyond.
    """

    kind: str
    name: str
    content: bytes
    media_type: str
    digest: str
    place: Place
    via: tuple[str, ...] = ("data_uri",)
    detail: str | None = None
    breaks: str | None = None

    @property
    def filename(self) -> str:
        """The last part of its path."""
        return self.name.rpartition("/")[2]

    @property
    def ending(self) -> str:
        """What its name ends in, without the dot and in lower case."""
        return self.name.rpartition(".")[2].lower()


def name_mistake(name: str) -> tuple[str, str | None] | None:
    """Why a path cannot name an attachment, and a hint; None where it can."""
    if "$" in name:
        return "a file's name holds no variable", "files are checked before anything runs"
    if re.match(r"(?i)[a-z][a-z0-9+.-]+:", name) and not re.match(r"(?i)[a-z]:[\\/]", name):
        return "an attachment is a file, not an address", "an address stands in an item of `input:`, as the API has it"
    if name.startswith(("/", "\\", "~")) or re.match(r"(?i)[a-z]:", name):
        return f"`{shown(name)}` leads out of the scenario's folder", "write the path from the scenario's own folder"
    parts = name.split("/")
    if ".." in parts or "\\" in name:
        return f"`{shown(name)}` leads out of the scenario's folder", "put the file below the scenario's own folder"
    for part in parts:
        if part.startswith("."):
            return f"hidden files are not sent: `{shown(part)}`", None
        if not _PART.fullmatch(part):
            told = "a file's name has letters, digits, spaces and `_.,()+=@-`, at most 200"
            return f"`{shown(part)}` cannot be sent under this name", told
        if _SECRET.fullmatch(part):
            return f"a file called `{shown(part)}` may hold a secret and is not sent", "give it another name"
    ending = parts[-1].rpartition(".")[2].lower() if "." in parts[-1] else ""
    if ending not in TYPES:
        return f"`{shown(parts[-1])}` is of no kind that is sent", f"files end in {', '.join(TYPES)}"
    return None


def read_below(folder: Path, name: str) -> bytes:
    """The bytes of a regular file below a folder; no part of the way may be a symbolic link.

    Raises:
        CannotAttach: it is not there, no regular file, reached by a link, or too large.
    """
    *folders, last = name.split("/")
    try:
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in folders:
                inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
                os.close(at)
                at = inner
            file = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
        finally:
            os.close(at)
        with open(file, "rb") as opened:
            found = os.fstat(opened.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise CannotAttach(f"`{shown(name)}` is no regular file")
            if found.st_size > LARGEST:
                raise _too_large(name)
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise CannotAttach(
            f"there is no file `{shown(name)}`", "the path begins at the scenario's own folder"
        ) from None
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        hint = "no part of the way may be a symbolic link, nor anything but folders and a file"
        raise CannotAttach(f"`{shown(name)}` cannot be read: {reason}", hint) from None
    if len(content) > LARGEST:
        raise _too_large(name)
    return content


def _too_large(name: str) -> CannotAttach:
    return CannotAttach(f"`{shown(name)}` is larger than {LARGEST // MIB} MiB", "no attachment may be")


def content_mistake(name: str, content: bytes) -> str | None:
    """Why the content is not what the name says; None where it is."""
    ending = name.rpartition(".")[2].lower()
    media_type = TYPES[ending]
    is_text = ending in TEXTS or ending == "svg"
    fits = _is_text(content) if is_text else _has_magic(media_type, content)
    if fits:
        return None
    return f"`{shown(name)}` is named as {media_type}, and its content is something else"


def _has_magic(media_type: str, content: bytes) -> bool:
    if media_type == "image/tiff":
        return content.startswith(_TIFF)
    return all(content[at : at + len(magic)] == magic for at, magic in MAGIC[media_type])


def _is_text(content: bytes) -> bool:
    """UTF-8 without a NUL that begins as no other type does."""
    if b"\0" in content or any(_has_magic(kind, content) for kind in MAGIC if kind != "image/bmp"):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def beyond_documented(kind: str, name: str, content: bytes) -> str | None:
    """Which documented limit of the API a file is beyond; None where it is within all."""
    if len(content) >= DOCUMENTED_BYTES:
        return f"{len(content)} bytes, where less than {DOCUMENTED_BYTES} are documented"
    if not content:
        return "an empty file"
    if kind != "image":
        return None
    ending = name.rpartition(".")[2].lower()
    if ending not in IMAGES:
        return f"{TYPES[ending]}, where PNG, JPEG, WebP and GIF are documented"
    if ending == "gif" and b"NETSCAPE2.0" in content:
        return "an animated GIF, where only still ones are documented"
    return None


def opened(folder: Path, name: str) -> tuple[bytes, str]:
    """The content of an attachment and its digest, all checked but the API's own limits.

    Raises:
        CannotAttach: its name, its content, or the way to it is not what it may be.
    """
    if told := name_mistake(name):
        raise CannotAttach(*told)
    content = read_below(folder, name)
    if content and (mistake := content_mistake(name, content)):
        raise CannotAttach(mistake, "name it after what it is")
    return content, sha256(content).hexdigest()
