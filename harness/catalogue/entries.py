"""What the catalogue lists: regions, deployment types, features, models and their versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.catalogue.facts import Documented, Fact, Retirement, Source, Stated


class Unlisted(LookupError):
    """The catalogue has no such entry. `kind` is the word for what was looked for, `near` what was probably meant."""

    def __init__(self, kind: str, name: str, near: str | None) -> None:
        self.kind = kind
        self.name = name
        self.near = near
        super().__init__(kind, name, near)

    def __str__(self) -> str:
        return f"there is no {self.kind} {ascii(self.name)[:80]}"


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its id, the name by which the service shows it, where it lies.

    `offered` says whether this API answers there. `listed`: it stands in the guide's own list of regions. A region
    that stands in the deployment tables alone has its id for a name and no geography.
    """

    id: str
    name: str
    geography: str
    offered: Fact
    listed: bool


@dataclass(frozen=True, slots=True)
class DeploymentType:
    """A way to deploy a model: its name, what it means, and as of when its table was read."""

    name: str
    means: str
    date: str


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that a model can do or a request can ask for, and what follows of it for models that do not say.

    `rule` maps another feature's answer for the same model to the answer here; `of` names that feature. Without `of`
    the rule has one entry, for every model. `sources` are the rule's.
    """

    name: str
    means: str
    of: str | None = None
    rule: Mapping[Documented, Documented] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A version of a model and all that is documented of it; None where nothing is.

    `facts` are the features that its entry grants or denies; Catalogue.documents() knows what follows from them.
    `context`, `input` and `output` are tokens at most; `context_of` holds other contexts by the class of deployment
    type (standard, provisioned, batch). `efforts` are all efforts that are accepted. `listed`: it stands in the guide's
    own list.
    """

    name: str
    listed: bool
    facts: Mapping[str, Fact]
    retirement: Retirement | None = None
    efforts: Stated[tuple[str, ...]] | None = None
    default_effort: Stated[str] | None = None
    context: Stated[int] | None = None
    context_of: Mapping[str, Stated[int]] = field(default_factory=dict)
    input: Stated[int] | None = None
    output: Stated[int] | None = None
    prompt_characters: Stated[int] | None = None
    training_data: Stated[str] | None = None


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model: its family, its versions as the guide orders them, and what stands beside its facts.

    `sources` are the pages that were read for it, `remarks` go by the name of the fact. `listed`: it stands in the
    guide's own list. `limited_access`: it has to be applied for.
    """

    name: str
    family: str
    listed: bool
    limited_access: bool
    versions: tuple[VersionEntry, ...]
    sources: tuple[Source, ...]
    remarks: Mapping[str, str]

    def version(self, name: str) -> VersionEntry | None:
        """The version of this name, or None."""
        return next((version for version in self.versions if version.name == name), None)
