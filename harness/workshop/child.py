"""The process in which bytes from outside are decoded: one task after another, each answered in one message.

parent   {"task": …, "args": {…}, "length": n} LF, n bytes
child    {"found": {…}} or {"wrong": …, "message": …}, with "length": n, LF, n bytes
"""

import json
import resource
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.workshop import documents, drawing, pictures
from harness.workshop.wrong import Wrong

MEMORY: Final = 1_536 * 1024 * 1024
"""Bytes of address space."""

FILES: Final = 64

Task = Callable[[bytes, Mapping[str, Any]], tuple[dict[str, Any], bytes]]

TASKS: Final[Mapping[str, Task]] = {
    "picture": lambda raw, args: (pictures.read(raw), b""),
    "document": lambda raw, args: (documents.read(raw), b""),
    "draw": lambda raw, args: ({}, drawing.drawn(args)),
}


def main() -> None:
    """Works until there is nothing more to read."""
    confine()
    take, give = sys.stdin.buffer, sys.stdout.buffer
    while line := take.readline():
        asked = json.loads(line)
        head, content = work(asked["task"], asked["args"], take.read(asked["length"]))
        give.write(json.dumps({**head, "length": len(content)}).encode() + b"\n" + content)
        give.flush()


def confine() -> None:
    """Little memory, few files, none of them written."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        least = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (least, least))


def work(task: str, args: Mapping[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
    """What came of one task; never raises: there is no end to what decoders raise over bytes made to harm them."""
    try:
        found, content = TASKS[task](raw, args)
    except Wrong as wrong:
        return {"wrong": wrong.kind, "message": wrong.message}, b""
    except Exception as error:
        return {"wrong": "damaged", "message": f"The bytes cannot be decoded ({type(error).__name__})."}, b""
    return {"found": found}, content
