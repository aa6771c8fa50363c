"""How an answer to a request is spelled in HTTP/1.1: its head, and the pieces of its body."""

from http import HTTPStatus
from typing import Final

from harness.mock.answers import Answer
from harness.mock.request import Request

PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


def head_of(request: Request, answer: Answer, date: str) -> bytes:
    """Status line and header block; `date` is said where the answer has none of its own.

    An answer of unknown length goes out in chunks, or ends with the connection.
    """
    lines = [f"HTTP/1.1 {answer.status} {PHRASES.get(answer.status, 'Unknown')}"]
    if not any(name == "date" for name, _ in answer.headers):
        lines.append(f"date: {date}")
    lines += map(": ".join, answer.headers)
    if not answer.streamed:
        lines.append(f"content-length: {len(answer.body)}")
    elif request.keep_alive:
        lines.append("transfer-encoding: chunked")
    if not request.keep_alive:
        lines.append("connection: close")
    block = "\r\n".join(lines)
    if block.count("\n") != len(lines) - 1 or block.count("\r") != len(lines) - 1:
        block = "\r\n".join(line.replace("\r", " ").replace("\n", " ") for line in lines)
    return (block + "\r\n\r\n").encode("latin-1", "replace")


LAST: Final = b"0\r\n\r\n"


def framed(piece: bytes, chunked: bool) -> bytes:
    """A piece of a stream, as a chunk where chunks are spoken; nothing stays nothing, which would end the stream."""
    return b"%x\r\n%b\r\n" % (len(piece), piece) if chunked and piece else piece
