"""Where cases run: targets, and what they open for a case.

A target answers `open()` with a door: the base address of the API and a sender. Nothing else of the engine
knows whether behind it stands a live service or the embedded endpoint.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from harness.mock.server import MockServer
from harness.wire.client import Client
from harness.wire.exchange import Headers, Sender
from harness.wire.limits import LIMITS, Limits
from harness.wire.redact import Secret


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


class Grounds:
    """What the targets of a run share in its event loop: the client's connections and the embedded endpoint."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.client = Client(limits)
        self._mock: MockServer | None = None

    async def mock(self) -> MockServer:
        """The embedded endpoint, started when it is first asked for."""
        if self._mock is None:
            server = self._mock = MockServer()
            await server.start()
        return self._mock

    async def close(self) -> None:
        await self.client.close()
        if self._mock is not None:
            await self._mock.stop()
            self._mock = None


@dataclass(frozen=True, slots=True)
class EmbeddedTarget:
    """A deployment on the embedded endpoint; every case has a room of its own there.

    `defects` are named deviations switched on in every room.
    """

    facts: Facts
    defects: Sequence[str] = ()

    @asynccontextmanager
    async def open(self, grounds: Grounds, script: Mapping[str, Any] | None):  # type: ignore[no-untyped-def]
        server = await grounds.mock()
        room = server.rooms.open(
            script, self.defects, region=self.facts.region or "swedencentral", model=self.facts.deployment
        )
        try:
            key = (("api-key", room.key),)
            yield Door(room.url.rstrip("/") + "/", grounds.client.speaking_for(lambda: key))
        finally:
            room.close()


@dataclass(frozen=True, slots=True)
class LiveTarget:
    """A deployment at an address, with a key."""

    facts: Facts
    key: Secret | None

    def open(self, grounds: Grounds, script: Mapping[str, Any] | None) -> AbstractAsyncContextManager[Door]:
        return nullcontext(Door(self.facts.endpoint, grounds.client.speaking_for(self._credential)))

    def _credential(self) -> Headers:
        """The key as the address wants it: Azure's own header there, else a bearer token."""
        if self.key is None:
            return ()
        host = urlsplit(self.facts.endpoint).hostname or ""
        if host.endswith(".azure.com"):
            return (("api-key", self.key.reveal()),)
        return (("Authorization", f"Bearer {self.key.reveal()}"),)


DEFAULT_FAMILY: Sequence[tuple[str, str]] = (
    ("gpt-5-mini", "swedencentral"),
    ("gpt-4.1", "eastus2"),
    ("o3", "eastus2"),
    ("computer-use-preview", "eastus2"),
)
"""Models of the embedded endpoint that are used without any configuration, each in a region that documents it."""


def embedded_family(defects: Sequence[str] = ()) -> tuple[EmbeddedTarget, ...]:
    """The default targets: a scenario runs on the first that documents what it needs."""
    return tuple(
        EmbeddedTarget(
            Facts(f"mock/{region}/{model}", "embedded", "mock", model, model=model, region=region), tuple(defects)
        )
        for model, region in DEFAULT_FAMILY
    )


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
