"""`targets.yaml` as it stands in the file: every key, its type and its bounds. What values mean, `reading` checks."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field, field_validator

from harness.source.written import Written
from harness.targets.origins import UnsafeEndpoint, host_pattern

ABSENT: Final[Any] = None
"""The value of a key that is not written; a key with nothing behind it is a mistake."""

NAME: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9])?"
"""What targets, secrets and labels may be called."""
DEPLOYMENT: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]|\$\{[a-z]+\}){0,127}|(?:[A-Za-z0-9._-]|\$\{[a-z]+\}){1,128}"
VARIABLE: Final = r"[A-Za-z_][A-Za-z0-9_]{0,127}"

Text = Annotated[str, Field(min_length=1, max_length=300)]
Several = Annotated[list[Text], Field(min_length=1, max_length=200)]


def _hosts(hosts: list[str]) -> list[str]:
    try:
        return [host_pattern(host) for host in hosts]
    except UnsafeEndpoint as error:
        raise ValueError(str(error), error.hint) from None


class WrittenLimits(Written):
    """What a deployment takes: the run stays below."""

    noun: ClassVar[str] = "`limits`"

    requests_per_minute: int = Field(ABSENT, ge=1, le=10_000_000, description="requests in any minute")
    tokens_per_minute: int = Field(ABSENT, ge=1, le=10_000_000_000, description="tokens in any minute, as estimated")
    concurrency: int = Field(ABSENT, ge=1, le=1_000, description="requests under way at once")


class WrittenAuth(Written):
    """A credential, by the name of the variable that holds it, or as Entra ID gives it."""

    noun: ClassVar[str] = "`auth`"

    api_key_env: Text = Field(ABSENT, description="the environment variable that holds the key")
    token_env: Text = Field(ABSENT, description="the environment variable that holds a bearer token")
    entra: Literal["default", "managed_identity", "environment", "cli"] = Field(
        ABSENT, description="which credential of azure-identity gives tokens"
    )
    scope: Text = Field(ABSENT, description="the scope that tokens are asked for, with `entra`")
    client_id: Text = Field(ABSENT, description="of a user-assigned managed identity, with `entra: managed_identity`")


def _entra(auth: Any) -> Any:
    """`auth: entra` is short for a mapping; the JSON Schema says it too."""
    return {"entra": "default"} if auth == "entra" else auth


class WrittenSecret(Written):
    """A secret that scenarios may name, and where it may go."""

    noun: ClassVar[str] = "a secret"

    env: Text = Field(description="the environment variable that holds it")
    hosts: Several = Field(description="to which it may be sent: the target's host and the tool server's")

    @field_validator("hosts")
    @classmethod
    def _known(cls, hosts: list[str]) -> list[str]:
        return _hosts(hosts)


Client = Literal["wire", "openai"]


def _several(one: Any) -> Any:
    """A single word is short for a list of it; the JSON Schema says it too."""
    return [one] if isinstance(one, str) else one


class WrittenCommon(Written):
    """What every target may say, and `defaults` for all of them."""

    noun: ClassVar[str] = "`defaults`"
    remedies: ClassVar[Mapping[str, str]] = {"auth": "`entra`, or {api_key_env: VARIABLE}"}

    endpoint: Text = Field(
        ABSENT, description="base address of the API, or `mock`; `${region}`, `${model}` in a family"
    )
    deployment: Text = Field(ABSENT, description="what is sent as `model`; the model's name where nothing is said")
    model: Text | Several = Field(
        ABSENT, description="the catalogue's name of the model, `NAME@VERSION` for one version; a list makes a family"
    )
    version: Text = Field(ABSENT, description="the model's version, as the catalogue spells it")
    region: Text | Several = Field(ABSENT, description="the region's id; a list makes a family")
    deployment_type: Text = Field(ABSENT, description="how it is deployed, such as global_standard")
    auth: Annotated[WrittenAuth, BeforeValidator(_entra)] = Field(
        ABSENT, description="`entra`, or where the credential is"
    )
    limits: WrittenLimits = Field(ABSENT, description="requests and tokens a minute, requests at once")
    api_version: Text = Field(ABSENT, description="sent as `api-version`; the v1 API needs none")
    image_deployment: Text = Field(ABSENT, description="the image model's deployment, for image generation")
    client: Annotated[list[Client], Field(min_length=1, max_length=2), BeforeValidator(_several)] = Field(
        ABSENT, description="by what requests are made where a scenario says nothing; a list runs it by each"
    )
    mcp: dict[str, Text] = Field(ABSENT, max_length=50, description="label → https address of a tool server")
    attachments: dict[str, Text] = Field(
        ABSENT, max_length=200, description="attachment, as scenarios name it → https address to fetch it from"
    )


class WrittenTarget(WrittenCommon):
    """A target, or a family of them."""

    noun: ClassVar[str] = "a target"

    name: Text = Field(description="what it is called: `name`, in a family `name/region/model`")


class WrittenTargets(Written):
    """Where scenarios run."""

    noun: ClassVar[str] = "a targets file"

    targets: list[WrittenTarget] = Field(min_length=1, max_length=500, description="in the order in which they run")
    defaults: WrittenCommon = Field(ABSENT, description="what holds for every target that says nothing else")
    hosts: Several = Field(ABSENT, description="hosts of your own to which credentials may go")
    secrets: dict[str, WrittenSecret] = Field(ABSENT, max_length=50, description="name → `${secret.name}`")
    mcp: dict[str, Text] = Field(ABSENT, max_length=50, description="label → https address, for all targets")

    @field_validator("hosts")
    @classmethod
    def _known(cls, hosts: list[str]) -> list[str]:
        return _hosts(hosts)
