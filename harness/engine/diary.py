"""The debug log: what the harness itself did, as JSON lines, redacted; off until it is asked for.

A line is `{"at": <UTC>, "ms": <since the log began>, "what": <event>, "level": …, …}`. It tells of cases and requests:
which, where to, how they ended, how long they took. It holds no text that was asked or answered; that is what the
record is for. Nothing depends on it: where it cannot be written, it ends.
"""

import datetime
import json
import logging
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from harness.source.place import escaped
from harness.wire.redact import MARK

LOG: Final = logging.getLogger("harness")
"""Who speaks; silent unless a diary listens."""

MOST: Final = 64 * 1024 * 1024
"""Bytes after which a diary ends, so that it fills no disk."""

LONGEST: Final = 2000
"""Characters of one message."""

FOREIGN: Final = ("aiohttp", "asyncio", "azure", "openai", "mcp")
"""Libraries whose warnings are kept too."""


def tell(what: str, **facts: Any) -> None:
    """Notes an event with its facts, where somebody listens."""
    if LOG.isEnabledFor(logging.DEBUG):
        LOG.debug(what, extra={"facts": facts})


class Diary(logging.Handler):
    """Writes to a file for its owner alone, from its opening to `close`.

    Raises:
        OSError: the file cannot be opened.
    """

    def __init__(self, path: Path, redact: Callable[[bytes], bytes]) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
        self._file = os.open(path, flags, 0o600)
        super().__init__(logging.DEBUG)  # only now: the library closes at its end whatever was made
        self._redact = redact
        self._began = time.monotonic()
        self._length = 0
        self._before = LOG.level
        LOG.setLevel(logging.DEBUG)
        LOG.addHandler(self)
        LOG.propagate = False
        for name in FOREIGN:
            logging.getLogger(name).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if self._file < 0 or (record.name != LOG.name and record.levelno < logging.WARNING):
            return
        try:
            line = self._line(record)
            if self._length + len(line) > MOST:
                os.write(self._file, b'{"what": "the log ends here: it is full"}\n')
                self._end()
                return
            self._length += os.write(self._file, line)
        except OSError:
            self._end()

    def _line(self, record: logging.LogRecord) -> bytes:
        told: dict[str, Any] = {
            "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "ms": round((time.monotonic() - self._began) * 1000),
            "level": record.levelname.lower(),
            "what": self._redact(record.getMessage().encode(errors="backslashreplace")).decode(),
        }
        if record.name != LOG.name:
            told["from"] = record.name
        told |= getattr(record, "facts", {})
        if threading.current_thread() is not threading.main_thread():
            told["thread"] = threading.current_thread().name
        if record.exc_info:
            told["trace"] = "".join(traceback.format_exception(*record.exc_info, limit=-12))  # without any locals
        told["what"] = escaped(told["what"])[:LONGEST]  # cut when it is clean: half a secret would not be known as one
        line = self._redact(json.dumps(told, default=str).encode("ascii"))
        if self._in_parts(json.loads(line)):
            keys = ("at", "ms", "level", "from")
            line = json.dumps({**{key: told[key] for key in keys if key in told}, "what": MARK.decode()}).encode(
                "ascii"
            )
        return line + b"\n"

    def _in_parts(self, told: dict[str, Any]) -> bool:
        """Whether texts of a line that is clean make a secret where they are read one after another."""
        joined = "".join(_texts(told)).encode(errors="backslashreplace")
        return self._redact(joined) != joined

    def _end(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def close(self) -> None:
        """Stops listening; a second time does nothing."""
        LOG.removeHandler(self)
        LOG.setLevel(self._before)
        LOG.propagate = True
        for name in FOREIGN:
            logging.getLogger(name).removeHandler(self)
        self._end()
        super().close()


def _texts(value: Any) -> Iterator[str]:
    """All texts of a line in their order, names of facts left out."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)


def diary_of_worker(path: Path, worker: str | None) -> Path:
    """The file of one worker of pytest-xdist, beside that of the process it reports to."""
    return path if worker is None else path.with_name(f"{path.stem}-{worker}{path.suffix}")
