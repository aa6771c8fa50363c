"""Errands: what the service must fetch from elsewhere before it can answer.

An operation is a plain function where it can answer at once. Where it cannot, it is a generator that yields an
errand and is sent what came of it; the door that took the request carries errands out, since only doors may wait:

    fetched = yield FetchUrl("http://127.0.0.1:4080/cat.png")     # raises `Undone` here if nothing came

An embedded endpoint goes no further than its own machine: `loopback` turns away every other address. Only the
name `localhost` and loopback addresses themselves are taken, so that no name can come to stand for another address,
and redirects are not followed.
"""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import SplitResult, urlsplit

from harness.wire.hosts import is_loopback

SECONDS: Final = 20.0
"""How long an errand may take."""


class Undone(Exception):
    """Nothing came of an errand: `status` is the HTTP status, where there was one, `message` says why."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class Errand(Protocol):
    """Something to be fetched."""

    async def carry_out(self) -> Any:
        """What came of it. Raises `Undone`."""


T = TypeVar("T")
Work = Generator[Errand, Any, T]
"""Work that may need errands, and ends with a T."""


async def done(work: Work[T], errand: Errand | None = None) -> T:
    """Carries out the errands of some work until it ends; `errand` is one that it has already come to.

    Raises what the work raises.
    """
    with closing(work):
        try:
            errand = errand or next(work)
            while True:
                try:
                    came = await errand.carry_out()
                except Undone as undone:
                    errand = work.throw(undone)
                else:
                    errand = work.send(came)
        except StopIteration as end:
            value: T = end.value
            return value


async def imported(name: str) -> None:
    """Has a package imported that the first errand of its kind needs; in a thread, so that others are answered."""
    await asyncio.to_thread(import_module, name)


def loopback(url: str) -> SplitResult:
    """The parts of an address on this machine. Raises `Undone` for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Undone("The address is malformed.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or port == 0:
        raise Undone("The address is malformed.")
    if not is_loopback(parts.hostname):
        raise Undone("The embedded endpoint connects to loopback addresses only.")
    return parts


def pinned(parts: SplitResult) -> str:
    """The address with the name `localhost` replaced by the address that it must mean."""
    if (parts.hostname or "").lower() != "localhost":
        return parts.geturl()
    port = "" if parts.port is None else f":{parts.port}"
    return parts._replace(netloc=f"127.0.0.1{port}").geturl()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered with: its status, its header lines by lower-case name, its bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class FetchUrl:
    """GET of an address on loopback, up to `limit` bytes → `Fetched`."""

    url: str
    limit: int = 50 * 1024 * 1024

    async def carry_out(self) -> Fetched:
        """Raises `Undone` where the address is elsewhere, cannot be reached, or sends too much."""
        address = pinned(loopback(self.url))
        await imported("aiohttp")
        import aiohttp

        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS), trust_env=False) as session,
                session.get(address, allow_redirects=False) as answer,
            ):
                content = bytearray()
                async for piece in answer.content.iter_chunked(64 * 1024):
                    content += piece
                    if len(content) > self.limit:
                        raise Undone(f"The answer is larger than {self.limit} bytes.")
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Fetched(answer.status, headers, bytes(content))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Undone(f"The address could not be read ({type(error).__name__}).") from error
