"""Exchanges as they are kept: bytes as text, in base64 or in a file of their own, and back again without a loss."""

import base64
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from harness.record.chain import NotRecorded
from harness.record.lines import Body, ExchangeLine
from harness.wire.exchange import Arrival, Ending, Exchange, Head, How, Request

INLINE: Final = 65536
"""Bytes that a body may have to stand in its line; longer ones lie once in `bodies/`, named by digest."""


class BodyMissing(Exception):
    """A body's file under `bodies/` is not there, or does not hold what its name says."""

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path}: {why}")


def kept(
    case: str, turn: str, number: int, exchange: Exchange, keep: Callable[[bytes], Body], sent: int = 1
) -> ExchangeLine:
    """An exchange as a line; `keep` decides in which form each body is kept."""
    request, head = exchange.request, exchange.head
    return ExchangeLine(
        case,
        turn,
        number,
        request.method,
        request.url,
        request.headers,
        keep(request.body),
        head.status if head else None,
        head.reason if head else "",
        head.version if head else "",
        head.headers if head else (),
        keep(exchange.body),
        tuple((arrival.offset, arrival.at) for arrival in exchange.arrivals),
        exchange.ending.how.value,
        exchange.ending.detail,
        exchange.started,
        exchange.head_at,
        exchange.ended_at,
        exchange.encoded,
        sent,
    )


def on_wire(line: ExchangeLine, bodies: Path) -> Exchange:
    """The exchange that a line keeps.

    Raises:
        BodyMissing: a body that lies apart is not there.
        ValueError: the line names an ending, or holds base64, that is none.
    """
    head = None
    if line.status is not None:
        head = Head(line.status, _pairs(line.headers), line.reason, line.version)
    request = Request(line.method, line.url, _pairs(line.request_headers), content(line.request_body, bodies))
    return Exchange(
        request,
        head,
        content(line.body, bodies),
        tuple(Arrival(int(offset), at) for offset, at in line.arrivals),
        Ending(How(line.ending), line.ending_detail),
        line.started,
        line.head_at,
        line.ended_at,
        line.encoded,
    )


def _pairs(lines: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in lines)


def inline(data: bytes) -> Body:
    """A body that stands in its line."""
    try:
        return Body(len(data), text=data.decode())
    except UnicodeDecodeError:
        return Body(len(data), base64=base64.b64encode(data).decode())


def content(body: Body, bodies: Path) -> bytes:
    """A body's bytes.

    Raises:
        BodyMissing: it lies apart and is not there, is not what its name says, or was withheld.
        ValueError: its base64 is none.
    """
    if body.text is not None:
        return body.text.encode()
    if body.base64 is not None:
        return base64.b64decode(body.base64, validate=True)
    if body.withheld is not None:
        raise BodyMissing(bodies, f"a body of {body.length} bytes was not kept, because its scenario is sensitive")
    if body.sha256 is None:
        return b""
    path = bodies / Path(body.sha256).name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BodyMissing(path, error.strerror or str(error)) from error
    if hashlib.sha256(data).hexdigest() != body.sha256:
        raise BodyMissing(path, "does not hold what its name says")
    return data


class Bodies:
    """The folder of bodies that lie apart: each once, whole or not at all, under the SHA-256 of its bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._new: list[Path] = []

    def keep(self, data: bytes) -> Body:
        """A body in its line or, above INLINE bytes, in its file.

        Raises:
            NotRecorded: the file could not be written.
        """
        if len(data) <= INLINE:
            return inline(data)
        digest = hashlib.sha256(data).hexdigest()
        path = self.folder / digest
        try:
            if not path.exists():
                self._write(path, data)
        except OSError as error:
            raise NotRecorded(path, "a body", error) from error
        return Body(len(data), sha256=digest)

    def _write(self, path: Path, data: bytes) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        part.replace(path)
        self._new.append(path)

    def sync(self) -> None:
        """Has the system put on disk what was written since the last time.

        Raises:
            NotRecorded: it could not.
        """
        new, self._new = self._new, []
        for path in new:
            try:
                with path.open("rb+") as file:
                    os.fsync(file.fileno())
            except OSError as error:
                raise NotRecorded(path, "a body", error) from error
