"""Where cases run: targets, and what they open for a case.

A target answers `open()` with a door: the base address of the API and a sender. Nothing else of the engine
knows whether behind it stands a live service or the embedded endpoint.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from harness.wire.client import Client
from harness.wire.exchange import Headers, Sender
from harness.wire.limits import LIMITS, Limits
from harness.wire.redact import Secret

T = TypeVar("T")


class UnsafeEndpoint(ValueError):
    """An address to which no key is sent; the message says what to use instead."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a target before anything is sent. `kind` is `embedded` or `live`.

    `deployment` is what is sent as `model`; `model`, `version` and `region` are what the operator says stands
    behind it, None where nothing was said.
    """

    name: str
    kind: str
    endpoint: str
    deployment: str
    model: str | None = None
    version: str | None = None
    region: str | None = None

    def variables(self) -> dict[str, Any]:
        """What a scenario may write as `${target.…}`."""
        return {
            f"target.{name}": value
            for name in ("name", "deployment", "model", "version", "region")
            if (value := getattr(self, name)) is not None
        }


@dataclass(frozen=True, slots=True)
class Door:
    """What a case talks through: the API's base address, with a slash at its end, and a sender."""

    base: str
    sender: Sender


class Target(Protocol):
    """Something that cases can run on."""

    @property
    def facts(self) -> Facts: ...

    def open(self, grounds: "Grounds", script: Mapping[str, Any] | None) -> AbstractAsyncContextManager[Door]:
        """A door of one case; a live target takes no script."""
        ...

    def mistake(self, script: Mapping[str, Any] | None) -> str | None:
        """Why a case's script cannot be followed; None where it can, or where no script is taken."""
        ...


class Grounds:
    """What the targets of a run share in its event loop: the client's connections, and what they started themselves."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.client = Client(limits)
        self._stack = AsyncExitStack()
        self._opened: dict[object, Any] = {}
        self._opening = asyncio.Lock()

    async def shared(self, what: Callable[[], AbstractAsyncContextManager[T]]) -> T:
        """What `what` opens, the same for all who ask in this run; closed with the grounds."""
        async with self._opening:
            if what not in self._opened:
                self._opened[what] = await self._stack.enter_async_context(what())
        opened: T = self._opened[what]
        return opened

    async def close(self) -> None:
        await self.client.close()
        await self._stack.aclose()
        self._opened.clear()


@dataclass(frozen=True, slots=True)
class LiveTarget:
    """A deployment at an address, with a key."""

    facts: Facts
    key: Secret | None

    def open(self, grounds: Grounds, script: Mapping[str, Any] | None) -> AbstractAsyncContextManager[Door]:
        return nullcontext(Door(self.facts.endpoint, grounds.client.speaking_for(self._credential)))

    def mistake(self, script: Mapping[str, Any] | None) -> str | None:
        return None

    def _credential(self) -> Headers:
        """The key as the address wants it: Azure's own header there, else a bearer token."""
        if self.key is None:
            return ()
        host = urlsplit(self.facts.endpoint).hostname or ""
        if host.endswith(".azure.com"):
            return (("api-key", self.key.reveal()),)
        return (("Authorization", f"Bearer {self.key.reveal()}"),)


def live_target(
    endpoint: str, deployment: str, key: Secret | None, *, model: str | None = None, region: str | None = None
) -> LiveTarget:
    """A target named on the command line; model and region as the catalogue spells them, where they are known.

    Raises:
        UnsafeEndpoint: the address is neither https nor on loopback, or holds user information or a fragment.
    """
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise UnsafeEndpoint(f"the endpoint {endpoint!r} is no http(s) address")
    if parts.username or parts.password or parts.fragment or parts.query:
        raise UnsafeEndpoint("the endpoint is the base address alone, without user information, query or fragment")
    if parts.scheme == "http" and not _is_loopback(host):
        raise UnsafeEndpoint(f"a key is sent over https only, and {host!r} is not on loopback")
    base = endpoint.rstrip("/") + "/"
    return LiveTarget(Facts(f"live/{deployment}", "live", base, deployment, model=model, region=region), key)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
