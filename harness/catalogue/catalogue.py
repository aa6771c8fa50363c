"""The catalogue: what the documentation says of a feature on a model in a region, with source and date."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, Self

import yaml


class Documented(StrEnum):
    """What the documentation says. Unknown: it says nothing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """A documented fact: the answer, and where and when it was read."""

    answer: Documented
    source: str = ""
    date: str = ""


class Catalogue:
    """All facts. Made once from the data files of the package."""

    def __init__(self, models: Mapping[str, Mapping[str, Any]], source: str, date: str) -> None:
        self._models = models
        self._source = source
        self._date = date

    @classmethod
    @functools.cache
    def load(cls) -> Self:
        """The catalogue that comes with the package."""
        text = files("harness.catalogue").joinpath("models.yaml").read_text(encoding="utf-8")
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - our own file
        return cls(data["models"], data["source"], str(data["date"]))

    @property
    def models(self) -> tuple[str, ...]:
        """The names of all models, as the documentation spells them."""
        return tuple(self._models)

    @property
    def features(self) -> frozenset[str]:
        """Every feature of which something is known for some model."""
        return frozenset(name for model in self._models.values() for name in (*model["has"], *model["lacks"]))

    def documents(self, feature: str, model: str | None, region: str | None = None) -> Fact:
        """What is documented of a feature on a model; in a region that does not offer the model: no."""
        entry = self._models.get(model or "")
        if entry is None:
            return Fact(Documented.UNKNOWN)
        if region is not None and region not in entry["regions"]:
            return Fact(Documented.NO, f"{self._source}: {model} is not offered in {region}", self._date)
        if feature in entry["has"]:
            return Fact(Documented.YES, self._source, self._date)
        if feature in entry["lacks"]:
            return Fact(Documented.NO, self._source, self._date)
        return Fact(Documented.UNKNOWN)
