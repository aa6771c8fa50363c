"""Where cases run: targets, and what they open for a case.

A target answers `open()` with a door: the base address of the API and a sender. Nothing else of the engine
knows whether behind it stands a live service or the embedded endpoint.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from harness.engine.clock import Clock
from harness.engine.ledger import Ledger
from harness.engine.targets.addressed import Addressed
from harness.engine.targets.auth import Authorized, Credential, Fixed
from harness.engine.targets.unsealing import Held, Unsealing
from harness.targets.origins import SERVICE_HOSTS, on_list, origin_of, safe_base
from harness.targets.spec import Quota
from harness.wire.exchange import Headers, Sender
from harness.wire.limits import Limits
from harness.wire.redact import Secret

T = TypeVar("T")
NO_QUOTA: Final = Quota()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a target before anything is sent. `kind` is `embedded` or `live`.

    `deployment` is what is sent as `model`; `model`, `version` and `region` are what the operator says stands
    behind it, None where nothing was said; `deployment_type` as the catalogue names it. `missing` says why nothing
    can be sent to it: a credential that is not there. `mcp` are the addresses of tool servers, by label,
    `secrets` the hosts to which each secret may go, by its name. `clients` make the requests of scenarios that do not
    say by which client they are run.
    """

    name: str
    kind: str
    endpoint: str
    deployment: str
    model: str | None = None
    version: str | None = None
    region: str | None = None
    deployment_type: str | None = None
    image_deployment: str | None = None
    quota: Quota = NO_QUOTA
    missing: str | None = None
    secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    mcp: Mapping[str, str] = field(default_factory=dict, hash=False)
    attachments: Mapping[str, str] = field(default_factory=dict, hash=False)
    clients: tuple[str, ...] = ()

    def variables(self) -> dict[str, Any]:
        """What a scenario may write as `${target.…}`."""
        return {
            f"target.{name}": value
            for name in ("name", "deployment", "model", "version", "region", "image_deployment")
            if (value := getattr(self, name)) is not None
        } | {f"secret.{name}": f"${{secret.{name}}}" for name in self.secrets}


@dataclass(frozen=True, slots=True)
class Door:
    """What a case talks through: the API's base address, with a slash at its end, a sender, and how time passes.

    `stranger` sends without any credential. `lasting` says that what is made behind it outlives the case. `publish`
    puts a file (name, type, content) where the service can fetch it, and answers the address or None. `begin` is
    told the number of each turn that is scripted. `file_name` gives the name of an upload by its ending. `insist` says
    whether refusals are repeated.
    """

    base: str
    sender: Sender
    clock: Clock = field(default_factory=Clock)
    stranger: Sender | None = None
    lasting: bool = False
    publish: Callable[[str, str, bytes], str | None] | None = None
    begin: Callable[[int], None] | None = None
    file_name: Callable[[str], str] | None = None
    insist: Callable[[bool], None] | None = None


class Target(Protocol):
    """Something that cases can run on."""

    @property
    def facts(self) -> Facts: ...

    def open(self, grounds: "Grounds", script: Mapping[str, Any] | None) -> AbstractAsyncContextManager[Door]:
        """A door of one case; a live target takes no script."""
        ...

    def mistake(self, script: Mapping[str, Any] | None) -> tuple[str, tuple[str | int, ...]] | None:
        """Why a script cannot be followed, and the path to what is wrong in it; None where it can, or none is taken."""
        ...


class Connections(Sender, Protocol):
    """The connections that all cases of a run share."""

    def speaking_for(self, credential: Callable[[], Headers], covers: Callable[[str], bool] | None = None) -> Sender:
        """The same connections, with a credential in the head of each request that goes where it may."""
        ...


class Grounds(Protocol):
    """What the targets of a run share in its event loop."""

    limits: Limits
    ledger: Ledger | None

    @property
    def client(self) -> Connections: ...

    def steady(self, target: Target, door: Door) -> Door:
        """The door through which a case talks to a target."""
        ...

    def stop(self, facts: Facts, why: str) -> None:
        """Nothing more is sent to the target in this run."""
        ...

    async def shared(self, what: Callable[[], AbstractAsyncContextManager[T]]) -> T:
        """What `what` opens, the same for all who ask in this run; closed with the grounds."""
        ...


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
