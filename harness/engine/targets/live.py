"""Targets at an address: deployments of a live service."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from harness.engine.targets.addressed import Addressed
from harness.engine.targets.auth import Authorized, Credential, Fixed
from harness.engine.targets.facts import Facts
from harness.engine.targets.target import Door, Grounds
from harness.engine.targets.unsealing import Held, Unsealing
from harness.targets.origins import SERVICE_HOSTS, on_list, origin_of, safe_base
from harness.wire.exchange import Sender
from harness.wire.redact import Secret


@dataclass(frozen=True, slots=True)
class LiveTarget:
    """A deployment at an address, with a credential; None where its service asks for none."""

    facts: Facts
    credential: Credential | None = None
    api_version: str | None = None
    tokens: Callable[[], AbstractAsyncContextManager[Any]] | None = None
    held: Mapping[str, Held] = field(default_factory=dict, hash=False)

    @asynccontextmanager
    async def open(self, grounds: Grounds, script: Mapping[str, Any] | None) -> AsyncIterator[Door]:
        """A door for whoever comes; a script is for the embedded endpoint alone.

        Raises:
            harness.engine.targets.auth.NoCredential: no token can be had.
        """
        sender: Sender = grounds.client
        stranger = sender
        if self.credential is not None:
            if self.tokens is not None:
                await grounds.shared(self.tokens)
            origin = origin_of(self.facts.endpoint)
            sender = Authorized(grounds.client.speaking_for(self.credential.lines, origin.covers), self.credential)
        if self.held:
            sender = Unsealing(sender, self.held)
        if self.api_version or self.facts.image_deployment:
            sender = Addressed(sender, self.api_version, self.facts.image_deployment)
            stranger = Addressed(stranger, self.api_version, self.facts.image_deployment)
        yield Door(self.facts.endpoint, sender, stranger=stranger, lasting=True, publish=self._published)

    def _published(self, name: str, media_type: str, content: bytes) -> str | None:
        """Where the operator has put a file for the service to fetch."""
        return self.facts.attachments.get(name)

    def mistake(self, script: Mapping[str, Any] | None) -> tuple[str, tuple[str | int, ...]] | None:
        return None


def live_target(
    endpoint: str, deployment: str, key: Secret | None, *, model: str | None = None, region: str | None = None
) -> LiveTarget:
    """A target named on the command line; model and region as the catalogue spells them, where they are known.

    Raises:
        UnsafeEndpoint: the address is neither https nor on loopback, or holds something that is not plain.
    """
    base = safe_base(endpoint)
    facts = Facts(f"live/{deployment}", "live", base, deployment, model=model, region=region)
    return LiveTarget(facts, None if key is None else Fixed(key, key_header(base)))


def key_header(base: str) -> str:
    """Where a key stands in a request: in Azure's own header there, else it is a bearer token."""
    return "api-key" if on_list(origin_of(base).host, SERVICE_HOSTS) else "Authorization"
