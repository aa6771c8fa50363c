"""Whether a request is the one that was recorded. Pure.

Compared are method, path and query below the API's base, the header lines that mean something, and the body as JSON.
What was blanked in a recording may have been anything.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.matchers.difference import of_texts
from harness.reading.tag import untagged
from harness.wire.exchange import Headers, Request
from harness.wire.redact import MARK

BLANK: Final = MARK.decode()
NOT_COMPARED: Final = frozenset({"accept-encoding", "connection", "content-length", "host", "user-agent"})
"""Header lines that say how, and not what, is asked; also those of an official client that tell of its machine."""
OF_CLIENT: Final = "x-stainless-"
CREDENTIALS: Final = frozenset({"api-key", "authorization"})
"""Header lines of which only their presence is compared."""
VERSION: Final = re.compile(r"[?&]api-version=[^&]*$")
"""What a target adds to every address."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is compared. `path` stands below the base, with its query; `body` is parsed JSON, or bytes."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: Any

    @classmethod
    def of(cls, request: Request, base: str) -> "Asked":
        """A request to an API; `base` ends with a slash. What does not stand below it keeps its whole address."""
        path = VERSION.sub("", request.url)
        path = path.removeprefix(base) if path.startswith(base) else path
        return cls(request.method, path, _meaning(request.headers), _body(request.body))

    @property
    def kind(self) -> tuple[str, str, int]:
        """What sort of request it is, whatever ids its path names."""
        parts = self.path.partition("?")[0].split("/")
        return self.method, parts[0], len(parts)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _meaning(headers: Headers) -> tuple[tuple[str, str], ...]:
    found = []
    for name, value in headers:
        name = name.lower()
        if name not in NOT_COMPARED and not name.startswith(OF_CLIENT):
            found.append((name, "" if name in CREDENTIALS else value))
    return tuple(sorted(found))


def _body(body: bytes) -> Any:
    try:
        return untagged(json.loads(body)) if body else None
    except (ValueError, RecursionError):
        return body


def same(asked: Asked, recorded: Asked) -> bool:
    """Whether both ask for the same. One that went to another room is known by the end of its address."""
    if asked.method != recorded.method or len(asked.headers) != len(recorded.headers):
        return False
    if asked.path != recorded.path and not recorded.path.endswith(f"/{asked.path}"):
        return False
    return _equal(recorded.headers, asked.headers) and _equal(recorded.body, asked.body)


def _equal(recorded: Any, asked: Any) -> bool:
    """Equality of JSON values; a blanked stretch of a recorded text stands for any."""
    if isinstance(recorded, str) and isinstance(asked, str):
        return recorded == asked or (BLANK in recorded and _blanked(recorded, asked))
    if isinstance(recorded, bytes) and isinstance(asked, bytes):
        return recorded == asked or (MARK in recorded and _blanked(recorded.decode("latin-1"), asked.decode("latin-1")))
    if isinstance(recorded, Mapping) and isinstance(asked, Mapping):
        return recorded.keys() == asked.keys() and all(_equal(recorded[key], asked[key]) for key in recorded)
    if _is_list(recorded) and _is_list(asked):
        return len(recorded) == len(asked) and all(map(_equal, recorded, asked))
    return type(recorded) is type(asked) and bool(recorded == asked)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _blanked(recorded: str, asked: str) -> bool:
    """Whether a text could be the one that was blanked in places. Left to right, so it takes no longer than it must."""
    first, *others = recorded.split(BLANK)
    if not asked.startswith(first):
        return False
    at = len(first)
    for part in others[:-1]:
        found = asked.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(asked) - at >= len(others[-1]) and asked.endswith(others[-1])


def difference(recorded: Asked, asked: Asked) -> str:
    """Where both differ: `-` what was recorded, `+` what is asked now."""
    return of_texts(_spelt(recorded), _spelt(asked))


def nearest(asked: Asked, recorded: Sequence[Asked]) -> Asked | None:
    """The recorded request that is most like the one asked: of its kind, and with the fewest lines that differ."""
    alike = [each for each in recorded if each.kind == asked.kind] or list(recorded)
    wanted = set(_spelt(asked).split("\n"))
    return min(alike, key=lambda each: len(wanted ^ set(_spelt(each).split("\n"))), default=None)


def _spelt(asked: Asked) -> str:
    lines = [str(asked), *(f"{name}: {value}" for name, value in asked.headers)]
    if isinstance(asked.body, bytes):
        lines += asked.body.decode("utf-8", "backslashreplace").split("\n")
    elif asked.body is not None:
        lines += json.dumps(asked.body, indent=1, sort_keys=True, ensure_ascii=False).split("\n")
    return "\n".join(lines)
