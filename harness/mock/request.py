"""One HTTP/1.1 request, and its head read strictly: what two readers could understand differently is refused.

Strict means: one `Host`, one `Content-Length` of digits, never a length and a chunked body together, no folded
lines, no control characters, no target but a path. RFC 9112 allows a server to refuse each of these.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

NAME: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
START: Final = re.compile(rf"({NAME}) (/[!-~]*) HTTP/1\.([01])")
FIELD: Final = re.compile(rf"({NAME}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
ONCE: Final = frozenset({"host", "content-length", "transfer-encoding", "authorization", "api-key", "origin"})
"""Fields that nobody may send twice; others are joined by commas, as HTTP has it."""


class Malformed(Exception):
    """What came is no request that can be answered safely; the connection ends. `status` says how."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(slots=True)
class Request:
    """Method, path and query as sent, header fields by name in lower case, and the whole body.

    `length` is the announced length of the body in bytes, None where it comes in chunks. `named` holds the parts of
    the path that a route names, once it is known.
    """

    method: str
    path: str
    query_string: str
    fields: Mapping[str, str]
    length: int | None = 0
    keep_alive: bool = True
    body: bytes = b""
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters behind the question mark; of one given twice, the last."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True)) if self.query_string else {}

    @property
    def upgrades(self) -> bool:
        """Whether the client asks to speak WebSocket from here on."""
        return self.fields.get("upgrade", "").lower() == "websocket"


def read_head(head: bytes) -> Request:
    """The lines before the empty one, without their last line end → the request, still without a body.

    Raises `Malformed`.
    """
    read = understood(head)
    return Request(read.method, read.path, read.query_string, read.fields, read.length, read.keep_alive)


@lru_cache(maxsize=256)
def understood(head: bytes) -> Request:
    """A head is read once: clients send the same one again and again. Nobody may change what comes back."""
    first, *lines = head.decode("latin-1").split("\r\n")
    start = START.fullmatch(first)
    if start is None:
        raise Malformed(400, "The request line is malformed.")
    method, target, minor = start.groups()
    fields: dict[str, str] = {}
    for line in lines:
        found = FIELD.fullmatch(line)
        if found is None:
            raise Malformed(400, "A header field is malformed.")
        name, value = found[1].lower(), found[2].rstrip(" \t")
        if name not in fields:
            fields[name] = value
        elif name in ONCE:
            raise Malformed(400, f"The header field {name} stands twice.")
        else:
            fields[name] += ", " + value
    if minor == "1" and "host" not in fields:
        raise Malformed(400, "The header field host is missing.")
    path, _, query = target.partition("?")
    said = fields.get("connection", "").lower()
    keep_alive = "close" not in said if minor == "1" else "keep-alive" in said
    return Request(method, path, query, fields, body_length(fields), keep_alive)


def body_length(fields: Mapping[str, str]) -> int | None:
    """How many bytes the body has; None where it comes in chunks. Raises `Malformed`."""
    length, coding = fields.get("content-length"), fields.get("transfer-encoding")
    if coding is not None:
        if length is not None:
            raise Malformed(400, "A length and a transfer coding together are ambiguous.")
        if coding.lower() != "chunked":
            raise Malformed(501, "This transfer coding is not understood.")
        return None
    if length is None:
        return 0
    if not (length.isascii() and length.isdecimal() and len(length) < 16):
        raise Malformed(400, "The content length is malformed.")
    return int(length)


CHUNK_HEAD: Final = re.compile(rb"([0-9A-Fa-f]{1,12})(?:[ \t]*;[^\x00-\x08\x0a-\x1f\x7f]*)?")
LINE_LIMIT: Final = 4096


class Chunks:
    """Reads a chunked body piece by piece; whatever follows it stays in the buffer."""

    def __init__(self) -> None:
        self._left = 0
        self._state = "head"

    def feed(self, buffer: bytearray, into: bytearray) -> bool:
        """Moves what has come from the buffer into the body; says whether the body is complete. Raises `Malformed`."""
        while True:
            if self._state == "bytes":
                taken = min(self._left, len(buffer))
                into += buffer[:taken]
                del buffer[:taken]
                self._left -= taken
                if self._left:
                    return False
                self._state = "end"
            line = self._line(buffer)
            if line is None:
                return False
            if self._state == "end":
                if line:
                    raise Malformed(400, "A chunk does not end where it should.")
                self._state = "head"
            elif self._state == "trailer":
                if not line:
                    return True
            else:
                found = CHUNK_HEAD.fullmatch(line)
                if found is None:
                    raise Malformed(400, "The length of a chunk is malformed.")
                self._left = int(found[1], 16)
                self._state = "bytes" if self._left else "trailer"

    @staticmethod
    def _line(buffer: bytearray) -> bytes | None:
        """The next line, taken from the buffer; None while it has not come."""
        end = buffer.find(b"\n", 0, LINE_LIMIT)
        if end < 0:
            if len(buffer) >= LINE_LIMIT:
                raise Malformed(400, "A line of a chunked body is too long.")
            return None
        if end == 0 or buffer[end - 1] != 0x0D:
            raise Malformed(400, "A line of a chunked body does not end in CR LF.")
        line = bytes(buffer[: end - 1])
        del buffer[: end + 1]
        return line
