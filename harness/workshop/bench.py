"""The workshop as the parent sees it: gives tasks to the child, waits no longer than allowed, and begins it anew."""

import asyncio
import atexit
import json
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from harness.workshop.found import Colour, Document, Picture

SECONDS: Final = 15.0
"""How long a task may take."""

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of what comes back."""

BOOT: Final = "import sys; sys.path.insert(0, sys.argv[1]); from harness.workshop.child import main; main()"
ROOT: Final = Path(__file__).parents[2]


class Unreadable(Exception):
    """Bytes that cannot be read. `kind`: `unknown` format, `large`, `locked`, `damaged`, or `slow`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class Workshop:
    """One child process, begun with the first task and kept; tasks wait for each other.

    The methods may be awaited in any event loop. They raise `Unreadable`.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    async def picture(self, raw: bytes) -> Picture:
        """What a picture is: PNG, JPEG, WEBP or GIF."""
        found, _ = await asyncio.to_thread(self.do, "picture", raw)
        return Picture(**{**found, "colours": tuple(Colour(*colour) for colour in found["colours"])})

    async def document(self, raw: bytes) -> Document:
        """The text of a PDF, page by page."""
        found, _ = await asyncio.to_thread(self.do, "document", raw)
        return Document(**{**found, "pages": tuple(found["pages"])})

    async def drawn(self, **wanted: Any) -> bytes:
        """A new picture; what may be wanted stands in `drawing.drawn`."""
        return (await asyncio.to_thread(self.do, "draw", b"", wanted))[1]

    def do(self, task: str, raw: bytes, args: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], bytes]:
        """One task, in this thread. Raises `Unreadable`."""
        with self._lock:
            try:
                head, content = self._exchange(task, raw, args or {})
            except (OSError, ValueError) as error:
                slow = isinstance(error, TimeoutError)
                self.close()
                why = "took too long" if slow else "needed more than it may have"
                raise Unreadable("slow" if slow else "large", f"Reading it {why}.") from error
        if "wrong" in head:
            raise Unreadable(head["wrong"], head["message"])
        return head["found"], content

    def _exchange(self, task: str, raw: bytes, args: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        deadline = time.monotonic() + self.seconds
        child.stdin.write(json.dumps({"task": task, "args": args, "length": len(raw)}).encode() + b"\n")
        child.stdin.write(raw)
        child.stdin.flush()
        got = bytearray()
        while (end := got.find(b"\n")) < 0:
            got += piece(child.stdout, deadline)
        head = json.loads(got[:end])
        if head["length"] > LARGEST:
            raise ValueError("too much came back")
        while len(got) < end + 1 + head["length"]:
            got += piece(child.stdout, deadline)
        return head, bytes(got[end + 1 :])

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            self._child = subprocess.Popen(  # noqa: S603 — our own interpreter and words, nothing from outside
                [sys.executable, "-I", "-c", BOOT, str(ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
            )
        return self._child

    def close(self) -> None:
        """Ends the child; the next task begins another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # what it had not read any more
                    stream.close()
        child.wait()


def piece(stream: IO[bytes], deadline: float) -> bytes:
    """What has come. Raises TimeoutError after the deadline, EOFError (an OSError here) where the child is gone."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(stream, selectors.EVENT_READ)
        if not waiting.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError
    read = stream.read1(1 << 20)  # type: ignore[attr-defined]
    if not read:
        raise ConnectionResetError("the child is gone")
    assert isinstance(read, bytes)
    return read


@cache
def workshop() -> Workshop:
    """The workshop of this process, for whoever needs one."""
    made = Workshop()
    atexit.register(made.close)
    return made
