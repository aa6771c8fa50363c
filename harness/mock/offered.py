"""What the simulated service knows of each model: does it reason, how hard by default, what it echoes.

Facts from the models page (2026-06) and the reasoning page (2026-07) of the service's documentation and from
recorded answers of 2025-10 to 2026-08; where no source says, the model gets the values of its family.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from harness.catalogue import Catalogue, Documented, Unlisted, VersionEntry

LOW_HIGH: Final = ("low", "medium", "high")
FIRST_FIVE: Final = ("minimal", "low", "medium", "high")
SINCE_51: Final = ("none", "low", "medium", "high")
SINCE_54: Final = ("none", "low", "medium", "high", "xhigh")


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its name, the reasoning efforts that it takes (none: it does not reason), limits in tokens."""

    name: str
    efforts: tuple[str, ...] = ()
    effort: str | None = None
    top_p: float = 1.0
    context_window: int = 400_000
    max_output_tokens: int = 128_000
    phases: bool = False
    parallel: bool = True
    cache_retention: str = "in_memory"
    version: str | None = None
    sku: str | None = None

    @property
    def served(self) -> str:
        """Name and version in one word; the newest version that is known where none was named."""
        version = self.version or newest(self.name)
        return f"{self.name}-{version}" if version else self.name

    def lacks(self, feature: str) -> bool:
        """Whether the documentation denies the feature to this model."""
        return documented(self.name, self.version, feature) is Documented.NO

    def takes(self, feature: str, otherwise: bool) -> bool:
        """Whether this model has the feature: as documented, and `otherwise` where nothing is."""
        answer = documented(self.name, self.version, feature)
        return otherwise if answer is Documented.UNKNOWN else answer is Documented.YES

    @property
    def reasons(self) -> bool:
        return bool(self.efforts)


def _models(*models: Model) -> Mapping[str, Model]:
    return {model.name: model for model in models}


MODELS: Final[Mapping[str, Model]] = _models(
    Model("gpt-4o", context_window=128_000, max_output_tokens=16_384),
    Model("gpt-4o-mini", context_window=128_000, max_output_tokens=16_384),
    Model("gpt-4.1", context_window=1_047_576, max_output_tokens=32_768),
    Model("gpt-4.1-mini", context_window=1_047_576, max_output_tokens=32_768),
    Model("gpt-4.1-nano", context_window=1_047_576, max_output_tokens=32_768),
    Model("computer-use-preview", context_window=8_192, max_output_tokens=1_024),
    Model("gpt-5-chat", context_window=128_000, max_output_tokens=16_384),
    Model("o1", LOW_HIGH, "medium", context_window=200_000, max_output_tokens=100_000, parallel=False),
    Model("o3-mini", LOW_HIGH, "medium", context_window=200_000, max_output_tokens=100_000, parallel=False),
    Model("o3", LOW_HIGH, "medium", context_window=200_000, max_output_tokens=100_000, parallel=False),
    Model("o4-mini", LOW_HIGH, "medium", context_window=200_000, max_output_tokens=100_000, parallel=False),
    Model("gpt-5", FIRST_FIVE, "medium"),
    Model("gpt-5-mini", FIRST_FIVE, "medium"),
    Model("gpt-5-nano", FIRST_FIVE, "medium"),
    Model("gpt-5-pro", ("high",), "high", parallel=False),
    Model("gpt-5-codex", LOW_HIGH, "medium"),
    Model("gpt-5.1", SINCE_51, "none"),
    Model("gpt-5.1-chat", LOW_HIGH, "medium", context_window=128_000, max_output_tokens=16_384),
    Model("gpt-5.1-codex", SINCE_51, "medium"),
    Model("gpt-5.1-codex-mini", SINCE_51, "medium"),
    Model("gpt-5.1-codex-max", (*LOW_HIGH, "xhigh"), "medium"),
    Model("gpt-5.2", SINCE_51, "none", top_p=0.98),
    Model("gpt-5.2-chat", LOW_HIGH, "medium", 0.85, context_window=128_000, max_output_tokens=16_384),
    Model("gpt-5.2-codex", LOW_HIGH, "medium", top_p=0.98),
    Model("gpt-5.3-chat", LOW_HIGH, "medium", 0.85, context_window=128_000, max_output_tokens=16_384),
    Model("gpt-5.3-codex", LOW_HIGH, "medium", top_p=0.98, phases=True),
    Model("gpt-5.4", SINCE_54, "none", top_p=0.98, context_window=1_050_000, phases=True),
    Model("gpt-5.4-mini", LOW_HIGH, "medium", top_p=0.98, phases=True),
    Model("gpt-5.4-nano", LOW_HIGH, "medium", top_p=0.98, phases=True),
    Model("gpt-5.4-pro", LOW_HIGH, "medium", 0.98, 1_050_000, phases=True, parallel=False),
    Model("gpt-5.5", SINCE_54, "medium", 0.98, 1_050_000, phases=True, cache_retention="24h"),
    Model("gpt-5.6-sol", (*SINCE_54, "max"), "medium", 0.98, 1_050_000, phases=True, cache_retention="24h"),
    Model("gpt-5.6-terra", (*SINCE_54, "max"), "medium", 0.98, 1_050_000, phases=True, cache_retention="24h"),
    Model("gpt-5.6-luna", (*SINCE_54, "max"), "medium", 0.98, 1_050_000, phases=True, cache_retention="24h"),
    Model("gpt-chat-latest", LOW_HIGH, "medium", 0.98, context_window=128_000, max_output_tokens=16_384),
)
"""Every text model that can be deployed here, by name."""

REGIONS: Final[Mapping[str, str]] = {
    "australiaeast": "Australia East",
    "brazilsouth": "Brazil South",
    "canadacentral": "Canada Central",
    "canadaeast": "Canada East",
    "centralus": "Central US",
    "eastus": "East US",
    "eastus2": "East US 2",
    "francecentral": "France Central",
    "germanywestcentral": "Germany West Central",
    "italynorth": "Italy North",
    "japaneast": "Japan East",
    "koreacentral": "Korea Central",
    "northcentralus": "North Central US",
    "norwayeast": "Norway East",
    "polandcentral": "Poland Central",
    "southafricanorth": "South Africa North",
    "southcentralus": "South Central US",
    "southeastasia": "Southeast Asia",
    "southindia": "South India",
    "spaincentral": "Spain Central",
    "swedencentral": "Sweden Central",
    "switzerlandnorth": "Switzerland North",
    "uaenorth": "UAE North",
    "uksouth": "UK South",
    "westeurope": "West Europe",
    "westus": "West US",
    "westus3": "West US 3",
}
"""Regions of the Responses API and the display names that `x-ms-region` carries."""


def named(name: str) -> Model:
    """The model of that name; `NAME@VERSION:TYPE` says which version, deployed how. Unknown ones have common traits."""
    rest, _, sku = name.partition(":")
    alone, _, version = rest.partition("@")
    model = MODELS.get(alone) or Model(alone)
    if not version and not sku:
        return model
    entry = version_of(alone, version)
    return replace(
        model,
        version=version or None,
        sku=sku or None,
        context_window=entry.context.value if entry and entry.context else model.context_window,
        max_output_tokens=entry.output.value if entry and entry.output else model.max_output_tokens,
    )


def version_of(name: str, version: str) -> VersionEntry | None:
    """What is documented of a version; None where nothing is."""
    try:
        return Catalogue.load().model(name).version(version)
    except Unlisted:
        return None


@cache
def documented(name: str, version: str | None, feature: str) -> Documented:
    """What the catalogue says of a feature, wherever the model may stand."""
    return Catalogue.load().documents(feature, name, version=version).answer


@cache
def newest(name: str) -> str | None:
    """The newest version of a model; None where nothing is known of it."""
    catalogue = Catalogue.load()
    known = name in (*catalogue.models, *catalogue.later_models)
    return max(catalogue.versions(name), default=None) if known else None


@cache
def deployable(model: Model, region: str) -> bool:
    """Whether this version, deployed as this type, can be had in a region; what nobody denies can be had."""
    catalogue = Catalogue.load()
    if catalogue.documents("text", model.name, region, model.version).answer is Documented.NO:
        return False
    version = model.version or newest(model.name)
    return model.sku is None or version is None or model.sku in catalogue.offers(model.name, version, region)
