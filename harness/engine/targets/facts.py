"""What is known of a target before anything is sent. Whoever only plans needs no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from harness.targets.spec import Quota, TargetSpec

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

    @classmethod
    def of(cls, spec: TargetSpec) -> Self:
        """What a file of targets says of one."""
        return cls(
            spec.name,
            "embedded" if spec.embedded else "live",
            spec.endpoint,
            spec.deployment,
            spec.model,
            spec.version,
            spec.region,
            spec.deployment_type,
            spec.image_deployment,
            spec.quota,
            mcp=spec.mcp,
            attachments=spec.attachments,
            clients=spec.clients,
        )
