"""Any file with exchanges in it: recordings made elsewhere, and what our own runs keep."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from harness.record.chain import unframe
from harness.record.exchanges import BodyMissing, on_wire
from harness.record.fields import WrongShape, reader
from harness.record.lines import ExchangeLine
from harness.wire.exchange import Exchange
from harness.wire.recordings import read
from harness.wire.source import Unreadable

_OWN: Final = b'{"n":0,"kind":"'


def exchanges(source: Path | BinaryIO) -> Iterator[Exchange]:
    """The exchanges of a file, of a run's directory, or of a stream of bytes, in their order.

    Raises:
        Unreadable: it is none of the known forms, or breaks off.
        OSError: it cannot be read.
    """
    if not isinstance(source, Path):
        yield from read(source)
        return
    for path in _files(source):
        with path.open("rb") as file:
            own = file.read(len(_OWN)) == _OWN
        yield from _kept(path) if own else read(path)


def _files(path: Path) -> list[Path]:
    """The files that hold exchanges: beside a run's record, or in its directory, or the file itself."""
    if path.is_dir():
        found = sorted(path.glob("exchanges*.jsonl"))
        if not found:
            raise Unreadable("a directory without exchanges of a run")
        return found
    beside = path.with_name(path.name.replace("record", "exchanges", 1))
    return [beside] if path.name.startswith("record") and path.suffix == ".jsonl" and beside.is_file() else [path]


def _kept(path: Path) -> Iterator[Exchange]:
    """The exchanges that a run kept. A last line without its line feed was being written, and is left out."""
    read_line = reader(ExchangeLine)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            framed = unframe(line[:-1])
            if framed is None or not framed.sound:
                raise Unreadable(f"line {number} of the record was altered")
            if framed.kind == "exchange":
                try:
                    yield on_wire(read_line(framed.body), path.parent / "bodies")
                except (WrongShape, ValueError, BodyMissing) as error:
                    raise Unreadable(f"line {number} of the record: {error}") from None
