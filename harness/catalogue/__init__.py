"""What is documented where: regions, models and features as dated facts."""

from harness.catalogue.catalogue import Catalogue
from harness.catalogue.entries import DeploymentType, Feature, ModelEntry, Region, Unlisted, VersionEntry
from harness.catalogue.facts import Documented, Fact, Retirement, Source, Stated

__all__ = [
    "Catalogue",
    "DeploymentType",
    "Documented",
    "Fact",
    "Feature",
    "ModelEntry",
    "Region",
    "Retirement",
    "Source",
    "Stated",
    "Unlisted",
    "VersionEntry",
]
