"""Where cases run: targets, and what is known of them before anything is sent.

Nothing else of the engine knows whether behind a target stands a live service or the embedded endpoint. Whoever
only plans needs no more than this.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from harness.targets.spec import Quota, TargetSpec

if TYPE_CHECKING:  # connections and clocks, which planning does without
    from harness.engine.targets.door import Door, Grounds

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


class Target(Protocol):
    """Something that cases can run on."""

    @property
    def facts(self) -> Facts: ...

    def open(self, grounds: "Grounds", script: Mapping[str, Any] | None) -> "AbstractAsyncContextManager[Door]":
        """A door of one case; a live target takes no script."""
        ...

    def mistake(self, script: Mapping[str, Any] | None) -> tuple[str, tuple[str | int, ...]] | None:
        """Why a script cannot be followed, and the path to what is wrong in it; None where it can, or none is taken."""
        ...
