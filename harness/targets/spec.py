"""What an operator's file says, as values: targets one by one, secrets, limits. No credential's value is among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from harness.source.place import Place
from harness.targets.origins import origin_of
from harness.wire.hosts import is_loopback

MOCK: Final = "mock"
"""The endpoint that is started in this process."""
SCOPE: Final = "https://ai.azure.com/.default"
"""What a token of Entra ID is asked for. Pages of before 2026-03 name OLDER_SCOPE."""
OLDER_SCOPE: Final = "https://cognitiveservices.azure.com/.default"


@dataclass(frozen=True, slots=True)
class Quota:
    """What a deployment takes in a minute and at once; None where nothing is said."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Auth:
    """Which credential. `kind` is `none`, `key`, `token` or `entra`.

    `variable` names the environment variable of a key or token; `source` is the credential of azure-identity.
    """

    kind: str = "none"
    variable: str | None = None
    source: str = "default"
    scope: str = SCOPE
    client_id: str | None = None

    def __str__(self) -> str:
        if self.kind == "entra":
            return "Entra ID" if self.source == "default" else f"Entra ID ({self.source})"
        return {"key": "key", "token": "token"}.get(self.kind, "none") + (
            f" in {self.variable}" if self.variable else ""
        )


@dataclass(frozen=True, slots=True)
class SecretSpec:
    """A secret that scenarios may name as `${secret.name}`, and the patterns of the hosts to which it may go."""

    name: str
    variable: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """One target. `endpoint` is `mock`, or the API's base address with a slash at its end.

    `clients` make the requests of scenarios that do not say which client does; empty where nothing is said.
    """

    name: str
    endpoint: str
    deployment: str
    model: str | None = None
    version: str | None = None
    region: str | None = None
    deployment_type: str | None = None
    auth: Auth = Auth()
    quota: Quota = Quota()
    api_version: str | None = None
    image_deployment: str | None = None
    mcp: Mapping[str, str] = field(default_factory=dict)
    attachments: Mapping[str, str] = field(default_factory=dict)
    clients: tuple[str, ...] = ()
    place: Place | None = None

    @property
    def embedded(self) -> bool:
        return self.endpoint == MOCK

    @property
    def leaves_loopback(self) -> bool:
        """Whether its requests leave this machine."""
        return not self.embedded and not is_loopback(origin_of(self.endpoint).host)


@dataclass(frozen=True, slots=True)
class TargetsFile:
    """All targets of a file in order, families written out, and its secrets."""

    targets: tuple[TargetSpec, ...]
    secrets: tuple[SecretSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which targets were asked for: globs over names, regions and models; an empty list asks for all."""

    names: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    def picks(self, name: str, region: str | None, model: str | None, deployment: str | None = None) -> bool:
        """Whether a target is among them. A target that tells no model goes by its deployment."""
        return (
            _any(self.names, name)
            and _any(self.regions, region or "")
            and (_any(self.models, model or "") or (model is None and _any(self.models, deployment or "")))
        )

    def named(self, name: str) -> bool:
        """Whether a target was asked for by its very name: then it is no use to pass it over."""
        return name in self.names

    def __bool__(self) -> bool:
        return bool(self.names or self.regions or self.models)

    def __str__(self) -> str:
        parts = (("--target", self.names), ("--region", self.regions), ("--model", self.models))
        return " ".join(f"{option} {value}" for option, values in parts for value in values)


def _any(globs: Sequence[str], value: str) -> bool:
    return not globs or any(fnmatchcase(value, glob) for glob in globs)
